/** Requests that the server passes on to pods: by their own name, and by that of a Service. */
import { afterAll, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/object.ts';
import { startTestServer } from './api-server.ts';

const server = await startTestServer();
afterAll(() => server.end());
const { registry, containers } = server;
// A web server that tells what it was asked.
for (const port of [80, 8080]) {
  containers.ports.set(port, (asked) => {
    const body = `${port} ${asked.split('\r\n')[0]} ${/^host: .*$/im.exec(asked)?.[0]}${/^authorization:/im.test(asked) ? ' and a secret' : ''}`;
    return `HTTP/1.1 ${asked.includes('/teapot') ? "418 I'm a teapot" : '200 OK'}\r\nX-Own: yes\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
  });
}
server.addPod('web');
const make = (resource: string, object: object) => registry.create(resource, { apiVersion: 'v1', ...object } as KubeObject);
make('services', { kind: 'Service', metadata: { name: 'web', namespace: 'default' }, spec: { ports: [{ port: 9000 }] } });
make('services', { kind: 'Service', metadata: { name: 'named', namespace: 'default' }, spec: { ports: [{ name: 'http', port: 80 }] } });
make('services', { kind: 'Service', metadata: { name: 'alone', namespace: 'default' }, spec: { ports: [{ port: 80 }] } });
const toWeb = (port: object) => [{ addresses: [{ ip: '10.244.1.5', targetRef: { kind: 'Pod', name: 'web', namespace: 'default' } }], ports: [port] }];
make('endpoints', { kind: 'Endpoints', metadata: { name: 'web', namespace: 'default' }, subsets: toWeb({ port: 8080 }) });
make('endpoints', { kind: 'Endpoints', metadata: { name: 'named', namespace: 'default' }, subsets: toWeb({ name: 'http', port: 80 }) });

test.each([
  ['pods/web/proxy', 200, '80 GET / HTTP/1.1 host: 10.244.1.5:80'],
  ['pods/web:8080/proxy/a/b?c=d', 200, '8080 GET /a/b?c=d HTTP/1.1 host: 10.244.1.5:8080'],
  ['pods/http:web:80/proxy/teapot', 418, '80 GET /teapot HTTP/1.1 host: 10.244.1.5:80'],
  ['pods/web:81/proxy/', 503, 'error trying to reach service: dial tcp 10.244.1.5:81: connect: connection refused'],
  ['pods/nobody/proxy/', 404, 'pods "nobody" not found'],
  ['pods/https:web:80/proxy/', 400, 'the simulated cluster proxies plain http only'],
  ['services/web/proxy/', 200, '8080 GET / HTTP/1.1 host: 10.244.1.5:8080'],
  ['services/web:9000/proxy/', 200, '8080 GET / HTTP/1.1 host: 10.244.1.5:8080'],
  ['services/named:http/proxy/', 200, '80 GET / HTTP/1.1 host: 10.244.1.5:80'],
  ['services/named/proxy/', 503, 'no endpoints available for service "named"'],
  ['services/web:1/proxy/', 503, 'no service port 1 found for service "web"'],
  ['services/alone/proxy/', 503, 'no endpoints available for service "alone"'],
  ['services/nobody/proxy/', 404, 'services "nobody" not found'],
])('%s: %i %s', async (path, status, says) => {
  const answer = await server.request('GET', `/api/v1/namespaces/default/${path}`);
  const text = answer.text.startsWith('{') ? (JSON.parse(answer.text) as { message: string }).message : answer.text;
  expect([answer.status, text]).toEqual([status, says]);
});

test('who may read pods may not speak to them', async () => {
  const { text } = await server.request('GET', '/api/v1/namespaces/default/pods/web/proxy/', { headers: { 'Impersonate-User': 'jane' } });
  expect((JSON.parse(text) as { message: string }).message).toBe('pods "web" is forbidden: User "jane" cannot get resource "pods/proxy" in API group "" in the namespace "default"');
});
