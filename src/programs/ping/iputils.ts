/** ping of iputils, as Debian, Ubuntu and netshoot have it. Words of iputils 20221126. See ping(8). */
import { LOCALHOST, parseIpv4 } from '../../base/address.ts';
import type { Process, Program } from '../../machine/program.ts';
import type { IcmpKind } from '../../net/packet.ts';
import { lookupAddress, lookupFailureText, lookupHost } from '../dns/resolver.ts';
import { OptionError, parseOptions, type ParsedOptions } from '../options.ts';
import { refuse, withOptions } from '../usage.ts';
import { echo, sourceOf, type EchoCounts } from './echo.ts';

const ERRORS: Readonly<Partial<Record<IcmpKind, string>>> = {
  'network-unreachable': 'Destination Net Unreachable',
  'host-unreachable': 'Destination Host Unreachable',
  'protocol-unreachable': 'Destination Protocol Unreachable',
  'port-unreachable': 'Destination Port Unreachable',
  'network-prohibited': 'Destination Net Prohibited',
  'host-prohibited': 'Destination Host Prohibited',
  'communication-prohibited': 'Packet filtered',
  'ttl-zero-during-transit': 'Time to live exceeded',
};

export const ping: Program = {
  name: 'ping',
  run: (process) => withOptions(() => main(process), (error) => wrongOption(process, error)),
};

async function main(process: Process): Promise<number> {
  const options = parseOptions(process.argv.slice(1), { short: '46c:i:W:w:s:qI:t:nM:hV' });
  if (options.has('V')) {
    await process.stdout.write('ping from iputils 20221126\nlibcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes\n');
    return 0;
  }
  if (options.has('h')) return refuse(process, 2, USAGE);
  const wrong = wrongNumber(options);
  if (wrong) return refuse(process, wrong.startsWith('invalid -M') ? 2 : 1, `ping: ${wrong}`);
  const [host] = options.operands;
  if (host === undefined) return refuse(process, 1, 'ping: usage error: Destination address required');
  if (options.has('6')) return refuse(process, 2, `ping: ${host}: Address family for hostname not supported`);
  const found = await lookupHost(process, host);
  if (found.outcome !== 'found') return refuse(process, 2, `ping: ${host}: ${lookupFailureText(found.outcome)}`);
  const destination = found.addresses[0]!;
  const via = options.value('I');
  const source = via === undefined ? {} : sourceOf(process, via, parseIpv4);
  if (!source) return refuse(process, 2, `ping: SO_BINDTODEVICE ${via}: No such device`);
  const own = process.netns.devices.list().flatMap(({ name }) => process.netns.addresses(name)).map(({ address }) => address.address);
  if (source.source !== undefined && source.source !== LOCALHOST && !own.includes(source.source)) return refuse(process, 2, 'ping: bind: Cannot assign requested address');
  const route = process.netns.routes.lookup(destination, { source: source.source, outDevice: source.device });
  if (route.kind === 'unreachable') return refuse(process, 2, `ping: connect: ${route.reason === 'no-route' ? 'Network is unreachable' : route.reason === 'blackhole' ? 'Invalid argument' : route.reason === 'prohibit' ? 'Permission denied' : 'No route to host'}`);
  return session(process, options, { host, destination, canonicalName: found.canonicalName, ...source });
}

/** What `-M` makes of fragments, and `-b` forbids; without them the kernel finds out by itself what fits. */
const discovery = (wanted: string | undefined) => (wanted === undefined || wanted === 'want' ? {} : { dontFragment: wanted === 'do' || wanted === 'probe' });

interface Target {
  readonly host: string;
  readonly destination: ReturnType<typeof parseIpv4> & string;
  readonly canonicalName: string;
  readonly source?: (ReturnType<typeof parseIpv4> & string) | undefined;
  readonly device?: string | undefined;
}

async function session(process: Process, options: ParsedOptions, target: Target): Promise<number> {
  const { destination } = target;
  const literal = parseIpv4(target.host) !== undefined;
  const quiet = options.has('q');
  const size = Number(options.value('s') ?? 56);
  const name = literal ? target.host : target.canonicalName;
  const from = target.source === undefined ? ' ' : ` from ${target.source}${target.device ? ` ${target.device}` : ''}: `;
  await process.stdout.write(`PING ${name} (${destination})${from}${size}(${size + 28}) bytes of data.\n`);
  // Names of who answers are asked for once, and not at all for an address given as such.
  const shown = new Map<string, string>();
  const label = async (address: typeof destination) => {
    if (literal || options.has('n')) return address;
    if (!shown.has(address)) shown.set(address, (await lookupAddress(process, address)) ?? '');
    return shown.get(address) ? `${shown.get(address)} (${address})` : address;
  };
  const counts = await echo(
    process,
    {
      destination, size, firstSequence: 1,
      count: options.value('c') === undefined ? undefined : Number(options.value('c')),
      intervalMs: Number(options.value('i') ?? 1) * 1000,
      lingerMs: Number(options.value('W') ?? 10) * 1000,
      deadlineMs: options.value('w') === undefined ? undefined : Number(options.value('w')) * 1000,
      ttl: options.value('t') === undefined ? undefined : Number(options.value('t')),
      source: target.source, device: target.device, ...discovery(options.value('M') ?? (options.has('b') ? 'do' : undefined)),
    },
    {
      async onReply(reply) {
        if (quiet) return;
        const line = `${reply.size + 8} bytes from ${await label(reply.from)}: icmp_seq=${reply.sequence} ttl=${reply.ttl} time=${time(reply.tookMs)} ms${reply.duplicate ? ' (DUP!)' : ''}\n`;
        await process.stdout.write(line);
      },
      async onError(error) {
        if (quiet) return;
        const words = error.kind === 'fragmentation-needed' ? `Frag needed and DF set (mtu = ${error.mtu ?? 0})` : (ERRORS[error.kind] ?? 'Destination Unreachable');
        await process.stdout.write(`From ${await label(error.from)} icmp_seq=${error.sequence} ${words}\n`);
      },
      async onRefused(error) {
        const mtu = error.code === 'EMSGSIZE' ? `local error: message too long, mtu=${mtuTowards(process, destination)}` : `sendmsg: ${error.message}`;
        await process.stderr.write(`ping: ${mtu}\n`);
        return true;
      },
    },
  );
  await process.stdout.write(summary(name, counts));
  return counts.received === 0 || (options.has('w') && options.has('c') && counts.received < Number(options.value('c'))) ? 1 : 0;
}

function summary(name: string, counts: EchoCounts): string {
  const { sent, received, duplicates, errors, times, tookMs } = counts;
  const loss = sent === 0 ? 0 : ((sent - received) * 100) / sent;
  const lost = Number.isInteger(loss) ? String(loss) : String(Number(loss.toPrecision(6)));
  const head = `\n--- ${name} ping statistics ---\n${sent} packets transmitted, ${received} received, ${duplicates ? `+${duplicates} duplicates, ` : ''}${errors ? `+${errors} errors, ` : ''}${lost}% packet loss, time ${Math.round(tookMs)}ms\n`;
  if (times.length === 0) return `${head}\n`;
  const average = times.reduce((sum, one) => sum + one, 0) / times.length;
  const deviation = Math.sqrt(Math.max(0, times.reduce((sum, one) => sum + one * one, 0) / times.length - average * average));
  return `${head}rtt min/avg/max/mdev = ${[Math.min(...times), average, Math.max(...times), deviation].map((ms) => ms.toFixed(3)).join('/')} ms\n`;
}

/** Three digits below a millisecond's tenth, fewer above, as iputils prints. */
function time(ms: number): string {
  if (ms >= 100) return String(Math.floor(ms));
  if (ms >= 10) return ms.toFixed(1);
  return ms >= 1 ? ms.toFixed(2) : ms.toFixed(3);
}

function mtuTowards(process: Process, destination: Target['destination']): number {
  const route = process.netns.routes.lookup(destination);
  return process.netns.pathMtu(destination) ?? (route.kind === 'found' ? route.device.mtu : 1500);
}

function wrongNumber(options: ParsedOptions): string | undefined {
  const whole = (key: string, low: number, high: number | string) => {
    const text = options.value(key);
    if (text === undefined) return undefined;
    if (!/^-?\d+$/.test(text)) return `invalid argument: '${text}'`;
    return Number(text) < low || Number(text) > Number(high) ? `invalid argument: '${text}': out of range: ${low} <= value <= ${high}` : undefined;
  };
  for (const key of ['i', 'W']) {
    const text = options.value(key);
    if (text !== undefined && !/^\d*\.?\d+$/.test(text)) return key === 'i' ? `bad timing interval: ${text}` : `bad linger time: ${text}`;
  }
  const mode = options.value('M');
  if (mode !== undefined && !['do', 'dont', 'want'].includes(mode)) return `invalid -M argument: ${mode}`;
  return whole('c', 1, '9223372036854775807') ?? whole('w', 0, 2_147_483_647) ?? whole('s', 0, 127_992) ?? whole('t', 0, 255);
}

async function wrongOption(process: Process, error: OptionError): Promise<number> {
  return refuse(process, 2, `${error.sentence('ping')}\n${USAGE}`);
}

const USAGE = `
Usage
  ping [options] <destination>

Options:
  <destination>      dns name or ip address
  -c <count>         stop after <count> replies
  -h                 print help and exit
  -I <interface>     either interface name or address
  -i <interval>      seconds between sending each packet
  -M <pmtud opt>     define mtu discovery, can be one of <do|dont|want>
  -n                 no dns name resolution
  -q                 quiet output
  -s <size>          use <size> as number of data bytes to be sent
  -t <ttl>           define time to live
  -V                 print version and exit
  -w <deadline>      reply wait <deadline> in seconds
  -W <timeout>       time to wait for response

IPv4 options:
  -4                 use IPv4

IPv6 options:
  -6                 use IPv6

For more details see ping(8).`;
