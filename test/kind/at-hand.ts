/**
 * The kind that tests were told to use. `TEST_KIND=1`: the one that is installed, and when it does not work the run fails
 * with what to do. `TEST_KIND=simulated`: kind's driver on simulated nodes, to try the tests themselves. Else none.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClusterBackend, ClusterSpec } from '../../src/cluster/cluster.ts';
import { examineKind } from '../../src/cluster/doctor-kind.ts';
import { kindBackend } from '../../src/cluster/kind.ts';
import { Tools } from '../../src/cluster/tools.ts';
import { KindOnSimulator } from '../cluster/fakes/kind-on-simulator.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface KindAtHand {
  readonly title: string;
  backend(cni: ClusterSpec['cni']): Promise<ClusterBackend>;
  /** Clusters go by their own `down`. */
  close(): Promise<void>;
}

/** @throws Error that ends in an action, when kind was asked for and cannot run @returns undefined when it was not asked for */
export async function kindAtHand(env: Readonly<Record<string, string | undefined>>): Promise<KindAtHand | undefined> {
  const wish = env['TEST_KIND'];
  if (!wish) return undefined;
  if (wish === 'simulated') return simulated();
  const failures = (await examineKind(new Tools({ env }))).filter(({ status }) => status === 'failure');
  if (failures.length > 0) throw new Error(`kind was asked for (TEST_KIND), and it cannot run here.\n${failures.map(({ title, detail, action }) => `  ${title}: ${detail}\n    Try: ${action}\n`).join('')}  Or try the tests themselves, on simulated nodes: TEST_KIND=simulated npm run test:kind`);
  const home = mkdtempSync(join(tmpdir(), 'cka-on-kind-'));
  return {
    title: 'kind',
    backend: () => Promise.resolve(kindBackend({ data: join(home, 'data'), cache: join(home, 'cache') }, { root: ROOT, env })),
    close: () => Promise.resolve(rmSync(home, { recursive: true, force: true })),
  };
}

function simulated(): KindAtHand {
  const played: KindOnSimulator[] = [];
  return {
    title: 'kind, its nodes simulated',
    async backend(cni) {
      const made = await KindOnSimulator.start(cni);
      played.push(made);
      return made.backend();
    },
    close: async () => void (await Promise.all(played.map(async (made) => made.stop()))),
  };
}
