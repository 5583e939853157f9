/** ss and netstat: the sockets of this network namespace. See ss(8), netstat(8). Addresses are always numbers, ports may be names. */
import type { Process, Program } from '../machine/program.ts';
import type { SocketInfo } from '../net/sockets.ts';
import { routesTable } from './net-tools.ts';
import { pidSeenBy } from './lifetime.ts';
import { parseOptions, type ParsedOptions } from './options.ts';
import { serviceName } from './services.ts';
import { busyboxUsage, nameOf, refuse, withOptions } from './usage.ts';

const LONG = { tcp: 't', udp: 'u', listening: 'l', all: 'a', numeric: 'n', processes: 'p', 'no-header': 'H', oneline: 'O', ipv4: '4', summary: 's', route: 'r' };

export const ss: Program = {
  name: 'ss',
  run: (process) => withOptions(() => runSs(process), (error) => refuse(process, 255, `${error.sentence('ss')}\nUsage: ss [ OPTIONS ]\n       ss [ OPTIONS ] [ FILTER ]`)),
};

async function runSs(process: Process): Promise<number> {
  const options = parseOptions(process.argv.slice(1), { short: 'tulanpHO4s', long: LONG });
  const sockets = process.netns.sockets.list();
  if (options.has('s')) {
    const tcp = sockets.filter(({ protocol }) => protocol === 'tcp');
    const udp = sockets.filter(({ protocol }) => protocol === 'udp').length;
    const established = tcp.filter(({ state }) => state === 'ESTAB').length;
    const waiting = tcp.filter(({ state }) => state === 'TIME-WAIT').length;
    const row = (name: string, count: number) => `${name.padEnd(10)}${String(count).padEnd(10)}${String(count).padEnd(10)}${'0'.padEnd(9)}\n`;
    await process.stdout.write(
      `Total: ${tcp.length + udp}\nTCP:   ${tcp.length} (estab ${established}, closed ${waiting}, orphaned 0, timewait ${waiting})\n\nTransport Total     IP        IPv6\n${row('RAW', 0)}${row('UDP', udp)}${row('TCP', tcp.length)}${row('INET', udp + tcp.length)}${row('FRAG', 0)}\n`,
    );
    return 0;
  }
  const both = !options.has('t') && !options.has('u');
  const chosen = sockets.filter((socket) => wanted(socket, options, both)).filter(filterOf(options.operands));
  const withKind = both || (options.has('t') && options.has('u'));
  // A column that would say the same in every row is left out: `ss -t` shows established connections only.
  const byState = options.operands[0] === 'state';
  if (byState && !STATES.has(options.operands[1] ?? '')) return refuse(process, 255, `ss: wrong state name: ${options.operands[1] ?? ''}`);
  const withState = !byState && (options.has('a') || options.has('l') || withKind || options.has('t'));
  await process.stdout.write(table(process, chosen, { withKind, withState, options }));
  return 0;
}

/** The names that `state` knows: scan_state in misc/ss.c. */
const STATES: ReadonlySet<string> = new Set(['established', 'syn-sent', 'syn-recv', 'fin-wait-1', 'fin-wait-2', 'time-wait', 'closed', 'close-wait', 'last-ack', 'listening', 'listen', 'closing', 'all', 'connected', 'synchronized', 'bucket', 'big']);

/** `sport = :80`, `dst 10.0.0.2`, `state listening`: the filters that people use. */
function filterOf(words: readonly string[]): (socket: SocketInfo) => boolean {
  const [what, ...rest] = words;
  const value = rest.at(-1)?.replace(/^:/, '');
  const number = Number(value);
  switch (what) {
    case 'sport':
      return (socket) => socket.local.port === number;
    case 'dport':
      return (socket) => socket.remote?.port === number;
    case 'src':
      return (socket) => socket.local.address === value;
    case 'dst':
      return (socket) => socket.remote?.address === value;
    case 'state':
      return (socket) => stateName(socket).toLowerCase().startsWith((value ?? '').toLowerCase().slice(0, 5));
    default:
      return () => true;
  }
}

function wanted(socket: SocketInfo, options: ParsedOptions, both: boolean): boolean {
  if (socket.protocol === 'icmp') return false;
  if (!both && !options.has(socket.protocol === 'tcp' ? 't' : 'u')) return false;
  const waiting = socket.state === 'LISTEN' || socket.state === 'UNCONN';
  return options.has('a') || waiting === options.has('l');
}

const stateName = (socket: SocketInfo) => (socket.state);

function table(process: Process, sockets: readonly SocketInfo[], { withKind, withState, options }: { withKind: boolean; withState: boolean; options: ParsedOptions }): string {
  const port = (number: number | undefined, socket: SocketInfo) => (number === undefined || number === 0 ? '*' : options.has('n') ? String(number) : (serviceName(number, socket.protocol === 'udp' ? 'udp' : 'tcp') ?? String(number)));
  const rows = sockets.map((socket) => ({
    kind: socket.protocol, state: stateName(socket), recv: String(socket.recvQueue), send: String(socket.sendQueue),
    local: socket.local.address, localPort: port(socket.local.port, socket), peer: socket.remote?.address ?? '0.0.0.0', peerPort: port(socket.remote?.port, socket),
    users: options.has('p') && pidSeenBy(process, socket.owner) !== undefined ? `users:(("${socket.owner!.program}",pid=${pidSeenBy(process, socket.owner)},fd=3))` : '',
  }));
  const head = { kind: 'Netid', state: 'State', recv: 'Recv-Q', send: 'Send-Q', local: 'Local Address', localPort: 'Port', peer: 'Peer Address', peerPort: 'Port', users: 'Process' };
  const all = options.has('H') ? rows : [head, ...rows];
  const width = (key: keyof typeof head) => Math.max(0, ...all.map((row) => row[key].length));
  const line = (row: typeof head) =>
    [
      ...(withKind ? [`${row.kind.padEnd(width('kind'))} `] : []), ...(withState ? [`${row.state.padEnd(width('state'))} `] : []),
      `${row.recv.padEnd(width('recv'))} ${row.send.padEnd(width('send'))} `, `${row.local.padStart(width('local'))}:${row.localPort.padEnd(width('localPort'))} `,
      `${row.peer.padStart(width('peer'))}:${row.peerPort.padEnd(width('peerPort'))}${row.users.padEnd(width('users'))}`,
    ].join('');
  return all.map((row) => `${line(row)}\n`).join('');
}

const NETSTAT_OPTIONS = { short: 'tulanpr4', long: LONG };

export const netstat: Program = {
  name: 'netstat',
  run: (process) => withOptions(() => runNetstat(process, 'net-tools'), (error) => refuse(process, 4, error.sentence(nameOf(process)))),
};

export const busyboxNetstat: Program = {
  name: 'busybox-netstat',
  run: (process) => withOptions(() => runNetstat(process, 'busybox'), (error) => busyboxUsage(process, BUSYBOX_USAGE, error)),
};

async function runNetstat(process: Process, flavour: 'net-tools' | 'busybox'): Promise<number> {
  const options = parseOptions(process.argv.slice(1), NETSTAT_OPTIONS);
  if (options.has('r')) {
    await process.stdout.write(routesTable(process, 'netstat'));
    return 0;
  }
  const both = !options.has('t') && !options.has('u');
  const listening = options.has('l');
  const title = listening ? '(only servers)' : options.has('a') ? '(servers and established)' : '(w/o servers)';
  const programs = options.has('p');
  // BusyBox pads the last column one further.
  const stateWidth = flavour === 'busybox' || programs ? 12 : 11;
  const sockets = process.netns.sockets.list().filter((socket) => wanted(socket, options, both)).toSorted((a, b) => (a.protocol < b.protocol ? -1 : a.protocol > b.protocol ? 1 : 0));
  const head = `Active Internet connections ${title}\nProto Recv-Q Send-Q Local Address           Foreign Address         ${'State'.padEnd(stateWidth)}${programs ? 'PID/Program name    ' : ''}\n`;
  const rows = sockets.map((socket) => {
    const end = (address: string, port: number | undefined) => `${address}:${port === undefined || port === 0 ? '*' : options.has('n') ? port : (serviceName(port, socket.protocol === 'udp' ? 'udp' : 'tcp') ?? port)}`;
    const pid = pidSeenBy(process, socket.owner);
    const owner = pid === undefined ? '-' : `${pid}/${socket.owner!.program}`.slice(0, 19);
    const state = socket.state === 'UNCONN' ? '' : socket.state === 'ESTAB' ? 'ESTABLISHED' : socket.state.replaceAll('-', '_').replace('FIN_WAIT_', 'FIN_WAIT');
    const queue = socket.state === 'LISTEN' ? 0 : socket.sendQueue;
    return `${socket.protocol.padEnd(5)} ${String(socket.recvQueue).padStart(6)} ${String(queue).padStart(6)} ${end(socket.local.address, socket.local.port).padEnd(23)} ${end(socket.remote?.address ?? '0.0.0.0', socket.remote?.port).padEnd(23)} ${state.padEnd(stateWidth)}${programs ? owner.padEnd(20) : ''}\n`;
  });
  const unix = both && flavour === 'net-tools' ? `Active UNIX domain sockets ${title}\nProto RefCnt Flags       Type       State         I-Node   ${programs ? 'PID/Program name     ' : ''}Path\n` : '';
  await process.stdout.write(head + rows.join('') + unix);
  return 0;
}

const BUSYBOX_USAGE = `netstat [-ral] [-tuwx] [-enp]

Display networking information

	-r	Routing table
	-a	All sockets
	-l	Listening sockets
		Else: connected sockets
	-t	TCP sockets
	-u	UDP sockets
	-p	Show PID/program name for sockets
	-n	Don't resolve names`;
