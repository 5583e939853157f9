/** The small parts of the server, each by itself: paths, Accept headers, certificates, tokens, roles, paths of files. */
import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { EventClock } from '../../src/base/clock.ts';
import { negotiate } from '../../src/server/accept.ts';
import { createIdentity } from '../../src/server/identity.ts';
import { requestInfo } from '../../src/server/request-info.ts';
import { Tokens } from '../../src/server/tokens.ts';

describe('what a request asks for', () => {
  const check = (request: string) => {
    const [method = '', target = ''] = request.split(' ');
    const url = new URL(target, 'https://x');
    const info = requestInfo(method, url.pathname, url.searchParams);
    return info && [info.verb, info.group && `${info.group}/`, info.version, ' ', info.resource, info.name && `/${info.name}`, info.subresource && ` (${info.subresource})`, info.namespace && ` in ${info.namespace}`].filter(Boolean).join('').replace(/^(get|list|watch|create|update|patch|deletecollection|delete)/, '$1 ');
  };
  test.each([
    ['GET /api/v1/pods', 'list v1 pods'],
    ['GET /api/v1/namespaces/a/pods', 'list v1 pods in a'],
    ['GET /api/v1/namespaces/a/pods?watch=true', 'watch v1 pods in a'],
    ['GET /api/v1/watch/namespaces/a/pods', 'watch v1 pods in a'],
    ['GET /api/v1/namespaces/a/pods/web', 'get v1 pods/web in a'],
    ['GET /api/v1/namespaces/a/pods/web/log', 'get v1 pods/web (log) in a'],
    ['GET /api/v1/namespaces', 'list v1 namespaces'],
    ['GET /api/v1/namespaces/a', 'get v1 namespaces/a'],
    ['PUT /api/v1/namespaces/a/finalize', 'update v1 namespaces/a (finalize)'],
    ['GET /api/v1/namespaces/a/status', 'get v1 namespaces/a (status)'],
    ['POST /apis/apps/v1/namespaces/a/deployments', 'create apps/v1 deployments in a'],
    ['PATCH /apis/apps/v1/namespaces/a/deployments/d/scale', 'patch apps/v1 deployments/d (scale) in a'],
    ['DELETE /api/v1/nodes/n', 'delete v1 nodes/n'],
    ['DELETE /api/v1/namespaces/a/pods', 'deletecollection v1 pods in a'],
    ['GET /api/v1', undefined],
    ['GET /healthz', undefined],
  ])('%s', (request, expected) => expect(check(request)).toBe(expected));
});

describe('which form the client wants most', () => {
  const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';
  const DISCOVERY = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';
  test.each([
    [undefined, 'objects', 'json Object '],
    ['*/*', 'none', 'json Object '],
    ['application/vnd.kubernetes.protobuf,application/json', 'objects', 'json Object '],
    ['application/yaml', 'objects', 'yaml Object '],
    [TABLE, 'objects', 'json Table v1'],
    [TABLE, 'none', 'json Object '],
    [DISCOVERY, 'discovery', 'json APIGroupDiscoveryList v2'],
    ['application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList', 'discovery', 'json APIGroupDiscoveryList v2beta1'],
    ['application/json;q=0.5,application/yaml;q=0.9', 'objects', 'yaml Object '],
    ['text/html', 'objects', undefined],
  ] as const)('%s for %s', (header, forms, expected) => {
    const accepted = negotiate(header, forms);
    expect(accepted && `${accepted.mediaType} ${accepted.as} ${accepted.version}`).toBe(expected);
  });
});

describe('certificates', () => {
  const identity = createIdentity({ clusterName: 'cka-lab', unixMs: Date.UTC(2026, 0, 31), nodeIp: '172.18.0.4' });
  const [authority, server, admin] = [identity.authority, identity.server, identity.admin].map(({ certificate }) => new X509Certificate(certificate)) as [X509Certificate, X509Certificate, X509Certificate];

  test('the authority signed them, itself included', () => {
    for (const each of [authority, server, admin]) expect([each.verify(authority.publicKey), each.issuer]).toEqual([true, 'CN=kubernetes']);
    expect([authority.ca, server.ca, admin.ca]).toEqual([true, false, false]);
  });

  test('the server answers to the names that clients use', () => {
    expect(server.subjectAltName).toBe('DNS:cka-lab-control-plane, DNS:kubernetes, DNS:kubernetes.default, DNS:kubernetes.default.svc, DNS:kubernetes.default.svc.cluster.local, DNS:localhost, IP Address:10.96.0.1, IP Address:172.18.0.4, IP Address:127.0.0.1, IP Address:0.0.0.0');
    for (const name of ['localhost', 'kubernetes.default.svc']) expect(server.checkHost(name)).toBe(name);
    expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
  });

  test('the administrator is whom kubeadm makes', () => expect(admin.subject).toBe('O=kubeadm:cluster-admins\nCN=kubernetes-admin'));

  test('they hold for ten years, from a little before', () => expect([server.validFrom, server.validTo]).toEqual(['Jan 30 23:55:00 2026 GMT', 'Jan 29 00:00:00 2036 GMT']));
});

describe('service account tokens', () => {
  const identity = createIdentity({ clusterName: 'a', unixMs: Date.UTC(2026, 0, 31) });
  const clock = new EventClock(Date.UTC(2026, 0, 31));
  const tokens = new Tokens(identity, clock);
  const subject = { namespace: 'default', serviceAccount: { name: 'default', uid: 'u1' }, expirationSeconds: 600 };

  test('are valid until they expire', () => {
    const { token } = tokens.issue(subject);
    expect(tokens.check(token)).toMatchObject({ sub: 'system:serviceaccount:default:default', 'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'default', uid: 'u1' } } });
    clock.advanceTo(clock.now() + 599_000);
    expect(tokens.check(token)).toBeDefined();
    clock.advanceTo(clock.now() + 1_000);
    expect(tokens.check(token)).toBeUndefined();
  });

  test('are not to be changed, and not another cluster’s', () => {
    const { token } = tokens.issue(subject);
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const forged = Buffer.from(Buffer.from(payload, 'base64url').toString().replaceAll('default', 'kube-system')).toString('base64url');
    expect(tokens.check(`${header}.${forged}.${signature}`)).toBeUndefined();
    expect(new Tokens(createIdentity({ clusterName: 'b', unixMs: 0 }), clock).check(token)).toBeUndefined();
    expect(tokens.check('nonsense')).toBeUndefined();
  });
});
