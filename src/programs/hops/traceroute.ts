/** traceroute: UDP to unlikely ports, with a growing time to live. See traceroute(8); BusyBox's networking/traceroute.c. */
import type { Ipv4 } from '../../base/address.ts';
import type { Process, Program } from '../../machine/program.ts';
import { NetError } from '../../net/errors.ts';
import type { IcmpKind } from '../../net/packet.ts';
import { lookupAddress, lookupFailureText, lookupHost } from '../dns/resolver.ts';
import { parseOptions, type ParsedOptions } from '../options.ts';
import { busyboxUsage, refuse, withOptions } from '../usage.ts';
import { type HopAnswer, probe } from './probe.ts';

type Flavour = 'modern' | 'busybox';

/** Where the numbers of the unlikely ports begin. */
const FIRST_PORT = 33_434;

export const traceroute: Program = { name: 'traceroute', run: (process) => withOptions(() => main(process, 'modern'), (error) => refuse(process, 2, `Bad option \`${error.option.length === 1 ? `-${error.option}` : error.option}' (argc 1)`)) };
export const busyboxTraceroute: Program = { name: 'busybox-traceroute', run: (process) => withOptions(() => main(process, 'busybox'), (error) => busyboxUsage(process, USAGE, error)) };

/**
 * Differs from Linux: one probe is on its way at a time, where the modern one sends sixteen at once; the lines are the
 * same, they come later. `-T` is missing: sockets here connect with one time to live only.
 */
async function main(process: Process, flavour: Flavour): Promise<number> {
  const options = parseOptions(process.argv.slice(1), { short: 'nIq:w:m:f:p:4', long: { icmp: 'I', queries: 'q:', wait: 'w:', 'max-hops': 'm:', first: 'f:', port: 'p:' } });
  const [host] = options.operands;
  if (host === undefined) return flavour === 'busybox' ? busyboxUsage(process, USAGE) : refuse(process, 2, 'Usage:\n  traceroute [ -4nI ] [ -f first_ttl ] [ -m max_ttl ] [ -w wait ] [ -q nqueries ] host');
  const found = await lookupHost(process, host);
  if (found.outcome !== 'found') {
    return flavour === 'busybox' ? refuse(process, 1, `traceroute: bad address '${host}'`) : refuse(process, 2, `${host}: ${lookupFailureText(found.outcome)}\nCannot handle "host" cmdline arg \`${host}' on position 1 (argc ${process.argv.indexOf(host)})`);
  }
  const destination = found.addresses[0]!;
  const hops = Number(options.value('m') ?? 30);
  const wrong = flavour === 'modern' ? wrongNumber(process, options) : undefined;
  if (wrong !== undefined) return refuse(process, 2, wrong);
  await process.stdout.write(`traceroute to ${host} (${destination}), ${hops} hops max, ${flavour === 'busybox' ? 46 : 60} byte packets\n`);
  for (let ttl = Number(options.value('f') ?? 1); ttl <= hops; ttl++) {
    try {
      if (await hop(process, destination, ttl, { options, flavour })) break;
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      return refuse(process, 1, flavour === 'busybox' ? `\ntraceroute: sendto: ${error.message}` : `\rconnect: ${error.message}`);
    }
  }
  return 0;
}

/** What is wrong with a number that was given. */
function wrongNumber(process: Process, options: ParsedOptions): string | undefined {
  for (const [option, value] of options.options) {
    const at = process.argv.findIndex((arg) => arg.startsWith(`-${option}`));
    if (value !== undefined && !/^[\d.]+$/.test(value)) return `Cannot handle \`-${option}' option with arg \`${value}' (argc ${at + 1})`;
  }
  const hops = Number(options.value('m') ?? 30);
  if (Number(options.value('f') ?? 1) > hops || hops < 1) return 'first hop out of range';
  if (hops > 255) return 'max hops cannot be more than 255';
  if (Number(options.value('q') ?? 3) > 10) return 'no more than 10 probes per hop';
  return undefined;
}

/** One line. @returns whether the destination, or somebody who knows better, answered */
async function hop(process: Process, destination: Ipv4, ttl: number, { options, flavour }: { options: ParsedOptions; flavour: Flavour }): Promise<boolean> {
  await process.stdout.write(`${String(ttl).padStart(2)}  `);
  let last: Ipv4 | undefined;
  let final = false;
  const queries = Number(options.value('q') ?? 3);
  for (let query = 0; query < queries; query++) {
    const answer = await ask(process, { destination, ttl, query: (ttl - 1) * queries + query }, { options, flavour });
    if (!answer) {
      await process.stdout.write(flavour === 'busybox' ? `${query > 0 ? '  ' : ''}*` : `${query > 0 ? ' ' : ''}*`);
      continue;
    }
    const separator = query > 0 ? (flavour === 'busybox' && answer.from === last ? '  ' : ' ') : '';
    const who = answer.from === last ? (flavour === 'modern' ? ' ' : '') : `${await label(process, answer.from, options.has('n'))}  `;
    await process.stdout.write(`${separator}${who}${answer.tookMs.toFixed(3)} ms${markOf(answer.complaint)}`);
    last = answer.from;
    final ||= answer.final;
  }
  await process.stdout.write('\n');
  return final;
}

/** One probe: UDP to the next port, or an echo request. */
function ask(process: Process, { destination, ttl, query }: { readonly destination: Ipv4; readonly ttl: number; readonly query: number }, { options, flavour }: { options: ParsedOptions; flavour: Flavour }): Promise<HopAnswer | undefined> {
  const port = Number(options.value('p') ?? FIRST_PORT) + query;
  const waitMs = Number(options.value('w') ?? (flavour === 'busybox' ? 3 : 5)) * 1000;
  return probe(process, { destination, ttl, method: options.has('I') ? 'icmp' : 'udp', port, size: flavour === 'busybox' ? 18 : 32, waitMs });
}

async function label(process: Process, address: Ipv4, numeric: boolean): Promise<string> {
  if (numeric) return address;
  return `${(await lookupAddress(process, address)) ?? address} (${address})`;
}

/** The letters of traceroute(8): !H, !N, !X … */
function markOf(complaint: IcmpKind | undefined): string {
  switch (complaint) {
    case 'port-unreachable':
      return ' !p';
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
