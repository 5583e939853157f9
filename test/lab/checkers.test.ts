/** Each checker on a small cluster: what it says when things are right, wrong, and when it cannot tell. */
import { expect, test } from 'vitest';
import { checkers } from '../../checkers/index.ts';
import type { ExecTarget } from '../../src/cluster/cluster.ts';
import type { Finding, KubernetesObject } from '../../src/lab/checker.ts';
import { clusterView } from '../../src/lab/view.ts';
import { FakeCluster } from '../support/fake-cluster.ts';

const READY = { conditions: [{ type: 'Ready', status: 'True' }] };

const OBJECTS: readonly KubernetesObject[] = [
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'cka-lab-worker' }, status: READY },
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'cka-lab-worker2' }, status: { conditions: [{ type: 'Ready', status: 'False', message: 'container runtime network not ready' }] } },
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } }, spec: { nodeName: 'cka-lab-worker', containers: [{ name: 'a', image: 'nginx', resources: { requests: { cpu: '500m' } } }, { name: 'b', image: 'busybox' }] }, status: { ...READY, podIP: '10.244.1.5' } },
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'stuck', namespace: 'shop' }, status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' }] } },
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pulling', namespace: 'shop' }, status: { phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }] } },
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'leaving', namespace: 'shop', deletionTimestamp: '2026-01-01T00:00:00Z' }, status: READY },
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' }, spec: { clusterIP: '10.96.0.9', selector: { app: 'web' } } },
  { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'web-x', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } }, ports: [{ port: 80 }], endpoints: [{ addresses: ['10.244.1.5'], conditions: { ready: true } }, { addresses: ['10.244.2.9'], conditions: { ready: false } }] },
  { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop', generation: 2 }, spec: { replicas: 2 }, status: { observedGeneration: 2, replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2 } },
  { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'fresh', namespace: 'shop', generation: 3 }, spec: { replicas: 0 }, status: { observedGeneration: 2 } },
];

/** What commands answer there: curl exists in web, wget in old, neither in bare. */
function exec(_where: ExecTarget, command: readonly string[]) {
  const line = command.join(' ');
  if (line.startsWith('curl') && line.endsWith('http://10.244.1.5/')) return { stdout: '<h1>Welcome</h1>\n200', stderr: '', exitCode: 0 };
  if (line.startsWith('curl') && line.endsWith('/missing')) return { stdout: 'no\n404', stderr: '', exitCode: 0 };
  if (line.startsWith('curl')) return { stdout: '', stderr: 'curl: (28) Connection timed out after 4001 milliseconds', exitCode: 28 };
  if (line === 'getent ahostsv4 web') return { stdout: '10.96.0.9      STREAM web.shop.svc.cluster.local\n10.96.0.9      DGRAM\n', stderr: '', exitCode: 0 };
  if (line.startsWith('getent')) return { stdout: '', stderr: '', exitCode: 2 };
  if (line === 'ip route') return { stdout: 'default via 172.18.0.1 dev eth0\n', stderr: '', exitCode: 0 };
  return { stdout: '', stderr: `exec: "${command[0]}": executable file not found in $PATH`, exitCode: 126 };
}

async function check(use: string, params: unknown): Promise<Finding> {
  const checker = checkers.find(({ name }) => name === use)!;
  return checker.run(checker.parse(params), clusterView(new FakeCluster({ objects: OBJECTS, exec }), new AbortController().signal));
}

const web = { resource: 'pods', name: 'web', namespace: 'shop' };
const from = { pod: 'web', namespace: 'shop' };

test.each([
  ['field', { ...web, path: 'spec.nodeName', equals: 'cka-lab-worker' }, 'pass: spec.nodeName is cka-lab-worker'],
  ['field', { ...web, path: 'spec.nodeName', matches: '-worker2$' }, 'fail: spec.nodeName is cka-lab-worker (expected spec.nodeName matching -worker2$)'],
  ['field', { ...web, path: 'spec.containers[*].image', set: ['busybox', 'nginx'] }, 'pass: spec.containers[*].image is nginx, busybox'],
  ['field', { ...web, path: 'spec.containers[name=a].resources.requests.cpu', quantity: '0.5' }, 'pass: spec.containers[name=a].resources.requests.cpu is 500m'],
  ['field', { ...web, path: 'metadata.labels', contains: { app: 'web' } }, 'pass: metadata.labels is {"app":"web"}'],
  ['field', { ...web, path: 'metadata.labels[app=web].app', equals: 'web' }, 'pass: metadata.labels[app=web].app is web'],
  ['field', { ...web, path: 'metadata.labels[app=api].app', equals: 'web' }, 'fail: metadata.labels[app=api].app is not set (expected metadata.labels[app=api].app equal to web)'],
  ['field', { ...web, path: 'spec.nodeSelector', absent: true }, 'pass: spec.nodeSelector is not set'],
  ['field', { ...web, path: 'status.podIP', differsFrom: '{services/web:spec.clusterIP}' }, 'pass: status.podIP is 10.244.1.5'],
  ['field', { ...web, name: 'nope', path: 'spec.nodeName', equals: 'x', nudge: 'Look.' }, 'fail: pod "nope" in namespace "shop" does not exist (expected pod "nope" in namespace "shop")'],
  ['exists', web, 'pass: pod "web" in namespace "shop" exists'],
  ['exists', { resource: 'pods', namespace: 'shop', selector: 'app=web', count: 2 }, 'fail: web (expected at least 2 pods labelled app=web)'],
  ['exists', { ...web, name: 'leaving' }, 'fail: pod "leaving" in namespace "shop" is being deleted (expected pod "leaving" in namespace "shop")'],
  ['absent', { resource: 'persistentvolumeclaims', name: 'nope', namespace: 'shop' }, 'pass: PersistentVolumeClaim "nope" in namespace "shop" does not exist'],
  ['absent', { resource: 'networkpolicies.networking.k8s.io', name: 'nope', namespace: 'shop' }, 'pass: NetworkPolicy "nope" in namespace "shop" does not exist'],
  ['absent', { resource: 'storageclasses.storage.k8s.io', name: 'nope' }, 'pass: StorageClass "nope" does not exist'],
  ['absent', { ...web, name: 'nope' }, 'pass: pod "nope" in namespace "shop" does not exist'],
  ['absent', { ...web, name: 'leaving', nudge: 'Wait.' }, 'fail: pod "leaving" in namespace "shop" is being deleted, but is not gone (expected no pod "leaving" in namespace "shop") Wait.'],
  ['ready', web, 'pass: web ready'],
  ['ready', { ...web, name: 'stuck' }, 'fail: pod "stuck" is not scheduled: 0/3 nodes are available (expected pod "stuck" in namespace "shop" is ready)'],
  ['ready', { ...web, name: 'pulling' }, 'fail: pod "pulling" is waiting: ImagePullBackOff (expected pod "pulling" in namespace "shop" is ready)'],
  ['ready', { resource: 'deployments.apps', name: 'web', namespace: 'shop' }, 'fail: Deployment "web" wants 2, but replicas is 3, updatedReplicas is 1 (expected Deployment "web" in namespace "shop" is ready)'],
  ['ready', { resource: 'deployments.apps', name: 'fresh', namespace: 'shop' }, 'fail: Deployment "fresh" has changed and its controller has not seen it yet (expected Deployment "fresh" in namespace "shop" is ready)'],
  ['ready', { resource: 'nodes', name: 'cka-lab-worker2' }, 'fail: node "cka-lab-worker2" is not Ready: container runtime network not ready (expected node "cka-lab-worker2" is ready)'],
  ['endpoints', { service: 'web', namespace: 'shop', pods: 'app=web', port: 80 }, 'pass: the endpoints 10.244.1.5:80'],
  ['endpoints', { service: 'web', namespace: 'shop', pods: 'app=web', port: 8080, nudge: 'Which port?' }, 'fail: the endpoints 10.244.1.5:80 (expected the endpoints 10.244.1.5:8080 (the ready pods labelled app=web)) Which port?'],
  ['endpoints', { service: 'nope', namespace: 'shop', pods: 'app=web', port: 80, count: 2 }, 'fail: Service "nope" in namespace "shop" does not exist (expected at least 2 ready pods labelled app=web behind the Service, on port 80)'],
  ['http', { from, url: 'http://{pods/web:status.podIP}/', contains: 'Welcome' }, 'pass: HTTP 200 from http://10.244.1.5/, asked in pod web'],
  ['http', { from, url: 'http://{pods/web:status.podIP}/', contains: 'Goodbye' }, 'fail: a page without "Goodbye": it begins with "<h1>Welcome</h1>" (expected HTTP 200 with "Goodbye" in the page from http://{pods/web:status.podIP}/, asked in pod web)'],
  ['http', { from, url: 'http://web/missing' }, 'fail: HTTP 404 from http://web/missing (expected HTTP 200 from http://web/missing, asked in pod web)'],
  ['http', { from, url: 'http://web/' }, 'fail: curl http://web/ in pod web: curl: (28) Connection timed out after 4001 milliseconds (expected HTTP 200 from http://web/, asked in pod web)'],
  ['http', { from, url: 'http://{pods/stuck:status.podIP}/' }, 'fail: pod "stuck" in namespace "shop" has no status.podIP yet (expected HTTP 200 from http://{pods/stuck:status.podIP}/, asked in pod web)'],
  ['http', { from: { pod: 'stuck', namespace: 'shop' }, url: 'http://web/' }, 'fail: pod "stuck" in namespace "shop" is not Ready (expected HTTP 200 from http://web/, asked in pod stuck)'],
  ['dns', { from, name: 'web', to: '{services/web:spec.clusterIP}' }, 'pass: web resolves to 10.96.0.9'],
  ['dns', { from, name: 'web', to: '10.0.0.1' }, 'fail: web resolves to 10.96.0.9 (expected web resolves to 10.0.0.1)'],
  ['dns', { from, name: 'nope' }, 'fail: nope does not resolve in pod web (expected nope resolves to an address)'],
  ['command', { on: { node: '-worker' }, command: ['ip', 'route'], contains: 'via 172.18.0.1' }, 'pass: default via 172.18.0.1 dev eth0'],
  ['command', { on: { node: 'cka-lab-worker' }, command: ['ip', 'route'], matches: '^blackhole' }, 'fail: default via 172.18.0.1 dev eth0 (expected `ip route` prints something matching ^blackhole)'],
  ['all-of', { checks: [{ use: 'exists', with: web }, { use: 'ready', with: { ...web, name: 'stuck' } }] }, 'fail: pod "stuck" is not scheduled: 0/3 nodes are available (expected pod "stuck" in namespace "shop" is ready)'],
  ['any-of', { checks: [{ use: 'absent', with: web }, { use: 'ready', with: web }] }, 'pass: web ready'],
  ['not', { checks: [{ use: 'absent', with: web }] }, 'pass: pod "web" in namespace "shop" exists'],
])('%s %j', async (use, params, said) => {
  expect(inWords(await check(use, params))).toBe(said);
});

test('what cannot be asked is unknown, never wrong', async () => {
  const bare = new FakeCluster({ objects: OBJECTS });
  const http = checkers.find(({ name }) => name === 'http')!;
  const finding = await http.run(http.parse({ from, url: 'http://web/' }), clusterView(bare, new AbortController().signal));
  expect(inWords(finding)).toBe('unknown: pod web has neither curl nor wget to ask with');
});

test.each([
  ['field', { resource: 'pods', name: 'web', path: 'spec.nodeName' }, 'say how to judge `with.path`: exactly one of equals, contains, set, oneOf, matches, quantity, differsFrom, absent'],
  ['field', { resource: 'pods', name: 'web', path: 'spec..x', equals: 1 }, 'the path `spec..x` cannot be read at `..x`'],
  ['http', { url: 'http://web/' }, '`with.from` is missing: say from where, a pod or a node'],
  ['http', { from: { pod: 'a' }, url: 'x' }, '`with.from.namespace` is missing: write a text'],
  ['exists', { resource: 'pods', name: 'web', nmaespace: 'x' }, '`with.nmaespace` is not a parameter here (known: resource, namespace, name, selector, count, nudge)'],
  ['all-of', { checks: [{ use: 'nope' }] }, '`with.checks[0].use`: there is no checker "nope"'],
  ['not', { checks: [{ use: 'exists', with: { resource: 'pods', name: 'a' } }, { use: 'exists', with: { resource: 'pods', name: 'b' } }] }, '`not` takes exactly one check'],
])('%s refuses %j', (use, params, message) => {
  expect(() => checkers.find(({ name }) => name === use)!.parse(params)).toThrow(new Error(message));
});

function inWords(finding: Finding): string {
  if (finding.status === 'unknown') return `unknown: ${finding.because}`;
  if (finding.status === 'pass') return `pass: ${finding.saw}`;
  return `fail: ${finding.saw} (expected ${finding.expected})${finding.nudge === undefined ? '' : ` ${finding.nudge}`}`;
}
