/** The API over HTTP: who gets in, what each path and verb answers, in which form. */
import { gunzipSync } from 'node:zlib';
import { request as httpsRequest } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer } from './api-server.ts';
import type { RequestOptions, TestServer } from './api-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  server.addPod('web');
});
afterAll(() => server.end());

const PODS = '/api/v1/namespaces/default/pods';
const CONFIGMAPS = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, data = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
const failure = (code: number, reason: string, message: string, details?: object) => ({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...(details && { details }), code });

describe('who gets in', () => {
  const check = async (as: RequestOptions['as'], method: string, path: string, expected: unknown) => {
    const { status, body, text } = await server.request(method, path, { as: as! });
    const seen: unknown = body ?? { status, text };
    expect(seen).toEqual(expected);
  };

  test.each([
    ['nobody sees pods', 'GET', PODS, failure(403, 'Forbidden', 'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "default"', { kind: 'pods' })],
    ['nor one deployment', 'GET', '/apis/apps/v1/namespaces/default/deployments/d', failure(403, 'Forbidden', 'deployments.apps "d" is forbidden: User "system:anonymous" cannot get resource "deployments" in API group "apps" in the namespace "default"', { name: 'd', group: 'apps', kind: 'deployments' })],
    ['nor nodes', 'GET', '/api/v1/nodes', failure(403, 'Forbidden', 'nodes is forbidden: User "system:anonymous" cannot list resource "nodes" in API group "" at the cluster scope', { kind: 'nodes' })],
    ['nor paths', 'GET', '/apis', failure(403, 'Forbidden', 'forbidden: User "system:anonymous" cannot get path "/apis"', {})],
    ['nor our own', 'POST', '/cka/v1/reset', failure(403, 'Forbidden', 'forbidden: User "system:anonymous" cannot post path "/cka/v1/reset"', {})],
    ['but health', 'GET', '/healthz', { status: 200, text: 'ok' }],
  ])('%s', (_title, method, path, expected) => check('nobody', method, path, expected));

  test('a token that is not ours is refused', () => check({ token: 'a.b.c' }, 'GET', PODS, failure(401, 'Unauthorized', 'Unauthorized')));

  test('a service account may do what its bindings say, in their namespace, and no more', async () => {
    const post = (path: string, body: object) => server.request('POST', path, { body });
    const { body } = await post('/api/v1/namespaces/default/serviceaccounts/default/token', { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', spec: { expirationSeconds: 3600 } });
    const as = { token: (body as { status: { token: string } }).status.token };
    await check(as, 'GET', PODS, failure(403, 'Forbidden', 'pods is forbidden: User "system:serviceaccount:default:default" cannot list resource "pods" in API group "" in the namespace "default"', { kind: 'pods' }));

    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
    await post(`${rbac}/roles`, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'reader' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }] });
    await post(`${rbac}/rolebindings`, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'read' }, subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }], roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' } });
    expect((await server.request('GET', PODS, { as })).status).toBe(200);
    expect((await server.request('GET', `${PODS}/web`, { as })).status).toBe(403);
    expect((await server.request('GET', '/api/v1/namespaces/kube-system/pods', { as })).status).toBe(403);

    const review = await server.request('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { as, body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: { verb: 'list', resource: 'pods', namespace: 'default' } } } });
    expect((review.body as { status: unknown }).status).toEqual({ allowed: true, reason: 'RBAC: allowed by RoleBinding "read/default" of Role "reader" to ServiceAccount "default/default"' });
  });
});

test('who has deleted the administrators’ binding may no longer do anything, but reset the cluster', async () => {
  const alone = await startTestServer({ extra: (_request, response) => (response.end('{}'), true) });
  try {
    expect((await alone.request('DELETE', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/kubeadm:cluster-admins')).status).toBe(200);
    expect([await alone.request('GET', PODS), await alone.request('GET', '/api'), await alone.request('POST', '/cka/v1/reset'), await alone.request('POST', '/cka/v1/reset', { as: 'nobody' })].map(({ status }) => status)).toEqual([403, 200, 200, 403]);
  } finally {
    await alone.end();
  }
});

describe('in another’s name', () => {
  const check = async (headers: Record<string, string>, path: string, expected: unknown) => {
    const { status, body } = await server.request('GET', path, { headers });
    expect(status === 200 ? 'yes' : (body as { message: string }).message).toBe(expected);
  };
  test.each<[Record<string, string>, string]>([
    [{ 'Impersonate-User': 'jane' }, 'secrets is forbidden: User "jane" cannot list resource "secrets" in API group "" in the namespace "default"'],
    [{ 'Impersonate-User': 'jane', 'Impersonate-Group': 'system:masters' }, 'yes'],
    [{ 'Impersonate-User': 'system:serviceaccount:default:default' }, 'secrets is forbidden: User "system:serviceaccount:default:default" cannot list resource "secrets" in API group "" in the namespace "default"'],
    [{ 'Impersonate-Group': 'g' }, 'requested impersonation without impersonating a user'],
  ])('%j', (headers, expected) => check(headers, '/api/v1/namespaces/default/secrets', expected));

  test('only by those who may', async () => {
    const { uid } = server.registry.get('serviceaccounts', 'default', 'default').metadata;
    const { token } = server.tokens.issue({ namespace: 'default', serviceAccount: { name: 'default', uid: uid! }, expirationSeconds: 600 });
    const { body } = await server.request('GET', PODS, { as: { token }, headers: { 'Impersonate-User': 'jane' } });
    expect((body as { message: string }).message).toBe('users "jane" is forbidden: User "system:serviceaccount:default:default" cannot impersonate resource "users" in API group "" at the cluster scope');
  });
});

describe('paths, verbs and bodies', () => {
  test.each<[string, string, string, RequestOptions, number, unknown]>([
    ['a path that nobody owns', 'GET', '/foo', {}, 404, '404 page not found\n'],
    ['a path that is hardly one', 'GET', '/%zz/%', {}, 404, '404 page not found\n'],
    ['a group that does not exist', 'GET', '/apis/foo/v1/bars', {}, 404, '404 page not found\n'],
    ['a resource that does not exist', 'GET', '/api/v1/foos', {}, 404, failure(404, 'NotFound', 'the server could not find the requested resource', {})],
    ['an object that does not exist', 'GET', `${PODS}/ghost`, {}, 404, failure(404, 'NotFound', 'pods "ghost" not found', { name: 'ghost', kind: 'pods' })],
    ['a verb that a resource has not', 'PUT', PODS, { body: {} }, 405, failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})],
    ['a method that no resource has', 'OPTIONS', PODS, {}, 405, failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})],
    ['exec without an upgrade', 'POST', `${PODS}/web/exec?command=ls`, {}, 400, failure(400, 'BadRequest', 'Upgrade request required')],
    ['a body of an unknown kind', 'POST', CONFIGMAPS, { body: 'x', headers: { 'Content-Type': 'text/plain' } }, 415, failure(415, 'UnsupportedMediaType', 'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf')],
    ['a patch of an unknown kind', 'PATCH', `${PODS}/web`, { body: '{}' }, 415, failure(415, 'UnsupportedMediaType', 'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml')],
    ['a body that is too long', 'POST', CONFIGMAPS, { body: Buffer.alloc(3 * 1024 * 1024 + 1, 32) }, 413, failure(413, 'RequestEntityTooLarge', 'Request entity is too large: limit is 3145728')],
    ['a body that is no JSON', 'POST', CONFIGMAPS, { body: 'nonsense' }, 400, failure(400, 'BadRequest', "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: invalid character 'o' in literal null (expecting 'u') (6e6f6e73656e7365)")],
    ['an answer that nobody can give', 'GET', PODS, { headers: { Accept: 'text/html' } }, 406, failure(406, 'NotAcceptable', 'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf')],
    ['a dry run that does not exist', 'POST', `${CONFIGMAPS}?dryRun=Some`, { body: configMap('x') }, 422, failure(422, 'Invalid', 'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"', { group: 'meta.k8s.io', kind: 'CreateOptions', causes: [{ reason: 'FieldValueNotSupported', message: 'Unsupported value: ["Some"]: supported values: "All"', field: 'dryRun' }] })],
    ['a deletion with a dry run that does not exist', 'DELETE', `${PODS}/web?dryRun=Some`, {}, 422, failure(422, 'Invalid', 'DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"', { group: 'meta.k8s.io', kind: 'DeleteOptions', causes: [{ reason: 'FieldValueNotSupported', message: 'Unsupported value: ["Some"]: supported values: "All"', field: 'dryRun' }] })],
    ['a list of the future', 'GET', `${PODS}?resourceVersion=999999&resourceVersionMatch=Exact`, {}, 504, expect.objectContaining({ reason: 'Timeout', message: expect.stringMatching(/^Timeout: Too large resource version: 999999, current: \d+$/) })],
    ['a list of a revision by a rule that does not exist', 'GET', `${PODS}?resourceVersion=1&resourceVersionMatch=Exactly`, {}, 422, expect.objectContaining({ message: 'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Unsupported value: "Exactly": supported values: "Exact", "NotOlderThan", ""' })],
    ['a rule for a revision, and no revision', 'GET', `${PODS}?resourceVersionMatch=Exact`, {}, 422, expect.objectContaining({ message: 'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided' })],
    ['a name that is not the URL’s', 'PUT', `${CONFIGMAPS}/a`, { body: configMap('b') }, 400, failure(400, 'BadRequest', 'the name of the object (b) does not match the name on the URL (a)')],
    ['a log with impossible options', 'GET', `${PODS}/web/log?tailLines=-1`, {}, 422, failure(422, 'Invalid', 'PodLogOptions "" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0', { kind: 'PodLogOptions', causes: [{ reason: 'FieldValueInvalid', message: 'Invalid value: -1: must be greater than or equal to 0', field: 'tailLines' }] })],
    ['a log of another container', 'GET', `${PODS}/web/log?container=x`, {}, 400, failure(400, 'BadRequest', 'container x is not valid for pod web')],
  ])('%s', async (_title, method, path, options, status, expected) => {
    const reply = await server.request(method, path, options);
    expect([reply.status, reply.body ?? reply.text]).toEqual([status, expected]);
  });

  test('YAML and JSON create alike, and a dry run leaves nothing', async () => {
    const created = await server.request('POST', CONFIGMAPS, { body: 'kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: from-yaml\ndata: {a: "yes"}\n', headers: { 'Content-Type': 'application/yaml' } });
    expect([created.status, (created.body as { data: unknown }).data]).toEqual([201, { a: 'yes' }]);
    expect((await server.request('POST', `${CONFIGMAPS}?dryRun=All`, { body: configMap('dry') })).status).toBe(201);
    expect((await server.request('GET', `${CONFIGMAPS}/dry`)).status).toBe(404);
  });

  test('scale is an object of its own', async () => {
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd1' }, spec: { replicas: 2, selector: { matchLabels: { app: 'd1' } }, template: { metadata: { labels: { app: 'd1' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } } } };
    const path = '/apis/apps/v1/namespaces/default/deployments';
    await server.request('POST', path, { body: deployment });
    const scaled = await server.request('PATCH', `${path}/d1/scale`, { body: { spec: { replicas: 4 } }, headers: { 'Content-Type': 'application/merge-patch+json' } });
    expect(scaled.body).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { name: 'd1', namespace: 'default' }, spec: { replicas: 4 }, status: { replicas: 0, selector: 'app=d1' } });
    expect((await server.request('GET', `${path}/d1`)).body).toMatchObject({ spec: { replicas: 4 }, metadata: { generation: 2 } });
    const table = (await server.request('GET', `${path}/d1/scale`, { headers: { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } })).body as { columnDefinitions: { name: string }[]; rows: { cells: unknown[] }[] };
    expect([table.columnDefinitions.map(({ name }) => name), table.rows[0]!.cells.slice(0, 3)]).toEqual([['Name', 'Desired', 'Available', 'Age'], ['d1', 4, 0]]);
    const wrong = await server.request('PATCH', `${path}/d1/scale`, { body: { spec: { replicas: -1 } }, headers: { 'Content-Type': 'application/merge-patch+json' } });
    expect((wrong.body as { message: string }).message).toBe('Scale.autoscaling "d1" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0');
  });

  test('a deletion answers with what is gone', async () => {
    await server.request('POST', CONFIGMAPS, { body: configMap('gone') });
    const { body } = await server.request('DELETE', `${CONFIGMAPS}/gone`, { body: { propagationPolicy: 'Background' } });
    expect(body).toEqual({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details: { name: 'gone', kind: 'configmaps', uid: expect.any(String) as string } });
  });
});

describe('forms of an answer', () => {
  test('headers are those of a real server', async () => {
    const { headers } = await server.request('GET', '/version');
    expect(headers).toMatchObject({ 'audit-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string, 'cache-control': 'no-cache, private', 'content-type': 'application/json', 'x-kubernetes-pf-flowschema-uid': expect.any(String) as string, 'x-kubernetes-pf-prioritylevel-uid': expect.any(String) as string });
  });

  test('a deprecated type is warned of', async () => {
    expect((await server.request('GET', '/api/v1/endpoints')).headers.warning).toBe('299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"');
  });

  test('a table has the columns of kubectl get', async () => {
    const { body } = await server.request('GET', `${PODS}/web`, { headers: { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' } });
    const table = body as { kind: string; apiVersion: string; columnDefinitions: { name: string }[]; rows: { cells: unknown[]; object: { kind: string } }[] };
    expect([table.kind, table.apiVersion, table.columnDefinitions.slice(0, 5).map((column) => column.name), table.rows[0]?.cells.slice(0, 4), table.rows[0]?.object.kind]).toEqual([
      'Table', 'meta.k8s.io/v1', ['Name', 'Ready', 'Status', 'Restarts', 'Age'], ['web', '1/1', 'Running', '0'], 'PartialObjectMetadata',
    ]);
  });

  test('a list leaves out what its kind says already; metadata alone can be had', async () => {
    const list = (await server.request('GET', PODS)).body as { kind: string; items: object[] };
    expect([list.kind, list.items[0] && 'kind' in list.items[0]]).toEqual(['PodList', false]);
    const partial = await server.request('GET', PODS, { headers: { Accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' } });
    expect(partial.body).toMatchObject({ kind: 'PartialObjectMetadataList', items: [{ kind: 'PartialObjectMetadata', metadata: { name: 'web' } }] });
  });

  test('a list comes in pages', async () => {
    for (const name of ['p1', 'p2', 'p3']) await server.request('POST', '/api/v1/namespaces/kube-system/configmaps', { body: configMap(name) });
    const path = '/api/v1/namespaces/kube-system/configmaps?limit=2';
    const first = (await server.request('GET', path)).body as { metadata: { continue: string; remainingItemCount: number }; items: { metadata: { name: string } }[] };
    const second = (await server.request('GET', `${path}&continue=${encodeURIComponent(first.metadata.continue)}`)).body as typeof first;
    expect([first.items.map((item) => item.metadata.name), first.metadata.remainingItemCount, second.items.map((item) => item.metadata.name), second.metadata.continue]).toEqual([['p1', 'p2'], 1, ['p3'], undefined]);
  });

  test('long answers are compressed for those who can read it', async () => {
    for (let i = 0; i < 3; i++) await server.request('POST', '/api/v1/namespaces/kube-system/configmaps', { body: configMap(`big-${i}`, { text: 'x'.repeat(60_000) }) });
    const bytes = await raw('/api/v1/namespaces/kube-system/configmaps', { 'Accept-Encoding': 'gzip' });
    expect(bytes.encoding).toBe('gzip');
    expect((JSON.parse(gunzipSync(bytes.content).toString()) as { kind: string }).kind).toBe('ConfigMapList');
    expect((await raw('/version', { 'Accept-Encoding': 'gzip' })).encoding).toBeUndefined();
  });

  test('curl is answered in lines', async () => {
    expect((await server.request('GET', `${PODS}/ghost`, { headers: { 'User-Agent': 'curl/8.5.0' } })).text).toBe(`${JSON.stringify(failure(404, 'NotFound', 'pods "ghost" not found', { name: 'ghost', kind: 'pods' }), null, 2)}\n`);
  });
});

test.each([
  ['an object', '', (body: object) => body],
  ['an item of a list, which does not repeat its kind', '?fieldSelector=metadata.name=order', (body: object) => ({ kind: '', apiVersion: '', ...(body as { items: object[] }).items[0] })],
] as const)('%s is written in the order of its Go struct', async (_title, query, read) => {
  await server.request('DELETE', `${CONFIGMAPS}/order`);
  await server.request('POST', CONFIGMAPS, { body: { data: { b: '1', a: '2' }, metadata: { labels: { z: 'z' }, annotations: { n: 'n' }, name: 'order' }, apiVersion: 'v1', kind: 'ConfigMap' } });
  const body = read((await server.request('GET', query ? `${CONFIGMAPS}${query}` : `${CONFIGMAPS}/order`)).body as object) as { metadata: object };
  expect(Object.keys(body)).toEqual(['kind', 'apiVersion', 'metadata', 'data']);
  expect(Object.keys(body.metadata).slice(0, 6)).toEqual(['name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp', 'labels']);
});

describe('watches', () => {
  const lines = (text: string) => text.trim().split('\n').map((line) => JSON.parse(line) as { type: string; object: { kind: string; metadata: { name?: string; annotations?: object }; columnDefinitions?: unknown } });
  const brief = (text: string) => lines(text).map(({ type, object }) => `${type} ${object.kind} ${object.metadata.name ?? ''}`.trim());

  test('begin with what is there, and go on with what happens', async () => {
    const path = '/api/v1/namespaces/default/configmaps?watch=true&labelSelector=watched';
    const named = (name: string) => ({ ...configMap(name), metadata: { name, labels: { watched: 'yes' } } });
    const labelled = named('w1');
    await server.request('POST', CONFIGMAPS, { body: named('w0') });
    let hasBegun = () => {};
    const begun = new Promise<void>((resolve) => (hasBegun = resolve));
    const watching = server.request('GET', path, { until: (text) => (hasBegun(), text.split('\n').length > 4) });
    await begun;
    await server.request('POST', CONFIGMAPS, { body: labelled });
    await server.request('PUT', `${CONFIGMAPS}/w1`, { body: { ...labelled, data: { a: 'b' } } });
    // It leaves the selection, so for this watcher it is gone.
    await server.request('PUT', `${CONFIGMAPS}/w1`, { body: configMap('w1') });
    expect(brief((await watching).text)).toEqual(['ADDED ConfigMap w0', 'ADDED ConfigMap w1', 'MODIFIED ConfigMap w1', 'DELETED ConfigMap w1']);
    await server.request('DELETE', `${CONFIGMAPS}/w0`);
  });

  test('can ask for the initial events and be told when they end', async () => {
    const path = `${PODS}?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan`;
    const { text } = await server.request('GET', path, { until: (seen) => seen.includes('BOOKMARK') });
    expect(brief(text)).toEqual(['ADDED Pod web', 'BOOKMARK Pod']);
    expect(lines(text)[1]?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
  });

  test('of tables name the columns once', async () => {
    server.addPod('web2');
    const { text } = await server.request('GET', `${PODS}?watch=true`, { headers: { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }, until: (seen) => seen.split('\n').length > 2 });
    expect(lines(text).map(({ object }) => [object.kind, Array.isArray(object.columnDefinitions)])).toEqual([['Table', true], ['Table', false]]);
  });

  test('end when their time is up', async () => {
    expect((await server.request('GET', `${PODS}?watch=true&timeoutSeconds=1&resourceVersion=${server.registry.store.revision}`)).text).toBe('');
  });

  test('of nonsense are refused', async () => {
    expect((await server.request('GET', `${PODS}?watch=true&labelSelector=a%20b%20c`)).status).toBe(400);
  });
});

test('nothing of this was a bug of ours', () => expect(server.bugs).toEqual([]));

/** The bytes as they came, without what the test's own client would undo. */
function raw(path: string, headers: Record<string, string>): Promise<{ encoding: string | undefined; content: Buffer }> {
  const { identity, url } = server;
  return new Promise((resolve, reject) => {
    httpsRequest(new URL(path, url), { ca: identity.authority.certificate, cert: identity.admin.certificate, key: identity.admin.key, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve({ encoding: response.headers['content-encoding'], content: Buffer.concat(chunks) }));
    }).on('error', reject).end();
  });
}
