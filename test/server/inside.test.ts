/** The API as a pod sees it: by its Service's name, over TLS, with the token that every pod is given. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type RunningServer } from '../../src/server/https.ts';
import { createIdentity } from '../../src/server/identity.ts';
import { useTokens } from '../../src/server/token-request.ts';
import { Tokens } from '../../src/server/tokens.ts';
import { versionInfo } from '../../src/server/version.ts';
import type { Simulation } from '../../src/sim/simulation.ts';
import { KUBERNETES_VERSION } from '../../src/sim/topology.ts';
import { apply, bootForTest, run, TEST_UNIX_MS } from '../support/simulation.ts';

const WORLD = `
{apiVersion: v1, kind: ServiceAccount, metadata: {name: reader}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: reader}, rules: [{apiGroups: [''], resources: [pods], verbs: [get, list, watch]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: reader}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}, subjects: [{kind: ServiceAccount, name: reader, namespace: default}]}
---
{apiVersion: v1, kind: Pod, metadata: {name: curl}, spec: {serviceAccountName: reader, containers: [{name: c, image: curlimages/curl, command: [sleep, infinity]}]}}
`;

let sim: Simulation;
let server: RunningServer;
const bugs: unknown[] = [];

beforeAll(async () => {
  const identity = createIdentity({ clusterName: 'cka-lab', unixMs: TEST_UNIX_MS - 86_400_000 });
  sim = await bootForTest({ authority: identity.authority.certificate, serverCertificate: identity.server.certificate, prepare: (registry, clock) => useTokens(registry, new Tokens(identity, clock)) });
  const { registry, containers, clock, door } = sim;
  server = await startServer({ registry, containers, clock, door, identity, version: versionInfo(KUBERNETES_VERSION), onBug: (error) => bugs.push(error) });
  apply(sim, WORLD);
  await sim.settle(20_000);
});

afterAll(async () => {
  await server.close();
  expect(bugs).toEqual([]);
});

const MOUNTED = 'cd /var/run/secrets/kubernetes.io/serviceaccount; API=https://kubernetes.default.svc;';
const WITH_TOKEN = `${MOUNTED} curl -sS --cacert ca.crt -H "Authorization: Bearer $(cat token)"`;

const ROWS: readonly (readonly [title: string, command: string, answer: string | RegExp])[] = [
  ['anybody may ask for the version', 'curl -sk https://kubernetes.default.svc/version', /"gitVersion": "v1\.35\.0"/],
  ['by address, through the rules of the Service', `${MOUNTED} curl -sS --cacert ca.crt https://10.96.0.1/version`, /"gitVersion": "v1\.35\.0"/],
  ['who does not know the authority believes nothing', 'curl -sS https://kubernetes.default.svc/version', /^curl: \(60\) SSL certificate problem: unable to get local issuer certificate/],
  ['nobody in particular may not list pods', 'curl -sk https://kubernetes.default.svc/api/v1/namespaces/default/pods', /"message": "pods is forbidden: User \\"system:anonymous\\" cannot list resource \\"pods\\" in API group \\"\\" in the namespace \\"default\\"",\n.*"reason": "Forbidden",(?:.|\n)*"code": 403/],
  ['a token that is none is refused', 'curl -sk -H "Authorization: Bearer x" https://kubernetes.default.svc/api', /"message": "Unauthorized",\n.*"reason": "Unauthorized",\n.*"code": 401/],
  ['the mounted token says who asks', `${WITH_TOKEN} $API/api/v1/namespaces/default/pods/curl`, /"name": "curl",/],
  ['and may do what its role allows, no more', `${WITH_TOKEN} $API/api/v1/namespaces/default/secrets`, /"message": "secrets is forbidden: User \\"system:serviceaccount:default:reader\\" cannot list resource \\"secrets\\"/],
  ['a watch goes on until it is let go', `${WITH_TOKEN} -m 60 "$API/api/v1/namespaces/default/pods?watch=1&fieldSelector=metadata.name=curl"`, /^\{"type":"ADDED","object":(?:.|\n)*curl: \(28\) Operation timed out/],
  ['plain HTTP is told where it is', 'curl -s http://10.96.0.1:443/version', /^Client sent an HTTP request to an HTTPS server\.\n$/],
];

test.each(ROWS)('%s', async (_title, command, answer) => {
  expect(await inPod(command)).toMatch(answer);
});

test('without its process nobody inside is answered', async () => {
  const { files } = sim.nodes.get('cka-lab-control-plane')!.machine;
  const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml';
  const text = files.read(manifest);
  const ask = () => inPod('curl -sSk https://10.96.0.1/version');
  files.remove(manifest);
  await sim.settle(60_000);
  expect(await ask()).toMatch(/^curl: \(7\) Failed to connect to 10\.96\.0\.1 port 443 after \d+ ms: Couldn't connect to server\n$/);
  files.write(manifest, text);
  await sim.settle(60_000);
  expect(await ask()).toMatch(/"minor": "35"/);
});

async function inPod(command: string): Promise<string> {
  const { stdout, stderr } = await run(sim, 'curl', command, 120_000);
  return stdout + stderr;
}
