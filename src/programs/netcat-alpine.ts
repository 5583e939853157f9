/**
 * nc of Alpine's BusyBox, which is built to be like netcat 1.10: it says more (-v), scans (-z), and serves for ever
 * (-lk with -e). See networking/nc_bloaty.c of BusyBox.
 */
import type { Ipv4 } from '../base/address.ts';
import type { Process, Program } from '../machine/program.ts';
import { NetError } from '../net/errors.ts';
import type { TcpConnection } from '../net/sockets.ts';
import { lookupHost } from './dns/resolver.ts';
import { connectTcp, listenTcp } from './lifetime.ts';
import { converse, runOn } from './netcat.ts';
import { parseOptions, type ParsedOptions } from './options.ts';
import { portNumber } from './services.ts';
import { busyboxUsage, refuse, withOptions } from './usage.ts';
import { Arrivals, TimedOut, until } from './waiting.ts';

export const alpineNetcat: Program = { name: 'alpine-nc', run: (process) => withOptions(() => main(process), (error) => busyboxUsage(process, USAGE, error)) };

async function main(process: Process): Promise<number> {
  const args = process.argv.slice(1);
  // Everything behind -e is the program and its arguments.
  const at = args.indexOf('-e');
  const program = at >= 0 ? args.slice(at + 1) : [];
  const options = parseOptions(at >= 0 ? args.slice(0, at) : args, { short: 'lnkp:s:vw:z' });
  if (options.has('l')) return listen(process, options, program);
  const [host, portText] = options.operands;
  if (host === undefined || portText === undefined) return busyboxUsage(process, USAGE);
  const found = await lookupHost(process, host);
  if (found.outcome !== 'found') return refuse(process, 1, `nc: bad address '${host}'`);
  const port = portNumber(portText, 'tcp');
  if (port === undefined) return refuse(process, 1, `nc: bad port '${portText}'`);
  return connect(process, { address: found.addresses[0]!, host, port }, options, program);
}

async function connect(process: Process, to: { readonly address: Ipv4; readonly host: string; readonly port: number }, options: ParsedOptions, program: readonly string[]): Promise<number> {
  const shown = `${to.host} (${to.address}:${to.port})`;
  const waitMs = options.has('w') ? Number(options.value('w')) * 1000 : undefined;
  const giveUp = new AbortController();
  try {
    const connecting = connectTcp(process, { destination: to.address, port: to.port, ...(options.has('p') ? { sourcePort: Number(options.value('p')) } : {}) }, AbortSignal.any([process.signal, giveUp.signal]));
    connecting.catch(() => undefined);
    const connection = await until(process, connecting, waitMs);
    if (options.has('v')) await process.stderr.write(`${shown} open\n`);
    if (options.has('z')) connection.close();
    else if (program.length > 0) await runOn(process, connection, program);
    else await converse(process, connection, { quitAfterInput: true, idleMs: waitMs, lingerMs: undefined });
    return 0;
  } catch (error) {
    giveUp.abort(error);
    const why = error instanceof TimedOut ? 'Connection timed out' : error instanceof NetError ? error.message : undefined;
    if (why === undefined) throw error;
    return options.has('v') || !options.has('z') ? refuse(process, 1, `nc: ${shown}: ${why}`) : 1;
  }
}

async function listen(process: Process, options: ParsedOptions, program: readonly string[]): Promise<number> {
  const port = Number(options.value('p') ?? options.operands[0] ?? 0);
  const connections = new Arrivals<TcpConnection>();
  let listening: { readonly port: number; close(): void };
  try {
    listening = listenTcp(process, { port, onConnection: (connection) => connections.put(connection) });
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    return refuse(process, 1, `nc: bind: ${error.message}`);
  }
  const verbose = options.has('v');
  if (verbose) await process.stderr.write(`listening on [::]:${listening.port} ...\n`);
  for (;;) {
    const connection = await until(process, connections.next());
    const { local, remote } = connection;
    if (verbose) await process.stderr.write(`connect to [::ffff:${local.address}]:${local.port} from [::ffff:${remote.address}]:${remote.port} ([::ffff:${remote.address}]:${remote.port})\n`);
    // With -k each connection gets a process of its own, and the next one is awaited at once.
    if (options.has('k') && program.length > 0) void runOn(process, connection, program).catch(() => connection.reset());
    else {
      listening.close();
      if (program.length > 0) await runOn(process, connection, program);
      else await converse(process, connection, { quitAfterInput: false, idleMs: undefined, lingerMs: undefined });
      return 0;
    }
  }
}

const USAGE = `nc [OPTIONS] HOST PORT  - connect
nc [OPTIONS] -l -p PORT [HOST] [PORT]  - listen

	-e PROG	Run PROG after connect (must be last)
	-l	Listen mode, for inbound connects
	-lk	With -e, provides persistent server
	-p PORT	Local port
	-s ADDR	Local address
	-n	Don't do DNS resolution
	-v	Verbose
	-w SEC	Timeout for connects and final net reads
	-z	Zero-I/O mode (scanning)`;
