/** What `conntrack` does besides listing: get, insert and update entries, tell events and statistics. See conntrack(8). */
import { type Ipv4, parseIpv4 } from '../base/address.ts';
import type { Process } from '../machine/program.ts';
import type { ConntrackEntry, ConntrackEvent } from '../net/conntrack.ts';
import { NetError } from '../net/errors.ts';
import { invert, type Tuple } from '../net/tuple.ts';
import { untilExit } from './lifetime.ts';
import type { ParsedOptions } from './options.ts';
import { Arrivals, until } from './waiting.ts';

/** What the tool says behind its version; `usage` when it did not understand. */
export class ConntrackRefusal extends Error {
  constructor(
    message: string,
    readonly usage = true,
  ) {
    super(message);
  }
}

/** The connection that `-G` is about. @throws ConntrackRefusal */
export function wanted(process: Process, options: ParsedOptions): ConntrackEntry {
  const found = process.netns.conntrack.find(tupleOf(options));
  if (!found) throw new ConntrackRefusal("Operation failed: such conntrack doesn't exist", false);
  return found.entry;
}

/** `-I`. @throws ConntrackRefusal */
export function insert(process: Process, options: ParsedOptions): void {
  const original = tupleOf(options);
  if (!options.has('t')) throw missing('timeout');
  if (original.protocol === 'tcp' && !options.has('state')) throw missing('state');
  const plain = invert(original);
  const reply: Tuple = {
    ...plain,
    source: address(options.value('g')) ?? address(options.value('r')) ?? plain.source,
    destination: address(options.value('n')) ?? address(options.value('q')) ?? plain.destination,
    sourcePort: Number(options.value('reply-sport') ?? plain.sourcePort),
    destinationPort: Number(options.value('reply-dport') ?? plain.destinationPort),
  };
  const status = new Set((options.value('u') ?? '').split(','));
  try {
    process.netns.conntrack.insert(original, reply, {
      state: options.value('state') as ConntrackEntry['state'], mark: Number(options.value('m') ?? 0), timeoutSeconds: Number(options.value('t')),
      status: { assured: status.has('ASSURED'), seenReply: status.has('SEEN_REPLY') || status.has('ASSURED'), snat: reply.destination !== original.source, dnat: reply.source !== original.destination },
    });
  } catch (error) {
    if (error instanceof NetError) throw new ConntrackRefusal('Operation failed: Such conntrack exists, try -U to update', false);
    throw error;
  }
}

/** `-U`, of an entry that fits. */
export function update(process: Process, options: ParsedOptions, entry: ConntrackEntry): void {
  if (options.has('m')) entry.mark = Number(options.value('m'));
  if (options.has('t')) entry.expiresAtMs = process.machine.clock.now() + 1000 * Number(options.value('t'));
  if (options.has('state')) entry.state = options.value('state') as ConntrackEntry['state'];
}

/** `-E`: every change as it happens, until somebody ends it. */
export async function watch(process: Process, fits: (entry: ConntrackEntry) => boolean, line: (event: ConntrackEvent, entry: ConntrackEntry) => string): Promise<number> {
  const arrivals = new Arrivals<string | undefined>();
  const stop = process.netns.conntrack.watch((event, entry) => {
    if (fits(entry)) arrivals.put(line(event, entry));
  });
  const release = untilExit(process, stop);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.onSignal(signal, () => arrivals.put(undefined));
  let count = 0;
  try {
    for (let next = await until(process, arrivals.next()); next !== undefined; next = await until(process, arrivals.next())) {
      count++;
      await process.stdout.write(`${next}\n`);
    }
    return count;
  } finally {
    release();
    stop();
  }
}

/** `-S`: everything happens on the first processor here. */
export function statistics({ netns }: Process, processors: number): string {
  const { invalid, insert: made, insertFailed, drop, earlyDrop } = netns.conntrack.statistics;
  const line = (cpu: number, [a, b, c, d, e]: readonly number[]) => `cpu=${cpu}   \tfound=0 invalid=${a} insert=${b} insert_failed=${c} drop=${d} early_drop=${e} error=0 search_restart=0 clash_resolve=0 chaintoolong=0 \n`;
  return Array.from({ length: processors }, (_, cpu) => line(cpu, cpu === 0 ? [invalid, made, insertFailed, drop, earlyDrop] : [0, 0, 0, 0, 0])).join('');
}

function tupleOf(options: ParsedOptions): Tuple {
  const protocol = options.value('p') as Tuple['protocol'] | undefined;
  if (protocol === undefined) throw missing('protonum');
  const [source, destination] = [address(options.value('s')), address(options.value('d'))];
  if (!source || !destination) throw new ConntrackRefusal("you have to specify `--src' and `--dst'");
  return { protocol, source, destination, sourcePort: Number(options.value('sport') ?? 0), destinationPort: Number(options.value('dport') ?? (protocol === 'icmp' ? 8 : 0)) };
}

const address = (text: string | undefined): Ipv4 | undefined => (text === undefined ? undefined : parseIpv4(text));
const missing = (option: string) => new ConntrackRefusal(`You need to supply the \`--${option}' option for this command`);
