/** traceroute: UDP to unlikely ports, with a growing time to live. See traceroute(8); BusyBox's networking/traceroute.c. */
import { parseIpv4, type Ipv4 } from '../base/address.ts';
import type { Process, Program } from '../machine/program.ts';
import { NetError } from '../net/errors.ts';
import type { EchoError } from '../net/sockets.ts';
import { lookupAddress, lookupFailureText, lookupHost } from './dns/resolver.ts';
import { ownerOf, untilExit } from './lifetime.ts';
import { parseOptions, type ParsedOptions } from './options.ts';
import { busyboxUsage, refuse, withOptions } from './usage.ts';
import { Arrivals, TimedOut, until } from './waiting.ts';

type Flavour = 'modern' | 'busybox';
type Answer = { readonly from: Ipv4; readonly tookMs: number; readonly mark: string; readonly final: boolean };

export const traceroute: Program = { name: 'traceroute', run: (process) => withOptions(() => main(process, 'modern'), (error) => refuse(process, 2, `Bad option \`${error.option.length === 1 ? `-${error.option}` : error.option}' (argc 1)`)) };
export const busyboxTraceroute: Program = { name: 'busybox-traceroute', run: (process) => withOptions(() => main(process, 'busybox'), (error) => busyboxUsage(process, USAGE, error)) };

/**
 * Differs from Linux: probes are ICMP echo requests, as `traceroute -I` sends them, whatever the flavour: sockets here
 * hear of errors about echo requests hop by hop. The list of hops is the same unless a firewall tells UDP from ICMP.
 */
async function main(process: Process, flavour: Flavour): Promise<number> {
  const options = parseOptions(process.argv.slice(1), { short: 'nIq:w:m:f:4', long: { icmp: 'I', queries: 'q:', wait: 'w:', 'max-hops': 'm:', 'first': 'f:' } });
  const [host] = options.operands;
  if (host === undefined) return flavour === 'busybox' ? busyboxUsage(process, USAGE) : refuse(process, 2, 'Usage:\n  traceroute [ -4nI ] [ -f first_ttl ] [ -m max_ttl ] [ -w wait ] [ -q nqueries ] host');
  const found = await lookupHost(process, host);
  if (found.outcome !== 'found') {
    return flavour === 'busybox' ? refuse(process, 1, `traceroute: bad address '${host}'`) : refuse(process, 2, `${host}: ${lookupFailureText(found.outcome)}\nCannot handle "host" cmdline arg \`${host}' on position 1 (argc ${process.argv.indexOf(host)})`);
  }
  const destination = found.addresses[0]!;
  const hops = Number(options.value('m') ?? 30);
  await process.stdout.write(`traceroute to ${host} (${destination}), ${hops} hops max, ${flavour === 'busybox' ? 46 : 60} byte packets\n`);
  for (let ttl = Number(options.value('f') ?? 1); ttl <= hops; ttl++) {
    if (await hop(process, destination, ttl, { options, flavour })) break;
  }
  return 0;
}

/** One line. @returns whether the destination, or somebody who knows better, answered */
async function hop(process: Process, destination: Ipv4, ttl: number, { options, flavour }: { options: ParsedOptions; flavour: Flavour }): Promise<boolean> {
  await process.stdout.write(`${String(ttl).padStart(2)}  `);
  let last: Ipv4 | undefined;
  let final = false;
  const queries = Number(options.value('q') ?? 3);
  for (let query = 0; query < queries; query++) {
    const answer = await probe(process, destination, ttl, Number(options.value('w') ?? 5) * 1000);
    if (!answer) {
      await process.stdout.write(flavour === 'busybox' ? `${query > 0 ? '  ' : ''}*` : `${query > 0 ? ' ' : ''}*`);
      continue;
    }
    const separator = query > 0 ? (flavour === 'busybox' && answer.from === last ? '  ' : ' ') : '';
    const who = answer.from === last ? (flavour === 'modern' ? ' ' : '') : `${await label(process, answer.from, options.has('n'))}  `;
    await process.stdout.write(`${separator}${who}${answer.tookMs.toFixed(3)} ms${answer.mark}`);
    last = answer.from;
    final ||= answer.final;
  }
  await process.stdout.write('\n');
  return final;
}

async function label(process: Process, address: Ipv4, numeric: boolean): Promise<string> {
  if (numeric) return address;
  return `${(await lookupAddress(process, address)) ?? address} (${address})`;
}

async function probe(process: Process, destination: Ipv4, ttl: number, waitMs: number): Promise<Answer | undefined> {
  const { clock } = process.machine;
  const arrivals = new Arrivals<Answer>();
  const sentAt = clock.now();
  const socket = process.netns.sockets.echo({
    owner: ownerOf(process),
    onReply: ({ from }) => arrivals.put({ from, tookMs: clock.now() - sentAt, mark: '', final: true }),
    onError: (error) => arrivals.put({ from: error.from, tookMs: clock.now() - sentAt, mark: markOf(error), final: error.kind !== 'ttl-zero-during-transit' }),
  });
  const release = untilExit(process, () => socket.close());
  try {
    socket.send({ destination, sequence: ttl, ttl, size: 32 });
    return await until(process, arrivals.next(), waitMs);
  } catch (error) {
    if (error instanceof TimedOut) return undefined;
    if (!(error instanceof NetError)) throw error;
    const source = parseIpv4('0.0.0.0')!;
    return { from: source, tookMs: 0, mark: ' !N', final: true };
  } finally {
    release();
    socket.close();
  }
}

/** The letters of traceroute(8): !H, !N, !X … */
function markOf({ kind }: EchoError): string {
  switch (kind) {
    case 'host-unreachable':
      return ' !H';
    case 'network-unreachable':
      return ' !N';
    case 'protocol-unreachable':
      return ' !P';
    case 'communication-prohibited':
    case 'host-prohibited':
    case 'network-prohibited':
      return ' !X';
    case 'fragmentation-needed':
      return ' !F';
    default:
      return '';
  }
}

const USAGE = `traceroute [-nI] [-f FIRST_TTL] [-m MAX_TTL] [-q PROBES] [-w WAIT_SEC] HOST

Trace the route to HOST

	-n	Print numeric addresses
	-I	Use ICMP ECHO instead of UDP datagrams
	-f N	First number of hops (default 1)
	-m N	Max number of hops
	-q N	Number of probes per hop (default 3)
	-w N	Wait N seconds for response (default 3)`;
