/** The suite on each backend: the simulator always, the simulator's own kubeconfig as "the learner's cluster", kind where Docker works. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ClusterSpec } from '../../src/cluster/cluster.ts';
import { existingBackend } from '../../src/cluster/existing.ts';
import { simulatorBackend } from '../../src/cluster/simulator.ts';
import { ownCommand } from '../support/self.ts';
import { KindOnSimulator } from '../cluster/fakes/kind-on-simulator.ts';
import { kindAtHand } from '../kind/at-hand.ts';
import { clusterConformance } from './cluster.ts';

const home = mkdtempSync(join(tmpdir(), 'cka-conformance-'));
const SPEC: ClusterSpec = { name: 'suite', workers: 2, cni: 'calico', proxyMode: 'iptables', because: 'the suite says so' };
const command = ownCommand();

clusterConformance({
  title: 'the simulator',
  spec: SPEC,
  make: () => Promise.resolve(simulatorBackend({ data: join(home, 'simulator') }, { command })),
  skip: [
    { reason: 'nodes can be entered', tests: ['refuses nodes in words'] },
    { reason: 'the whole cluster is ours', tests: ['a reset keeps what others made'] },
  ],
});

const host = simulatorBackend({ data: join(home, 'host') }, { command });
const mine = join(home, 'kube config');

clusterConformance({
  title: 'a cluster of one\'s own',
  spec: { ...SPEC, name: 'mine' },
  async make() {
    const { info } = await host.up({ ...SPEC, name: 'host' });
    mkdirSync(join(home, 'existing'), { recursive: true });
    writeFileSync(mine, `# mine\n${readFileSync(info.kubeconfig, 'utf8')}`);
    return existingBackend({ data: join(home, 'existing') }, { env: { KUBECONFIG: mine }, context: info.context, confirmed: 'yes' });
  },
  async clean() {
    const { kubeconfig } = (await host.find('host'))!.info;
    // The learner's own file is what it was, and their cluster runs on.
    expect(readFileSync(mine, 'utf8')).toBe(`# mine\n${readFileSync(kubeconfig, 'utf8')}`);
    await (await host.find('host'))?.down();
    rmSync(home, { recursive: true, force: true });
  },
  skip: [
    { reason: 'there is no way to the nodes of a cluster that is not ours', tests: ['runs commands on nodes'] },
    { reason: 'what labs did not make is not ours to put back', tests: ['a reset brings back what was changed'] },
  ],
});

let simulated: KindOnSimulator;

clusterConformance({
  title: 'kind, its nodes simulated',
  spec: { ...SPEC, name: 'played', workers: 1 },
  // Some two hundred programs are started for it.
  slowMs: 180_000,
  async make() {
    simulated = await KindOnSimulator.start();
    return simulated.backend();
  },
  clean: () => simulated.stop(),
  skip: [
    { reason: 'nodes can be entered', tests: ['refuses nodes in words'] },
    { reason: 'the whole cluster is ours', tests: ['a reset keeps what others made'] },
  ],
});

// Also by `npm run test:kind`, which says what is missing where kind cannot run.
const kind = process.env['TEST_KIND'] === 'simulated' ? undefined : await kindAtHand(process.env);
if (kind) {
  clusterConformance({
    title: kind.title,
    spec: { ...SPEC, name: 'cka-conformance' },
    slowMs: 1_200_000,
    make: () => kind.backend(SPEC.cni),
    clean: () => kind.close(),
    skip: [
      { reason: 'nodes can be entered', tests: ['refuses nodes in words'] },
      { reason: 'the whole cluster is ours', tests: ['a reset keeps what others made'] },
    ],
  });
}
