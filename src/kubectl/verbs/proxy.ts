/**
 * `kubectl proxy`: the API server on a port of this machine, without TLS and with our credentials; perhaps a folder of
 * files beside it. See kubectl/pkg/proxy/proxy_server.go.
 */
import { createServer, request as httpRequest, type IncomingMessage, type RequestOptions, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { extname, join, normalize, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Run, Verb } from '../command.ts';
import { plainError } from '../io.ts';

const DEFAULTS = { hosts: '^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$', paths: '^.*', refusedPaths: '^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach', refusedMethods: '^$' };

export const proxy: Verb = {
  name: 'proxy', short: 'Run a proxy to the Kubernetes API server',
  long: 'Serve the API of the cluster on a port of this machine, to whoever may speak to that port: the credentials of the kubeconfig are added here.\n\nOnly one path can be opened with --api-prefix; --www serves files of a folder beside it.',
  examples: '# The whole API on port 8001\nkubectl proxy\n\n# On any free port; which one is printed\nkubectl proxy --port=0\n\n# Only pods, and files of ./site under /static/\nkubectl proxy --www=./site --accept-paths="^/api/v1/.*/pods"', usage: 'proxy [--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]',
  flags: [
    { name: 'accept-hosts', type: 'string', value: DEFAULTS.hosts, help: 'Regular expression for hosts that the proxy should accept.' },
    { name: 'accept-paths', type: 'string', value: DEFAULTS.paths, help: 'Regular expression for paths that the proxy should accept.' },
    { name: 'reject-paths', type: 'string', value: DEFAULTS.refusedPaths, help: 'Regular expression for paths that the proxy should reject. Paths specified here will be rejected even accepted by --accept-paths.' },
    { name: 'reject-methods', type: 'string', value: DEFAULTS.refusedMethods, help: 'Regular expression for HTTP methods that the proxy should reject (example --reject-methods=\'POST,PUT,PATCH\'). ' },
    { name: 'address', type: 'string', value: '127.0.0.1', help: 'The IP address on which to serve on.' },
    { name: 'port', short: 'p', type: 'int', value: '8001', help: 'The port on which to run the proxy. Set to 0 to pick a random port.' },
    { name: 'unix-socket', short: 'u', type: 'string', value: '', help: 'Unix socket on which to run the proxy.' },
    { name: 'api-prefix', type: 'string', value: '/', help: 'Prefix to serve the proxied API under.' },
    { name: 'www', short: 'w', type: 'string', value: '', help: 'Also serve static files from the given directory under the specified prefix.' },
    { name: 'www-prefix', short: 'P', type: 'string', value: '/static/', help: 'Prefix to serve static files under, if static file directory is specified.' },
    { name: 'disable-filter', type: 'bool', value: false, help: 'If true, disable request filtering in the proxy. This is dangerous, and can leave you vulnerable to XSRF attacks, when used with an accessible port.' },
  ],
  run: async (run) => {
    const { flags } = run;
    if (run.args.length > 0) throw plainError('unexpected arguments');
    if (flags.text('unix-socket') && flags.has('port')) throw plainError('cannot set --unix-socket and --port at the same time');
    const filter = flags.bool('disable-filter') ? () => true : filterOf(run);
    if (flags.bool('disable-filter') && !flags.text('unix-socket')) run.err('Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious\n');
    const prefix = slashed(flags.text('api-prefix'));
    const server = createServer((request, response) => {
      const file = fileOf(run, request.url ?? '/');
      if (file !== undefined) return serveFile(response, file);
      if (!filter(request)) return refuse(response, 403, 'Forbidden');
      if (!(request.url ?? '').startsWith(prefix)) return refuse(response, 404, '404 page not found\n');
      forward(run, request, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      }, () => refuse(response, 502, ''));
    });
    server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
      if (filter(request)) tunnel(run, request, socket);
      else socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nForbidden');
    });
    return listen(run, server);
  },
};

const slashed = (prefix: string): string => `/${prefix}/`.replace(/\/{2,}/g, '/');

function filterOf({ flags }: Run): (request: IncomingMessage) => boolean {
  const list = (name: string) => flags.text(name).split(',').filter((text) => text !== '').map((text) => {
    try {
      return new RegExp(text);
    } catch {
      throw plainError(`error parsing regexp: ${text}`);
    }
  });
  const [hosts, paths, refusedPaths, refusedMethods] = ['accept-hosts', 'accept-paths', 'reject-paths', 'reject-methods'].map(list) as [RegExp[], RegExp[], RegExp[], RegExp[]];
  const fits = (patterns: readonly RegExp[], text: string) => patterns.some((pattern) => pattern.test(text));
  return (request) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const path = (request.url ?? '/').replace(/\?.*/, '');
    return fits(hosts, host) && fits(paths, path) && !fits(refusedPaths, path) && !fits(refusedMethods, request.method ?? 'GET');
  };
}

function settingsFor(run: Run, request: IncomingMessage): RequestOptions {
  const { client, flags } = run;
  const { host: _host, ...headers } = request.headers;
  const prefix = slashed(flags.text('api-prefix'));
  const path = `/${(request.url ?? '/').slice(prefix.length)}`;
  return { method: request.method ?? 'GET', hostname: client.url.hostname, port: client.url.port || (client.url.protocol === 'https:' ? 443 : 80), path: `${client.url.pathname.replace(/\/$/, '')}${path}`, headers: { ...headers, ...client.authorization() }, ...client.tls() };
}

function forward(run: Run, request: IncomingMessage, answered: (answer: IncomingMessage) => void, failed: () => void): void {
  const onward = (run.client.url.protocol === 'https:' ? httpsRequest : httpRequest)(settingsFor(run, request), answered);
  onward.on('error', failed);
  request.on('close', () => request.complete || onward.destroy());
  request.pipe(onward);
}

/** A connection that becomes something else (exec, port-forward): bytes both ways. */
function tunnel(run: Run, request: IncomingMessage, socket: Duplex): void {
  const onward = (run.client.url.protocol === 'https:' ? httpsRequest : httpRequest)(settingsFor(run, request));
  const head = (answer: IncomingMessage) => `HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\n${Object.entries(answer.headers).map(([name, value]) => `${name}: ${[value].flat().join(', ')}\r\n`).join('')}\r\n`;
  onward.on('upgrade', (answer, far, first) => {
    socket.write(head(answer));
    socket.write(first);
    far.pipe(socket).pipe(far);
    far.on('error', () => socket.destroy());
    socket.on('error', () => far.destroy());
  });
  onward.on('response', (answer) => {
    socket.write(head(answer));
    answer.pipe(socket);
  });
  onward.on('error', () => socket.destroy());
  onward.end();
}

/** The file that is asked for under `--www-prefix`; nothing outside of the folder is. */
function fileOf({ flags, io }: Run, url: string): string | undefined {
  const prefix = slashed(flags.text('www-prefix'));
  if (!flags.text('www') || !url.startsWith(prefix)) return undefined;
  const path = normalize(`/${decodeURIComponent(url.slice(prefix.length).replace(/\?.*/, ''))}`);
  return join(resolve(io.cwd, flags.text('www')), path.endsWith('/') ? `${path}index.html` : path);
}

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.json': 'application/json', '.txt': 'text/plain; charset=utf-8', '.svg': 'image/svg+xml', '.png': 'image/png' };

function serveFile(response: ServerResponse, path: string): void {
  try {
    const content = readFileSync(path);
    response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream', 'Content-Length': content.length }).end(content);
  } catch {
    refuse(response, 404, '404 page not found\n');
  }
}

function refuse(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
}

/** Until Ctrl-C. @throws KubectlError when the port is taken */
function listen(run: Run, server: ReturnType<typeof createServer>): Promise<number> {
  const { flags, io } = run;
  const path = flags.text('unix-socket');
  const where = path || `${flags.text('address')}:${flags.text('port')}`;
  if (path && statSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path);
  return new Promise((done, failed) => {
    server.on('error', (error: NodeJS.ErrnoException) => failed(plainError(`listen ${path ? 'unix' : 'tcp'} ${where}: bind: ${error.code === 'EADDRINUSE' ? 'address already in use' : error.code === 'EACCES' ? 'permission denied' : error.message}`)));
    const started = () => {
      const address = server.address();
      run.out(`Starting to serve on ${typeof address === 'object' && address !== null ? `${address.address}:${address.port}` : String(address)}\n`);
    };
    if (path) server.listen(path, started);
    else server.listen(flags.int('port'), flags.text('address'), started);
    io.signal.addEventListener('abort', () => {
      server.close();
      server.closeAllConnections();
      done(130);
    }, { once: true });
  });
}
