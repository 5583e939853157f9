/**
 * A stand-in for the rest of the program: two labs whose criteria look for files in a folder, so that a test (or a
 * person) can solve them by typing in any shell. No cluster, no kubectl.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterInfo } from '../../src/cluster/cluster.ts';
import type { CheckReport, CriterionResult, Lab } from '../../src/lab/lab.ts';
import type { Trace } from '../../src/cluster/trace.ts';
import type { AppServices, DoctorRow, LabListing, RunningLab, ShellCommand } from '../../src/tui/services.ts';

export const CROSS_NODE: Lab = {
  id: 'networking/cross-node-pods',
  title: 'Pods on two nodes talk to each other',
  domain: 'Services and Networking',
  competency: 'Understand connectivity between Pods',
  difficulty: 'easy',
  minutes: 15,
  needs: [],
  namespaces: ['blue'],
  task: [
    '# Pods on two nodes',
    '',
    'In namespace `blue` make two Pods from the image `nginx`:',
    '',
    '1. **web-a** on node `cka-lab-worker`',
    '2. **web-b** on node `cka-lab-worker2`',
    '',
    'From `web-a` the page of `web-b` must be readable by its *Pod IP*.',
    '',
    '```',
    'kubectl -n blue exec web-a -- curl -s <ip of web-b>',
    '```',
  ].join('\n'),
  hints: ['A Pod says with `spec.nodeName` where it wants to be.', 'Look at the addresses with `kubectl -n blue get pods -o wide`.'],
  solution: 'Two manifests with `nodeName`, then `kubectl apply -f pods.yaml`.',
  debrief: 'Every Pod has an address of its own, and every node knows the way to every Pod.',
  folder: '/labs/networking/01-cross-node-pods',
  setup: [],
  criteria: [
    { id: 'a', title: 'web-a runs on cka-lab-worker', points: 3, use: 'file', with: 'web-a' },
    { id: 'b', title: 'web-b runs on cka-lab-worker2', points: 3, use: 'file', with: 'web-b' },
    { id: 'ab', title: 'web-a reads the page of web-b', points: 4, use: 'file', with: 'page', why: 'It proves the path between the nodes, not only that Pods run.' },
  ],
  documentation: ['https://kubernetes.io/docs/concepts/services-networking/'],
  proof: { solution: 'solution.sh', alternatives: [], mistakes: [] },
};

export const SERVICE_PATCH: Lab = {
  ...CROSS_NODE,
  id: 'networking/service-patch',
  title: 'A Service that finds no Pods',
  competency: 'Use ClusterIP, NodePort, LoadBalancer service types and endpoints',
  difficulty: 'medium',
  minutes: 10,
  task: 'The Service `shop` in namespace `blue` answers nobody. Find out why, and mend it.',
};

export const CLUSTER: ClusterInfo = {
  backend: 'simulator',
  name: 'cka-lab',
  cni: 'calico',
  proxyMode: 'iptables',
  kubernetesVersion: 'v1.35.0',
  kubeconfig: '/home/learner/.local/share/cka/clusters/cka-lab/kubeconfig',
  context: 'kind-cka-lab',
  nodes: ['cka-lab-control-plane', 'cka-lab-worker', 'cka-lab-worker2'],
  running: true,
};

export const LISTINGS: readonly LabListing[] = [
  { lab: CROSS_NODE, state: 'solved', attempts: 2, best: { points: 10, of: 10, tookMs: 192_000 } },
  { lab: SERVICE_PATCH, state: 'new', attempts: 0 },
];

export const DOCTOR: readonly DoctorRow[] = [
  { id: 'node', title: 'Node.js', status: 'ok', detail: '20.20.2' },
  { id: 'kubectl', title: 'kubectl', status: 'warning', detail: 'not installed; the built-in one is used', action: 'Install kubectl 1.35 to practise with the real one.' },
];

/** A packet that a policy stopped, as the simulator tells it. */
export const TRACE: Trace = {
  from: 'pod blue/web-a', to: 'service blue/shop', address: '10.96.7.1', port: 80, protocol: 'tcp', verdict: 'dropped', reason: 'filtered',
  cause: { because: 'Pod blue/shop-0 may not receive this: NetworkPolicy keep-out selects it for ingress, and no rule of it allows the packet.', objects: [{ kind: 'NetworkPolicy', name: 'keep-out', namespace: 'blue' }] },
  tookMs: 20.2,
  hops: [
    { atMs: 0, place: 'pod blue/web-a', kind: 'routed', packet: '10.244.50.195.33385 > 10.96.7.1.80: Flags [S], length 0', detail: '0.0.0.0/0 via 169.254.1.1 dev eth0' },
    { atMs: 0, place: 'pod blue/web-a', kind: 'transmitted', device: 'eth0', packet: '10.244.50.195.33385 > 10.96.7.1.80: Flags [S], length 0' },
    { atMs: 0.01, place: 'node cka-lab-worker', kind: 'received', device: 'cali1', packet: '10.244.50.195.33385 > 10.96.7.1.80: Flags [S], length 0' },
    { atMs: 0.01, place: 'node cka-lab-worker', kind: 'rule', hook: 'prerouting', table: 'nat', chain: 'PREROUTING', rule: '-m comment --comment "kubernetes service portals" -j KUBE-SERVICES', packet: '' },
    { atMs: 0.01, place: 'node cka-lab-worker', kind: 'rule', hook: 'prerouting', table: 'nat', chain: 'KUBE-SEP-LOLE4ISW44XBNF3G', rule: '-p tcp -m comment --comment "blue/shop" -m tcp -j DNAT --to-destination 10.244.163.131:80', packet: '' },
    { atMs: 0.01, place: 'node cka-lab-worker', kind: 'translated', hook: 'prerouting', packet: '10.244.50.195.33385 > 10.244.163.131.80: Flags [S], length 0' },
    { atMs: 0.01, place: 'node cka-lab-worker', kind: 'dropped', packet: '10.244.50.195.33385 > 10.244.163.131.80: Flags [S], length 0', detail: 'filtered' },
  ],
};

/** A lab that is solved when the files named by its criteria exist. */
export class FakeLab implements RunningLab {
  readonly cluster = { info: CLUSTER };
  hintsTaken = 0;
  checks = 0;

  constructor(
    readonly lab: Lab,
    private readonly folder: string,
    readonly startedAtMs: number,
  ) {
    mkdirSync(folder, { recursive: true });
  }

  async check(): Promise<CheckReport> {
    this.checks++;
    const criteria = this.lab.criteria.map(({ id, title, points, with: file }): CriterionResult => {
      const path = join(this.folder, String(file));
      if (!existsSync(path)) {
        return { id, title, points: 0, of: points, finding: { status: 'fail', expected: `a file ${String(file)}`, saw: 'no such file', nudge: `touch ${String(file)} makes one.` } };
      }
      const text = readFileSync(path, 'utf8');
      if (text === 'broken\n') return { id, title, points: 0, of: points, finding: { status: 'unknown', because: 'the node does not answer' } };
      return { id, title, points, of: points, finding: { status: 'pass', saw: `a file of ${text.length} bytes` } };
    });
    return { lab: this.lab.id, points: criteria.reduce((sum, { points }) => sum + points, 0), of: 10, criteria, tookMs: 3 };
  }

  async reset(): Promise<void> {
    for (const { with: file } of this.lab.criteria) rmSync(join(this.folder, String(file)), { force: true });
  }

  async stop(): Promise<void> {
    await this.reset();
  }

  takeHint(): string | undefined {
    return this.lab.hints[this.hintsTaken++] ?? (this.hintsTaken--, undefined);
  }
}

/** @param folder where the learner's shell starts and the criteria look */
export function fakeApp(folder: string, overrides: Partial<AppServices> = {}): AppServices {
  return {
    version: '0.1.0',
    labs: () => LISTINGS,
    openLab: async (id, onProgress) => {
      onProgress?.('Starting the simulator');
      onProgress?.('Waiting until the nodes are Ready');
      const found = LISTINGS.find(({ lab }) => lab.id === id);
      if (!found) throw new Error(`no lab ${id}`);
      return new FakeLab(found.lab, folder, Date.now());
    },
    clusters: async () => [CLUSTER],
    doctor: async () => DOCTOR,
    trace: () => ({
      ends: async () => ({ sources: ['blue/web-a', 'blue/web-b', 'cka-lab-worker'], targets: ['blue/shop:80', 'kube-system/kube-dns:53/udp', 'blue/web-a', 'blue/web-b', 'cka-lab-worker'] }),
      follow: async () => TRACE,
    }),
    shell: (): ShellCommand => ({
      file: '/bin/bash',
      args: ['--norc', '--noprofile'],
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: folder, TERM: 'xterm-256color', COLORTERM: 'truecolor', PS1: 'lab$ ', LANG: 'C.UTF-8' },
      cwd: folder,
    }),
    ...overrides,
  };
}
