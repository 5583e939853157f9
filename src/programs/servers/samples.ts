/**
 * Three small web servers of tutorials: traefik/whoami (who asked, and whom), hashicorp/http-echo (one fixed text) and
 * Google's hello-app (greeting, version, pod). Each prints what the real one prints.
 */
import type { Process, Program } from '../../machine/program.ts';
import { header, httpDate, type Headers } from '../http/message.ts';
import { serveHttp, type Response, type ServedRequest } from '../http/server.ts';
import { goLogTime, untilSignal } from './serving.ts';

export const whoami: Program = {
  // Not `whoami`: that is a core utility.
  name: 'traefik-whoami',
  async run(process) {
    const port = Number(flagValue(process, 'port') ?? process.env.get('WHOAMI_PORT_NUMBER') ?? 80);
    const name = flagValue(process, 'name') ?? process.env.get('WHOAMI_NAME');
    await process.stdout.write(`${goLogTime(process)} Starting up on port ${port}\n`);
    serveHttp(process, { port, handle: (request) => text(process, whoamiText(process, name, request)) });
    await untilSignal(process, []);
    return 2;
  },
};

function whoamiText(process: Process, name: string | undefined, request: ServedRequest): string {
  const addresses = process.netns.addresses().map(({ address }) => `IP: ${address.address}\n`);
  const headers = request.headers.filter(([known]) => known.toLowerCase() !== 'host').map(([known, value]) => `${canonical(known)}: ${value}\n`);
  return [
    name ? `Name: ${name}\n` : '', `Hostname: ${process.hostname}\n`, ...addresses,
    `RemoteAddr: ${request.remote.address}:${request.remote.port}\n`,
    `${request.method} ${request.target} ${request.version}\nHost: ${header(request.headers, 'host') ?? ''}\n`, ...headers.toSorted(), '\n',
  ].join('');
}

export const httpEcho: Program = {
  name: 'http-echo',
  async run(process) {
    const echo = flagValue(process, 'text') ?? process.env.get('ECHO_TEXT') ?? '';
    if (echo === '') {
      await process.stderr.write('Missing -text option!\n');
      return 127;
    }
    const listen = flagValue(process, 'listen') ?? ':5678';
    const status = Number(flagValue(process, 'status-code') ?? 200);
    const port = Number(listen.split(':').at(-1));
    await process.stdout.write(`${goLogTime(process)} [INFO] server is listening on ${listen}\n`);
    const server = serveHttp(process, {
      port,
      handle: () => ({ ...text(process, `${echo}\n`), status, headers: [['X-App-Name', 'http-echo'], ['X-App-Version', '1.0.0'], ['Date', now(process)], ['Content-Length', String(echo.length + 1)], ['Content-Type', 'text/plain; charset=utf-8']] }),
      onServed: (request, response, bytes) =>
        void process.stdout.write(`${goLogTime(process)} ${header(request.headers, 'host') ?? ''} ${request.remote.address}:${request.remote.port} "${request.method} ${request.target} ${request.version}" ${response.status} ${bytes} "${header(request.headers, 'user-agent') ?? ''}" 20.5µs\n`),
    });
    const signal = await untilSignal(process, ['SIGINT', 'SIGTERM']);
    server.close();
    await process.stdout.write(`${goLogTime(process)} [INFO] received signal: ${signal === 'SIGTERM' ? 'terminated' : 'interrupt'}, shutting down server\n`);
    return 0;
  },
};

export const helloApp: Program = {
  name: 'hello-app',
  async run(process) {
    const port = Number(process.env.get('PORT') ?? 8080);
    const version = process.env.get('HELLO_APP_VERSION') ?? '1.0.0';
    await process.stderr.write(`${goLogTime(process)} Server listening on port ${port}\n`);
    serveHttp(process, {
      port,
      handle: async (request) => {
        await process.stderr.write(`${goLogTime(process)} Serving request: ${request.target.replace(/\?.*/, '')}\n`);
        return text(process, `Hello, world!\nVersion: ${version}\nHostname: ${process.hostname}\n`);
      },
    });
    await untilSignal(process, []);
    return 2;
  },
};

/** A Go server's plain text answer. */
export function text(process: Process, body: string, status = 200, extra: Headers = []): Response {
  return { status, headers: [...extra, ['Date', now(process)], ['Content-Length', String(body.length)], ['Content-Type', 'text/plain; charset=utf-8']], body };
}

const now = (process: Process) => httpDate(process.machine.clock.unixMs());

/** Go's flag package: `-name=value`, `--name value`. */
export function flagValue(process: Process, name: string): string | undefined {
  const { argv } = process;
  for (const [at, arg] of argv.entries()) {
    const match = /^--?([^=]+)(?:=(.*))?$/s.exec(arg);
    if (match?.[1] === name) return match[2] ?? argv[at + 1];
  }
  return undefined;
}

/** Go writes header names as `User-Agent`. */
const canonical = (name: string) => name.toLowerCase().replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
