/**
 * A booted simulation behind its API server, in this process, with a clock that runs faster than the wall: for tests
 * that use real clients.
 */
import { createIdentity } from '../../src/server/identity.ts';
import { startServer } from '../../src/server/https.ts';
import { kubeconfigOf } from '../../src/server/kubeconfig.ts';
import { useTokens } from '../../src/server/token-request.ts';
import { Tokens } from '../../src/server/tokens.ts';
import { versionInfo } from '../../src/server/version.ts';
import { KUBERNETES_VERSION } from '../../src/sim/topology.ts';
import { pace } from '../../src/base/pacer.ts';
import type { Simulation } from '../../src/sim/simulation.ts';
import type { Stored, KubeObject } from '../../src/api/object.ts';
import { bootForTest } from './simulation.ts';

export interface ServedSimulation {
  readonly simulation: Simulation;
  readonly kubeconfig: string;
  readonly nodeAddresses: readonly string[];
  readonly speed: number;
  /** What failed that nobody thought of. */
  readonly bugs: readonly unknown[];
  end(): Promise<void>;
}

/** So far behind the wall does the cluster begin, that a fast clock never overtakes it: ages must not be negative. */
const HEAD_START_MS = 3_600_000;

/** @param speed seconds of the cluster in a second of the wall */
export async function serveSimulation(speed: number): Promise<ServedSimulation> {
  const identity = createIdentity({ clusterName: 'cka-lab', unixMs: Date.now() - HEAD_START_MS });
  const simulation = await bootForTest({
    unixMs: Date.now() - HEAD_START_MS,
    authority: identity.authority.certificate,
    serverCertificate: identity.server.certificate,
    prepare: (registry, clock) => useTokens(registry, new Tokens(identity, clock)),
  });
  const bugs: unknown[] = [];
  const stopClock = pace(simulation.clock, {
    now: () => performance.now() * speed,
    setTimer: (delayMs, run) => {
      const timer = setTimeout(run, delayMs / speed);
      return () => clearTimeout(timer);
    },
  });
  const { registry, containers, clock, door } = simulation;
  const server = await startServer({ registry, containers, clock, door, identity, version: versionInfo(KUBERNETES_VERSION), onBug: (error) => bugs.push(error) });
  const nodes = registry.list('nodes').items as readonly Stored<KubeObject & { status?: { addresses?: { type: string; address: string }[] } }>[];
  return {
    simulation, speed, bugs,
    kubeconfig: kubeconfigOf('cka-lab', server.url, identity),
    nodeAddresses: nodes.flatMap((node) => node.status?.addresses?.filter(({ type }) => type === 'InternalIP').map(({ address }) => address) ?? []),
    end: async () => {
      stopClock();
      await server.close();
    },
  };
}
