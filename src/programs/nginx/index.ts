/**
 * nginx: reads its configuration, listens, serves, logs, and ends on QUIT, TERM or INT. See nginx.org/en/docs/switches.html.
 * Differs from Linux: the workers appear in `ps`, but one process does all the work.
 */
import type { Output, Process, Program } from '../../machine/program.ts';
import { openOutput } from '../../machine/open.ts';
import { NetError } from '../../net/errors.ts';
import { serveHttp, type HttpServer, type Response, type ServedRequest } from '../http/server.ts';
import { header } from '../http/message.ts';
import { untilExit } from '../lifetime.ts';
import { OptionError, parseOptions } from '../options.ts';
import { until } from '../waiting.ts';
import { answer } from './answers.ts';
import { ConfigError, readConfig, type Directive } from './config.ts';
import type { Answering } from './parts.ts';
import { chooseSite, readSites, type Site } from './sites.ts';

export const nginx: Program = {
  name: 'nginx',
  async run(process) {
    try {
      return await main(process);
    } catch (error) {
      if (error instanceof OptionError) {
        await process.stderr.write(`nginx: invalid option: "${error.option}"\n`);
        return 1;
      }
      throw error;
    }
  },
};

async function main(process: Process): Promise<number> {
  const options = parseOptions(process.argv.slice(1), { short: '?hvVtTqs:p:e:c:g:' });
  const version = process.env.get('NGINX_VERSION') ?? '1.29.3';
  if (options.has('v') || options.has('V')) {
    await process.stderr.write(`nginx version: nginx/${version}\n${options.has('V') ? 'built by gcc 12.2.0 (Debian 12.2.0-14) \nTLS SNI support enabled\n' : ''}`);
    return 0;
  }
  const path = options.value('c') ?? '/etc/nginx/nginx.conf';
  if (options.has('s')) return sendSignal(process, options.value('s')!);
  let config: readonly Directive[];
  let sites: ReturnType<typeof readSites>;
  try {
    config = [...readConfig(process.files, path), ...globals(options.value('g'))];
    sites = readSites(config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    await process.stderr.write(options.has('t') || options.has('T') ? `nginx: [emerg] ${error.message}\nnginx: configuration file ${path} test failed\n` : `${timestamp(process)} [emerg] ${process.pid}#${process.pid}: ${error.message}\nnginx: [emerg] ${error.message}\n`);
    return 1;
  }
  if (options.has('t') || options.has('T')) {
    await process.stderr.write(`nginx: the configuration file ${path} syntax is ok\nnginx: configuration file ${path} test is successful\n`);
    if (options.has('T')) await process.stdout.write(`# configuration file ${path}:\n${process.files.read(path)}\n`);
    return 0;
  }
  return serve(process, { config, ...sites, version, path });
}

interface Configured {
  readonly config: readonly Directive[];
  readonly sites: readonly Site[];
  readonly upstreams: ReadonlyMap<string, readonly string[]>;
  readonly version: string;
  readonly path: string;
}

async function serve(process: Process, configured: Configured): Promise<number> {
  const logs = new Logs(process, configured.config);
  let current = configured;
  let servers: readonly HttpServer[];
  try {
    servers = listen(process, () => current, logs);
  } catch (error) {
    if (!(error instanceof BindError)) throw error;
    for (let attempt = 0; attempt < 5; attempt++) await logs.error('emerg', `bind() to ${error.where} failed (98: Address already in use)`);
    await logs.error('emerg', 'still could not bind()');
    return 1;
  }
  const worker = await announce(process, configured, logs);
  process.files.write('/run/nginx.pid', `${process.pid}\n`);
  const signal = await new Promise<'SIGQUIT' | 'SIGTERM' | 'SIGINT'>((resolve, reject) => {
    for (const name of ['SIGQUIT', 'SIGTERM', 'SIGINT'] as const) process.onSignal(name, () => resolve(name));
    process.onSignal('SIGHUP', () => {
      void reload(process, current, logs).then((next) => {
        if (!next) return;
        for (const server of servers) server.close();
        current = next;
        servers = listen(process, () => current, logs);
      });
    });
    process.signal.addEventListener('abort', () => reject(process.signal.reason as Error), { once: true });
  });
  for (const server of servers) server.close();
  const number = { SIGQUIT: 3, SIGTERM: 15, SIGINT: 2 }[signal];
  await logs.error('notice', `signal ${number} (${signal}) received${signal === 'SIGQUIT' ? ', shutting down' : ', exiting'}`);
  await logs.error('notice', signal === 'SIGQUIT' ? 'gracefully shutting down' : 'exiting', worker);
  await logs.error('notice', 'exit', worker);
  await logs.error('notice', 'exit');
  return 0;
}

class BindError extends Error {
  constructor(readonly where: string) {
    super(where);
  }
}

function listen(process: Process, current: () => Configured, logs: Logs): readonly HttpServer[] {
  const places = new Map<string, { readonly address?: Site['listens'][number]['address']; readonly port: number }>();
  for (const { listens } of current().sites) for (const { address, port } of listens) places.set(`${address ?? '0.0.0.0'}:${port}`, address ? { address, port } : { port });
  const servers: HttpServer[] = [];
  for (const [where, place] of places) {
    try {
      servers.push(
        serveHttp(process, {
          ...place,
          handle: (request) => {
            const { sites } = current();
            const site = chooseSite(sites, request.local.address, request.local.port, header(request.headers, 'host') ?? '') ?? sites[0]!;
            return answer(site, request, context(process, current(), logs));
          },
          onServed: (request, response, bytes) => void logs.access(request, response, bytes),
          onMalformed: () => malformed(current().version),
        }),
      );
    } catch (error) {
      for (const server of servers) server.close();
      if (error instanceof NetError && error.code === 'EADDRINUSE') throw new BindError(where);
      throw error;
    }
  }
  return servers;
}

function malformed(version: string): Response {
  const title = '400 Bad Request';
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx/${version}</center>\r\n</body>\r\n</html>\r\n`;
  return { status: 400, headers: [['Server', `nginx/${version}`], ['Content-Type', 'text/html'], ['Content-Length', String(body.length)], ['Connection', 'close']], body };
}

function context(process: Process, configured: Configured, logs: Logs): Answering {
  const types = new Map<string, string>();
  const http = configured.config.find(({ name }) => name === 'http');
  for (const { block } of http?.block?.filter(({ name }) => name === 'types') ?? []) for (const { name, args } of block ?? []) for (const extension of args) types.set(extension, name);
  return { process, version: configured.version, upstreams: configured.upstreams, types, log: (level, text) => void logs.error(level, text) };
}

async function reload(process: Process, configured: Configured, logs: Logs): Promise<Configured | undefined> {
  await logs.error('notice', 'signal 1 (SIGHUP) received, reconfiguring');
  try {
    const config = readConfig(process.files, configured.path);
    const sites = readSites(config);
    await logs.error('notice', 'reconfiguring');
    return { ...configured, config, ...sites };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    await logs.error('emerg', error.message);
    return undefined;
  }
}

/** What the master says when it starts, one line per fact. @returns the worker's process id */
async function announce(process: Process, configured: Configured, logs: Logs): Promise<number> {
  const { machine } = process;
  await logs.error('notice', 'using the "epoll" event method');
  await logs.error('notice', `nginx/${configured.version}`);
  await logs.error('notice', 'built by gcc 12.2.0 (Debian 12.2.0-14) ');
  await logs.error('notice', `OS: Linux ${machine.kernelRelease}`);
  await logs.error('notice', 'getrlimit(RLIMIT_NOFILE): 1048576:1048576');
  await logs.error('notice', 'start worker processes');
  const worker = process.spawn(['nginx: worker process'], { program: { name: 'nginx', run: (self) => until(self, new Promise<number>(() => undefined)) } });
  // A worker ends with its master: it notices that the channel between them is closed.
  untilExit(process, () => worker.kill('SIGKILL'));
  await logs.error('notice', `start worker process ${worker.pid}`);
  return worker.pid;
}

function globals(text: string | undefined): readonly Directive[] {
  return (text ?? '')
    .split(';')
    .map((directive) => directive.trim().split(/\s+/))
    .filter(([name]) => name)
    .map(([name, ...args]) => ({ name: name!, args, file: 'command line', line: 0 }));
}

async function sendSignal(process: Process, name: string): Promise<number> {
  const signals = { stop: 'SIGTERM', quit: 'SIGQUIT', reload: 'SIGHUP', reopen: 'SIGUSR1' } as const;
  if (!Object.hasOwn(signals, name)) {
    await process.stderr.write(`nginx: invalid option: "-s ${name}"\n`);
    return 1;
  }
  const pid = process.files.exists('/run/nginx.pid') ? Number(process.files.read('/run/nginx.pid')) : 0;
  const master = process.machine.processes.get(pid);
  if (!master) {
    await process.stderr.write('nginx: [error] open() "/run/nginx.pid" failed (2: No such file or directory)\n');
    return 1;
  }
  await process.stderr.write(`${timestamp(process)} [notice] ${process.pid}#${process.pid}: signal process started\n`);
  master.signal(signals[name as keyof typeof signals]);
  return 0;
}

/** The two logs. The image links both to the process's own streams. */
class Logs {
  readonly #access: Output | undefined;
  readonly #error: Output;

  constructor(
    private readonly process: Process,
    config: readonly Directive[],
  ) {
    const http = config.find(({ name }) => name === 'http')?.block ?? [];
    const access = http.find(({ name }) => name === 'access_log')?.args[0] ?? '/var/log/nginx/access.log';
    const error = config.find(({ name }) => name === 'error_log')?.args[0] ?? '/var/log/nginx/error.log';
    this.#access = access === 'off' ? undefined : openOutput(process, access, { append: true });
    this.#error = error === 'stderr' ? process.stderr : openOutput(process, error, { append: true });
  }

  async error(level: string, text: string, pid = this.process.pid): Promise<void> {
    await this.#error.write(`${timestamp(this.process)} [${level}] ${pid}#${pid}: ${text}\n`);
  }

  /** The format that the image calls `main`. */
  async access(request: ServedRequest, response: Response, bytes: number): Promise<void> {
    const field = (name: string) => header(request.headers, name) ?? '-';
    await this.#access?.write(
      `${request.remote.address} - - [${clfTime(this.process)}] "${request.method} ${request.target} ${request.version}" ${response.status} ${bytes} "${field('referer')}" "${field('user-agent')}" "${field('x-forwarded-for')}"\n`,
    );
  }
}

/** `2026/11/21 07:49:40`. */
function timestamp(process: Process): string {
  return new Date(process.machine.clock.unixMs()).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
}

/** `21/Nov/2026:07:49:40 +0000`, the time of the common log format. */
export function clfTime(process: Process): string {
  const [, day, month, year, time] = new Date(process.machine.clock.unixMs()).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
