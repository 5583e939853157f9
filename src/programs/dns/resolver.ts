/**
 * The resolver of the C library: /etc/hosts first, then the servers of /etc/resolv.conf with its search list, ndots,
 * timeout and attempts. Asks in packets from the process's own network. See resolver(5), resolv.conf(5), hosts(5).
 * Differs from Linux: only A records are asked for a host's address, since the simulated network has no IPv6.
 */
import { parseIpv4, type Ipv4 } from '../../base/address.ts';
import type { FileSystem } from '../../machine/files.ts';
import type { Process } from '../../machine/program.ts';
import { NetError } from '../../net/errors.ts';
import { bindUdp, connectTcp } from '../lifetime.ts';
import { Arrivals, TimedOut, until } from '../waiting.ts';
import { decode, encode, query, reverseName, type DnsMessage, type DnsQuestion, type DnsRecord, type Edns } from './message.ts';

export interface ResolverConfig {
  readonly servers: readonly Ipv4[];
  readonly search: readonly string[];
  readonly ndots: number;
  readonly timeoutMs: number;
  readonly attempts: number;
}

/** What a name turned out to be, in the C library's words: `try-again` is EAI_AGAIN, `not-found` is EAI_NONAME. */
export type Answer =
  | { readonly outcome: 'found'; readonly canonicalName: string; readonly records: readonly DnsRecord[]; readonly message: DnsMessage; readonly server: Ipv4 }
  | { readonly outcome: 'not-found'; readonly lastTried: string; readonly message?: DnsMessage; readonly server?: Ipv4 }
  | { readonly outcome: 'try-again' };

/** What one server said to one question, or why it said nothing. */
export type ServerReply =
  | { readonly outcome: 'reply'; readonly message: DnsMessage; readonly size: number; readonly tookMs: number }
  | { readonly outcome: 'timed-out' | 'refused' | 'unreachable'; /** Where it was asked from, over UDP. */ readonly localPort?: number };

export interface AskOptions {
  readonly timeoutMs: number;
  readonly tcp?: boolean;
  readonly port?: number;
  readonly edns?: Edns | undefined;
  readonly authenticData?: boolean;
  /** False clears the RD bit (`dig +norecurse`). */
  readonly recursionDesired?: boolean;
}

/** What /etc/resolv.conf says; without one, a server on this very machine, as the C library assumes. */
export function resolverConfig(files: FileSystem): ResolverConfig {
  const servers: Ipv4[] = [];
  let search: readonly string[] = [];
  const options = new Map<string, number>();
  for (const line of readLines(files, '/etc/resolv.conf')) {
    const [keyword, ...words] = line.split(/\s+/);
    const address = parseIpv4(words[0] ?? '');
    if (keyword === 'nameserver' && address && servers.length < 3) servers.push(address);
    if (keyword === 'search' || keyword === 'domain') search = words;
    if (keyword === 'options') for (const word of words) options.set(word.split(':')[0]!, Number(word.split(':')[1] ?? 1));
  }
  return {
    servers: servers.length > 0 ? servers : ['127.0.0.1' as Ipv4],
    search,
    ndots: Math.min(options.get('ndots') ?? 1, 15),
    timeoutMs: (options.get('timeout') ?? 5) * 1000,
    attempts: options.get('attempts') ?? 2,
  };
}

/** The names to try for `name`, in order. A final dot means: this and nothing else. */
export function candidates(name: string, config: ResolverConfig): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const searched = config.search.map((domain) => `${name}.${domain.replace(/\.$/, '')}`);
  const dots = name.split('.').length - 1;
  return dots >= config.ndots ? [name, ...searched] : [...searched, name];
}

/** Ask DNS for `name`, walking the search list; /etc/hosts is not looked at. */
export async function resolve(process: Process, name: string, type: DnsQuestion['type'], config = resolverConfig(process.files)): Promise<Answer> {
  let temporary = false;
  let last: { lastTried: string; message?: DnsMessage; server?: Ipv4 } = { lastTried: name };
  for (const candidate of candidates(name, config)) {
    const reply = await askServers(process, candidate, type, config);
    if (!reply) {
      // A silent server ends the search: the C library does not go on to the next domain after a timeout.
      return { outcome: 'try-again' };
    }
    const { message, server } = reply;
    const records = chase(message, candidate, type);
    if (records.some((record) => record.type === type)) {
      return { outcome: 'found', canonicalName: records.findLast((record) => record.type === type)!.name, records, message, server };
    }
    if (message.rcode !== 'NOERROR' && message.rcode !== 'NXDOMAIN') temporary = true;
    last = { lastTried: candidate, message, server };
  }
  return temporary ? { outcome: 'try-again' } : { outcome: 'not-found', ...last };
}

export type HostLookup =
  | { readonly outcome: 'found'; readonly addresses: readonly Ipv4[]; readonly canonicalName: string }
  | { readonly outcome: 'not-found' | 'try-again' };

/** What getaddrinfo(3) does: a literal address, /etc/hosts, then DNS. */
export async function lookupHost(process: Process, name: string): Promise<HostLookup> {
  const literal = parseIpv4(name);
  if (literal) return { outcome: 'found', addresses: [literal], canonicalName: name };
  const inHosts = hostsEntries(process.files).filter(({ names }) => names.some((known) => known.toLowerCase() === name.toLowerCase()));
  if (inHosts.length > 0) return { outcome: 'found', addresses: inHosts.map(({ address }) => address), canonicalName: inHosts[0]!.names[0]! };
  if (name === '') return { outcome: 'not-found' };
  const answer = await resolve(process, name, 'A');
  if (answer.outcome !== 'found') return { outcome: answer.outcome };
  const addresses = answer.records.flatMap((record) => (record.type === 'A' ? [record.address] : []));
  return { outcome: 'found', addresses, canonicalName: answer.canonicalName };
}

/** The name of an address: /etc/hosts, then a PTR question; undefined when it has none. */
export async function lookupAddress(process: Process, address: Ipv4): Promise<string | undefined> {
  const inHosts = hostsEntries(process.files).find((entry) => entry.address === address);
  if (inHosts) return inHosts.names[0];
  const answer = await resolve(process, `${reverseName(address)}.`, 'PTR');
  if (answer.outcome !== 'found') return undefined;
  return answer.records.flatMap((record) => (record.type === 'PTR' ? [record.target] : []))[0];
}

/** gai_strerror(3) of a failed lookup; musl and BusyBox have their own words. */
export function lookupFailureText(outcome: 'not-found' | 'try-again'): string {
  return outcome === 'not-found' ? 'Name or service not known' : 'Temporary failure in name resolution';
}

/** Lines of /etc/hosts with an IPv4 address. */
export function hostsEntries(files: FileSystem): readonly { address: Ipv4; names: readonly string[] }[] {
  return readLines(files, '/etc/hosts').flatMap((line) => {
    const [first, ...names] = line.split(/\s+/);
    const address = parseIpv4(first ?? '');
    return address && names.length > 0 ? [{ address, names }] : [];
  });
}

/** Put one question to one server, over UDP, and again over TCP when the answer was cut short. */
export async function ask(process: Process, server: Ipv4, name: string, type: DnsQuestion['type'], options: AskOptions): Promise<ServerReply> {
  const id = process.machine.rng.below(65536);
  const question: DnsMessage = {
    ...query(id, name, type),
    recursionDesired: options.recursionDesired ?? true,
    authenticData: options.authenticData ?? false,
    edns: options.edns,
  };
  const reply = await (options.tcp ? askTcp : askUdp)(process, server, question, options);
  if (reply.outcome === 'reply' && reply.message.truncated && !options.tcp) return askTcp(process, server, question, options);
  return reply;
}

async function askServers(process: Process, name: string, type: DnsQuestion['type'], config: ResolverConfig): Promise<{ message: DnsMessage; server: Ipv4 } | undefined> {
  let refusal: { message: DnsMessage; server: Ipv4 } | undefined;
  for (let attempt = 0; attempt < config.attempts; attempt++) {
    for (const server of config.servers) {
      const reply = await ask(process, server, name, type, { timeoutMs: config.timeoutMs });
      if (reply.outcome !== 'reply') continue;
      // SERVFAIL and REFUSED send the resolver to the next server.
      if (reply.message.rcode === 'NOERROR' || reply.message.rcode === 'NXDOMAIN') return { message: reply.message, server };
      refusal = { message: reply.message, server };
    }
    if (refusal) return refusal;
  }
  return undefined;
}

async function askUdp(process: Process, server: Ipv4, question: DnsMessage, options: AskOptions): Promise<ServerReply> {
  const { clock } = process.machine;
  const startedAt = clock.now();
  const arrivals = new Arrivals<string | NetError>();
  let localPort: number | undefined;
  const failed = (error: unknown): ServerReply => ({ ...failure(error), ...(localPort === undefined ? {} : { localPort }) });
  try {
    const socket = bindUdp(process, {
      onMessage: (data, from) => {
        if (from.address === server) arrivals.put(data);
      },
      onError: (error) => arrivals.put(error),
    });
    localPort = socket.local.port;
    try {
      socket.send(encode(question), { address: server, port: options.port ?? 53 });
      for (;;) {
        const arrived = await until(process, arrivals.next(), options.timeoutMs - (clock.now() - startedAt));
        if (arrived instanceof NetError) return failed(arrived);
        const message = decode(arrived);
        if (message?.response && message.id === question.id) return { outcome: 'reply', message, size: arrived.length, tookMs: clock.now() - startedAt };
      }
    } finally {
      socket.close();
    }
  } catch (error) {
    return failed(error);
  }
}

async function askTcp(process: Process, server: Ipv4, question: DnsMessage, options: AskOptions): Promise<ServerReply> {
  const { clock } = process.machine;
  const startedAt = clock.now();
  const left = () => options.timeoutMs - (clock.now() - startedAt);
  try {
    const connection = await until(
      process,
      connectTcp(process, { destination: server, port: options.port ?? 53 }),
      left(),
    );
    try {
      const bytes = encode(question);
      connection.write(String.fromCharCode(bytes.length >>> 8, bytes.length & 255) + bytes);
      let received = '';
      while (received.length < 2 || received.length < 2 + received.charCodeAt(0) * 256 + received.charCodeAt(1)) {
        const more = await until(process, connection.read(), left());
        if (more === undefined) return { outcome: 'timed-out' };
        received += more;
      }
      const message = decode(received.slice(2));
      return message ? { outcome: 'reply', message, size: received.length - 2, tookMs: clock.now() - startedAt } : { outcome: 'timed-out' };
    } finally {
      connection.close();
    }
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): ServerReply {
  if (error instanceof TimedOut) return { outcome: 'timed-out' };
  if (!(error instanceof NetError)) throw error;
  if (error.code === 'ECONNREFUSED') return { outcome: 'refused' };
  return { outcome: error.code === 'ETIMEDOUT' ? 'timed-out' : 'unreachable' };
}

/** The records that answer the question, following CNAMEs inside the message. */
function chase(message: DnsMessage, name: string, type: DnsQuestion['type']): readonly DnsRecord[] {
  const records: DnsRecord[] = [];
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  let current = name;
  for (let hops = 0; hops < 16; hops++) {
    records.push(...message.answers.filter((record) => record.type === type && same(record.name, current)));
    const alias = message.answers.find((record) => record.type === 'CNAME' && same(record.name, current));
    if (!alias || alias.type !== 'CNAME' || type === 'CNAME') break;
    records.push(alias);
    current = alias.target;
  }
  return records;
}

function readLines(files: FileSystem, path: string): readonly string[] {
  if (!files.exists(path)) return [];
  return files
    .read(path)
    .split('\n')
    .map((line) => line.replace(/[#;].*/, '').trim())
    .filter((line) => line !== '');
}
