/**
 * agnhost, the program of Kubernetes' own tests: netexec, serve-hostname, pause, connect and the DNS questions.
 * See kubernetes/test/images/agnhost. An unknown subcommand is refused as cobra refuses it.
 */
import type { Process, Program } from '../../machine/program.ts';
import { NetError } from '../../net/errors.ts';
import { lookupHost, resolverConfig } from '../dns/resolver.ts';
import type { Response, ServedRequest } from '../http/server.ts';
import { serveHttp } from '../http/server.ts';
import { bindUdp, connectTcp } from '../lifetime.ts';
import { TimedOut, until } from '../waiting.ts';
import { flagValue, text } from './samples.ts';
import { goLogTime, untilSignal } from './serving.ts';

type Subcommand = (process: Process) => Promise<number>;

export const agnhost: Program = {
  name: 'agnhost',
  async run(process) {
    const name = process.argv[1] ?? 'help';
    const command = SUBCOMMANDS[name];
    if (command) return command(process);
    await process.stderr.write(`Error: unknown command "${name}" for "app"\nRun 'app --help' for usage.\nunknown command "${name}" for "app"\n`);
    return 1;
  },
};

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  netexec,
  'serve-hostname': serveHostname,
  connect,
  pause: async (process) => {
    await process.stdout.write('Paused\n');
    await untilSignal(process, []);
    return 0;
  },
  'dns-suffix': async (process) => {
    await process.stdout.write(`${resolverConfig(process.files).search.join(',')},`);
    return 0;
  },
  'dns-server-list': async (process) => {
    await process.stdout.write(resolverConfig(process.files).servers.join(','));
    return 0;
  },
  'etc-hosts': async (process) => {
    await process.stdout.write(process.files.read('/etc/hosts'));
    return 0;
  },
};

/** A server that tells who asked, who answers, and runs what it is told over HTTP and UDP. */
async function netexec(process: Process): Promise<number> {
  const port = Number(flagValue(process, 'http-port') ?? 8080);
  const udpPort = Number(flagValue(process, 'udp-port') ?? 8081);
  const log = (line: string) => process.stdout.write(`I${stamp(process)}       ${process.pid} ${line}\n`);
  if (udpPort > 0) {
    const socket = bindUdp(process, {
      port: udpPort,
      onMessage: (data, from) => {
        const [word = '', ...rest] = data.trim().split(' ');
        const reply = word.toLowerCase() === 'hostname' ? process.hostname : word.toLowerCase() === 'echo' ? rest.join(' ') : word.toLowerCase() === 'clientip' ? from.address : '';
        if (reply !== '') socket.send(reply, from);
      },
    });
    await log(`log.go:195] Started UDP server on port  ${udpPort}`);
  }
  serveHttp(process, { port, handle: (request) => netexecAnswer(process, request) });
  await log(`log.go:195] Started HTTP server on port ${port}`);
  await untilSignal(process, []);
  return 0;
}

async function netexecAnswer(process: Process, request: ServedRequest): Promise<Response> {
  const [path = '/', query = ''] = request.target.split('?');
  const parameters = new URLSearchParams(query);
  switch (path) {
    case '/':
      return text(process, `NOW: ${new Date(process.machine.clock.unixMs()).toISOString().replace('T', ' ').replace('Z', '')} +0000 UTC`);
    case '/hostname':
    case '/hostName':
      return text(process, process.hostname);
    case '/clientip':
      return text(process, `${request.remote.address}:${request.remote.port}`);
    case '/echo':
      return text(process, parameters.get('msg') ?? '', Number(parameters.get('code') ?? 200));
    case '/header': {
      const name = parameters.get('key') ?? '';
      return text(process, request.headers.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1] ?? '');
    }
    case '/healthz':
      return text(process, '');
    case '/shell':
    case '/shutdown':
    case '/exit':
    case '/dial':
    case '/upload':
    case '/redirect':
      return text(process, `agnhost: ${path} is not part of this simulator\n`, 501);
    default:
      return text(process, `NOW: ${new Date(process.machine.clock.unixMs()).toISOString().replace('T', ' ').replace('Z', '')} +0000 UTC`);
  }
}

async function serveHostname(process: Process): Promise<number> {
  const port = Number(flagValue(process, 'port') ?? 9376);
  await process.stdout.write(`I${stamp(process)}       ${process.pid} log.go:195] Serving on port ${port}.\n\n`);
  serveHttp(process, {
    port,
    handle: async () => text(process, process.hostname),
    onServed: (request) => void process.stdout.write(`I${stamp(process)}       ${process.pid} log.go:195] HTTP request from ${request.remote.address}:${request.remote.port}\n`),
  });
  await untilSignal(process, ['SIGTERM']);
  return 0;
}

/** Try a TCP connection; the words on stderr are those that network policy tests look for. */
async function connect(process: Process): Promise<number> {
  const target = process.argv.slice(2).find((arg) => !arg.startsWith('-')) ?? '';
  const match = /^(\d+)(ms|s|m)?$/.exec(flagValue(process, 'timeout') ?? '0');
  const timeoutMs = match ? Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[match[2] ?? 's']! : 0;
  const [host = '', port = ''] = target.split(':');
  const found = await lookupHost(process, host);
  if (found.outcome !== 'found') return complain(process, `DNS: lookup ${host}: no such host`);
  try {
    const connection = await until(process, connectTcp(process, { destination: found.addresses[0]!, port: Number(port) }), timeoutMs || undefined);
    connection.close();
    return 0;
  } catch (error) {
    if (error instanceof TimedOut) return complain(process, 'TIMEOUT');
    if (!(error instanceof NetError)) throw error;
    return complain(process, error.code === 'ECONNREFUSED' ? 'REFUSED' : error.code === 'ETIMEDOUT' ? 'TIMEOUT' : `OTHER: dial tcp ${target}: connect: ${error.message.toLowerCase()}`);
  }
}

async function complain(process: Process, words: string): Promise<number> {
  await process.stderr.write(`${words}\n`);
  return 1;
}

/** `1121 07:49:40.000000`, the time of klog. */
function stamp(process: Process): string {
  const [date, time] = goLogTime(process).split(' ');
  return `${date!.slice(5).replace('/', '')} ${time}.000000`;
}
