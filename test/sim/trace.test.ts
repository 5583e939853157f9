/** `cka trace` on a cluster: what it says of packets that arrive, and of each way to die, with the object behind it. */
import { expect, test } from 'vitest';
import { traceText, traceVerdict, type Trace } from '../../src/cluster/trace.ts';
import { apply, bootForTest } from '../support/simulation.ts';

const sim = await bootForTest();
apply(sim, `
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec: { nodeName: cka-lab-worker, containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Pod
metadata: { name: guarded, labels: { app: guarded } }
spec: { nodeName: cka-lab-worker, containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Pod
metadata: { name: client }
spec: { nodeName: cka-lab-worker2, containers: [{ name: client, image: busybox, command: [sleep, 1d] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: empty }
spec: { selector: { app: nobody }, ports: [{ port: 80 }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: keep-out }
spec: { podSelector: { matchLabels: { app: guarded } }, policyTypes: [Ingress] }
`);
await sim.settle(10_000);

async function trace(from: string, to: string): Promise<Trace> {
  let answer: Trace | undefined;
  let failure: unknown;
  sim.trace({ from, to }).then((one) => (answer = one), (error: unknown) => (failure = error));
  while (!answer && failure === undefined) await sim.settle(20);
  if (!answer) throw failure;
  return answer;
}

const ROWS: readonly (readonly [from: string, to: string, verdict: string])[] = [
  ['client', 'web', '✔ It was answered.'],
  ['client', 'pod/web', '✔ It was answered.'],
  ['cka-lab-worker2', 'web:80', '✔ It was answered.'],
  ['client', 'empty', '✘ It was rejected, and the sender told so. Service default/empty has no endpoints: no ready pod fits its selector.'],
  ['client', 'web:81', '✘ It was dropped. Service default/web has no port 81: its address exists only in the rules for its ports, and nobody routes it.'],
  ['client', 'pod/web:81', '✘ The connection was refused. Nothing listens on port 81 at pod default/web.'],
  ['client', 'guarded', '✘ It was dropped. Pod default/guarded may not receive this: NetworkPolicy keep-out selects it for ingress, and no rule of it allows the packet.'],
  ['client', '8.8.8.8', '✘ It was dropped. The gateway of the nodes has no route to 8.8.8.8.'],
  ['node-0', 'node-1', '✔ It was answered.'],
];

test.each(ROWS)('%s → %s: %s', async (from, to, verdict) => {
  const found = await trace(from, to);
  expect(traceVerdict(found), traceText(found).join('\n')).toBe(verdict);
});

test('a policy that drops is named as an object', async () => {
  expect((await trace('client', 'guarded')).cause?.objects).toEqual([{ kind: 'NetworkPolicy', name: 'keep-out', namespace: 'default' }]);
});

test('the way of a Service across nodes: rewrite, envelope, wire, process', async () => {
  const { hops } = await trace('client', 'web');
  expect([...new Set(hops.map(({ place }) => place))]).toEqual(['pod default/client', 'node cka-lab-worker2', 'the wire between the nodes', 'node cka-lab-worker', 'pod default/web']);
  expect(hops.filter(({ kind }) => kind === 'translated')).toHaveLength(1);
  expect(hops.some(({ encapsulation }) => encapsulation === 'vxlan')).toBe(true);
  expect(hops.at(-1)).toMatchObject({ kind: 'delivered', detail: 'nginx' });
});

test('an end that does not exist is told', async () => {
  await expect(trace('nope', 'web')).rejects.toThrow('No running pod default/nope, no node and no machine is called "nope".');
});
