/**
 * nc, twice: OpenBSD's, as Debian and netshoot have it, and BusyBox's, which only connects, listens and runs a program.
 * See nc(1) of netcat-openbsd; networking/nc.c of BusyBox.
 */
import type { Input, Process, Program } from '../machine/program.ts';
import { NetError } from '../net/errors.ts';
import type { TcpConnection } from '../net/sockets.ts';
import { lookupFailureText, lookupHost } from './dns/resolver.ts';
import { bindUdp, connectTcp, listenTcp } from './lifetime.ts';
import { parseOptions, type ParsedOptions } from './options.ts';
import { portNumber, serviceName } from './services.ts';
import { busyboxUsage, refuse, withOptions } from './usage.ts';
import { Arrivals, TimedOut, until } from './waiting.ts';

export const netcat: Program = { name: 'nc', run: (process) => withOptions(() => openbsd(process), (error) => refuse(process, 1, `${error.sentence('nc')}\n${USAGE}`)) };
export const busyboxNetcat: Program = { name: 'busybox-nc', run: (process) => withOptions(() => busybox(process), (error) => busyboxUsage(process, BUSYBOX_USAGE, error)) };

async function openbsd(process: Process): Promise<number> {
  const options = parseOptions(process.argv.slice(1), { short: '4klNnp:q:uvw:z' });
  const [host, portText] = options.operands;
  const wait = options.value('w');
  if (wait !== undefined && !/^\d+$/.test(wait)) return refuse(process, 1, `nc: timeout invalid: ${wait}`);
  const udp = options.has('u');
  const protocol = udp ? 'udp' : 'tcp';
  if (options.has('l')) {
    const port = portNumber(options.value('p') ?? portText ?? host ?? '', protocol);
    if (port === undefined) return refuse(process, 1, options.value('p') ?? portText ?? host ? wrongPort(options.value('p') ?? portText ?? host!) : 'nc: missing port number');
    return listen(process, port, options);
  }
  if (host === undefined) return refuse(process, 1, USAGE);
  if (portText === undefined) return refuse(process, 1, 'nc: missing port number');
  const range = /^(\d+)-(\d+)$/.exec(portText);
  const ports = range ? Array.from({ length: Math.max(0, Number(range[2]) - Number(range[1]) + 1) }, (_, i) => Number(range[1]) + i) : [portNumber(portText, protocol)];
  if (ports[0] === undefined) return refuse(process, 1, wrongPort(portText));
  const found = await lookupHost(process, host);
  if (found.outcome !== 'found') return refuse(process, 1, `nc: getaddrinfo for host "${host}" port ${portText}: ${lookupFailureText(found.outcome)}`);
  let code = 1;
  for (const port of ports) {
    const shown = found.canonicalName === host && found.addresses[0] === host ? host : `${host} (${found.addresses[0]})`;
    if (udp) code = (await udpClient(process, { address: found.addresses[0]!, port: port! }, { shown, options })) ? 0 : code;
    else code = (await tcpClient(process, found.addresses[0]!, port!, { shown, options })) ? 0 : code;
  }
  return code;
}

const wrongPort = (text: string): string => `nc: port number ${/^\d+$/.test(text) && Number(text) > 65_535 ? 'too large' : 'invalid'}: ${text}`;

async function tcpClient(process: Process, address: Parameters<typeof connectTcp>[1]['destination'], port: number, { shown, options }: { shown: string; options: ParsedOptions }): Promise<boolean> {
  const scanning = options.has('z');
  const verbose = options.has('v');
  const waitMs = options.has('w') ? Number(options.value('w')) * 1000 : undefined;
  const label = options.has('n') ? '*' : (serviceName(port, 'tcp') ?? '*');
  let connection: TcpConnection;
  const giveUp = new AbortController();
  try {
    const connecting = connectTcp(process, { destination: address, port, ...(options.has('p') ? { sourcePort: Number(options.value('p')) } : {}) }, AbortSignal.any([process.signal, giveUp.signal]));
    connecting.catch(() => undefined);
    connection = await until(process, connecting, waitMs);
  } catch (error) {
    giveUp.abort(error);
    const why = error instanceof TimedOut ? 'timed out: Operation now in progress' : error instanceof NetError ? `failed: ${error.message}` : undefined;
    if (why === undefined) throw error;
    if (verbose) await process.stderr.write(`nc: connect to ${shown} port ${port} (tcp) ${why}\n`);
    return false;
  }
  if (verbose) await process.stderr.write(`Connection to ${shown} ${port} port [tcp/${label}] succeeded!\n`);
  if (scanning) connection.close();
  else await converse(process, connection, { quitAfterInput: options.has('N'), idleMs: waitMs, lingerMs: options.has('q') ? Number(options.value('q')) * 1000 : undefined });
  return true;
}

/** A UDP port that is refused says so; one that is silent counts as open, as nc has it. */
async function udpClient(process: Process, to: { address: Parameters<typeof connectTcp>[1]['destination']; port: number }, { shown, options }: { shown: string; options: ParsedOptions }): Promise<boolean> {
  const replies = new Arrivals<string | NetError>();
  const socket = bindUdp(process, { ...(options.has('p') ? { port: Number(options.value('p')) } : {}), onMessage: (data) => replies.put(data), onError: (error) => replies.put(error) });
  try {
    if (options.has('z')) {
      // One byte, four times over a second: nc's way of asking a UDP port.
      for (let i = 0; i < 4; i++) {
        socket.send('X', to);
        const answer = await next(process, replies, 250);
        if (answer instanceof NetError) return false;
      }
      if (options.has('v')) await process.stderr.write(`Connection to ${shown} ${to.port} port [udp/${serviceName(to.port, 'udp') ?? '*'}] succeeded!\n`);
      return true;
    }
    for (let text = await process.stdin.read(); text !== undefined; text = await process.stdin.read()) socket.send(text, to);
    const idleMs = options.has('w') ? Number(options.value('w')) * 1000 : undefined;
    for (;;) {
      const answer = await next(process, replies, idleMs);
      if (answer === undefined || answer instanceof NetError) return answer === undefined;
      await process.stdout.write(answer);
    }
  } finally {
    socket.close();
  }
}

async function next<T>(process: Process, arrivals: Arrivals<T>, waitMs: number | undefined): Promise<T | undefined> {
  try {
    return await until(process, arrivals.next(), waitMs);
  } catch (error) {
    if (error instanceof TimedOut) return undefined;
    throw error;
  }
}

async function listen(process: Process, port: number, options: ParsedOptions): Promise<number> {
  const connections = new Arrivals<TcpConnection>();
  try {
    if (options.has('u')) return await udpServer(process, port);
    listenTcp(process, { port, onConnection: (connection) => connections.put(connection) });
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    return refuse(process, 1, `nc: ${error.message}`);
  }
  if (options.has('v')) await process.stderr.write(`Listening on 0.0.0.0 ${port}\n`);
  do {
    const connection = await until(process, connections.next());
    if (options.has('v')) await process.stderr.write(`Connection received on ${connection.remote.address} ${connection.remote.port}\n`);
    await converse(process, connection, { quitAfterInput: options.has('N'), idleMs: undefined, lingerMs: undefined });
  } while (options.has('k'));
  return 0;
}

async function udpServer(process: Process, port: number): Promise<number> {
  const messages = new Arrivals<string>();
  bindUdp(process, { port, onMessage: (data) => messages.put(data) });
  for (;;) await process.stdout.write(await until(process, messages.next()));
}

interface Conversation {
  /** Say FIN when stdin ends (`-N`). */
  readonly quitAfterInput: boolean;
  /** End after this long without a word (`-w`). */
  readonly idleMs: number | undefined;
  /** End this long after stdin ended (`-q`). */
  readonly lingerMs: number | undefined;
}

/** stdin to the connection and the connection to stdout, until the other side has said all. */
export async function converse(process: Process, connection: TcpConnection, how: Conversation, input: Input = process.stdin): Promise<void> {
  const stop = new AbortController();
  const pump = (async () => {
    for (let text = await input.read(stop.signal); text !== undefined; text = await input.read(stop.signal)) connection.write(text);
    if (how.quitAfterInput) connection.end();
    if (how.lingerMs !== undefined) {
      await process.machine.clock.sleep(how.lingerMs, stop.signal);
      connection.close();
    }
  })();
  pump.catch(() => undefined);
  try {
    for (;;) {
      const piece = await until(process, connection.read(), how.idleMs);
      if (piece === undefined) break;
      await process.stdout.write(piece);
    }
  } catch (error) {
    if (!(error instanceof TimedOut) && !(error instanceof NetError)) throw error;
  } finally {
    stop.abort(new Error('the conversation is over'));
    connection.close();
  }
}

async function busybox(process: Process): Promise<number> {
  const args = process.argv.slice(1);
  // Everything behind -e is the program and its arguments.
  const at = args.indexOf('-e');
  const program = at >= 0 ? args.slice(at + 1) : [];
  const options = parseOptions(at >= 0 ? args.slice(0, at) : args, { short: 'lp:w:' });
  const waitMs = options.has('w') ? Number(options.value('w')) * 1000 : undefined;
  if (options.has('l')) {
    const port = Number(options.value('p') ?? options.operands[0] ?? 0);
    const connections = new Arrivals<TcpConnection>();
    try {
      listenTcp(process, { port, onConnection: (connection) => connections.put(connection) });
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      return refuse(process, 1, `nc: bind: ${error.message}`);
    }
    // `-ll` serves one after another.
    const forever = options.options.filter(([key]) => key === 'l').length > 1;
    do await runOn(process, await until(process, connections.next()), program);
    while (forever);
    return 0;
  }
  const [host, portText] = options.operands;
  if (host === undefined || portText === undefined) return busyboxUsage(process, BUSYBOX_USAGE);
  const found = await lookupHost(process, host);
  if (found.outcome !== 'found') return refuse(process, 1, `nc: bad address '${host}'`);
  const port = portNumber(portText, 'tcp');
  if (port === undefined) return refuse(process, 1, `nc: bad port '${portText}'`);
  try {
    const connection = await until(process, connectTcp(process, { destination: found.addresses[0]!, port }), waitMs);
    await runOn(process, connection, program);
    return 0;
  } catch (error) {
    if (error instanceof TimedOut) return refuse(process, 1, 'nc: timed out');
    if (!(error instanceof NetError)) throw error;
    return refuse(process, 1, `nc: can't connect to remote host (${found.addresses[0]}): ${error.message}`);
  }
}

/** Run a program whose input and output are a connection. */
export async function runOn(process: Process, connection: TcpConnection, program: readonly string[]): Promise<void> {
  if (program.length === 0) return converse(process, connection, { quitAfterInput: true, idleMs: undefined, lingerMs: undefined });
  let back = '';
  const stdin: Input = {
    read: async () => {
      const kept = back;
      back = '';
      return kept === '' ? await connection.read() : kept;
    },
    unread: (bytes) => {
      back = bytes + back;
    },
  };
  const child = process.spawn(program, { stdin, stdout: { write: (bytes) => Promise.resolve(connection.write(bytes)) } });
  await child.exited;
  connection.close();
}

const USAGE = `usage: nc [-4klNnuvz] [-p source_port] [-q seconds] [-w timeout]
	  [destination] [port]`;

const BUSYBOX_USAGE = `nc [-wN] [-l] [-p PORT] [IPADDR PORT] [-e PROG]

Open a pipe to IP:PORT

	-l	Listen mode, for inbound connects
		(use -ll with -e for persistent server)
	-p PORT	Local port
	-w SEC	Connect timeout
	-e PROG	Run PROG after connect`;
