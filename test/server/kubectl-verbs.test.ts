/** Real kubectl against the server: discovery, validation by OpenAPI, protobuf bodies, tables, watches, in one story per version. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Schema } from '../../src/kinds/schema.ts';
import type { SchemaTable } from '../../src/kinds/schema.ts';
import { readData } from '../../src/server/data-files.ts';
import { kubectls, startTestServer } from './api-server.ts';
import type { TestServer } from './api-server.ts';

const POD = `apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: c, image: nginx}]}
`;

// A file without a single test fails: this one says that there is nothing to ask.
test.runIf(kubectls().length === 0)('no kubectl in PATH, and KUBECTLS names none: nothing to compare with', () => expect(kubectls()).toEqual([]));

describe.each(kubectls())('kubectl $name', ({ binary }) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
    server.registry.schema = new Schema((await readData('schema.json')) as SchemaTable);
  });
  afterAll(() => server.end());

  /** Rows of one story: each begins where the one before ended. */
  const story: [command: string, stdout: string | RegExp, stderr?: string | RegExp, input?: string][] = [
    ['get pods', '', 'No resources found in default namespace.\n'],
    ['apply -f -', 'pod/web created\n', '', POD],
    ['get pods', 'NAME   READY   STATUS    RESTARTS   AGE\nweb    0/1     Pending   0          0s\n'],
    ['apply -f -', 'pod/web configured\n', '', POD.replace('app: web', 'app: other')],
    ['get pods -l app=other -o name', 'pod/web\n'],
    ['apply -f -', '', /Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.contaners"/, POD.replace('name: web', 'name: typo').replace('spec: {', 'spec: {contaners: [], ')],
    ['label pod web tier=front', 'pod/web labeled\n'],
    ['create deployment d1 --image=nginx --replicas=2', 'deployment.apps/d1 created\n'],
    ['scale deployment d1 --replicas=3', 'deployment.apps/d1 scaled\n'],
    ['get deploy d1 -o jsonpath={.spec.replicas}', '3'],
    ['create configmap c1 --from-literal=a=b --dry-run=server', 'configmap/c1 created (server dry run)\n'],
    ['create configmap c1 --from-literal=a=b', 'configmap/c1 created\n'],
    ['create configmap c1 --from-literal=a=b', '', 'error: failed to create configmap: configmaps "c1" already exists\n'],
    ['patch cm c1 --type=json -p [{"op":"replace","path":"/data/a","value":"c"}]', 'configmap/c1 patched\n'],
    ['get cm c1 -o go-template={{.data.a}}', 'c'],
    ['explain pod.spec.nodeName', /^KIND: +Pod\nVERSION: +v1\n\nFIELD: nodeName <string>\n/],
    ['create token default', /^[\w-]+\.[\w-]+\.[\w-]+\s*$/],
    ['auth can-i create pods', 'yes\n'],
    ['auth can-i create pods --as=jane', 'no\n', ''],
    ['get pods --as=jane', '', 'Error from server (Forbidden): pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"\n'],
    ['get pod web --watch --request-timeout=1s', /^NAME +READY.*\nweb .*\n$/],
    ['get endpoints', '', /^Warning: v1 Endpoints is deprecated in v1\.33\+; use discovery\.k8s\.io\/v1 EndpointSlice\nNo resources found/],
    ['delete cm c1', 'configmap "c1" deleted\n'],
    ['wait --for=delete cm/c1 --timeout=5s', /^$|condition met/],
    ['version', /Server Version: .*v1\.35\.0/],
  ];

  test.each(story)('%s', async (command, stdout, stderr, input) => {
    const result = await server.kubectl(binary, command.split(' '), input);
    const matches = (text: string, expected: string | RegExp) => (typeof expected === 'string' ? expect(text).toBe(expected) : expect(text).toMatch(expected));
    matches(result.stdout, stdout);
    if (stderr !== undefined) matches(result.stderr, stderr);
  });

  test('nothing of this was a bug of ours', () => expect(server.bugs).toEqual([]));
});
