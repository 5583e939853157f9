/** `conntrack`: the table of connections, listed, counted and cut. See conntrack(8); conntrack-tools 1.4.7, src/conntrack.c. */
import { mayAdministerNetwork } from '../machine/capabilities.ts';
import { parseIpv4 } from '../base/address.ts';
import type { Process, Program } from '../machine/program.ts';
import type { ConntrackEntry } from '../net/conntrack.ts';
import { ConntrackRefusal as Refusal, insert, statistics, update, wanted, watch } from './conntrack-change.ts';
import { OptionError, type ParsedOptions, parseOptions } from './options.ts';
import { refuse } from './usage.ts';

const VERSION = 'conntrack v1.4.7 (conntrack-tools)';
const TRY = "Try `conntrack -h' or 'conntrack --help' for more information.";
const PROTOCOL_NUMBERS: Readonly<Record<string, string>> = { tcp: '6', udp: '17', icmp: '1' };
/** Those that only some protocols have: the tool takes them behind `-p tcp` and `-p udp`. */
const PORTS = { sport: 'sport:', 'orig-port-src': 'sport:', dport: 'dport:', 'orig-port-dst': 'dport:', 'reply-port-src': 'reply-sport:', 'reply-port-dst': 'reply-dport:' };
const TCP_STATES = ['NONE', 'SYN_SENT', 'SYN_RECV', 'ESTABLISHED', 'FIN_WAIT', 'CLOSE_WAIT', 'LAST_ACK', 'TIME_WAIT', 'CLOSE', 'SYN_SENT2'];
const LONG = {
  dump: 'L', get: 'G', create: 'I', update: 'U', event: 'E', stats: 'S', timeout: 't:', 'event-mask': 'e:', delete: 'D', flush: 'F', count: 'C', help: 'h', version: 'V', src: 's:', 'orig-src': 's:', dst: 'd:', 'orig-dst': 'd:', 'reply-src': 'r:', 'reply-dst': 'q:',
  protonum: 'p:', proto: 'p:', family: 'f:', mark: 'm:', 'src-nat': 'n::', 'dst-nat': 'g::', 'any-nat': 'j::', status: 'u:', output: 'o:',
};

export const conntrack: Program = {
  name: 'conntrack',
  async run(process) {
    try {
      return await run(process, read(process.argv.slice(1)));
    } catch (error) {
      if (error instanceof OptionError) return refuse(process, 2, `${VERSION}: ${sentence(error)}\n${TRY}`);
      if (error instanceof Refusal) return refuse(process, error.usage ? 2 : 1, `${VERSION}: ${error.message}${error.usage ? `\n${TRY}` : ''}`);
      throw error;
    }
  },
};

function read(args: readonly string[]): ParsedOptions {
  const at = args.findIndex((arg) => arg === '-p' || arg === '--proto' || arg === '--protonum');
  const protocol = at < 0 ? undefined : args[at + 1];
  if (protocol !== undefined && !(protocol in PROTOCOL_NUMBERS)) throw new Refusal(`\`${protocol}' unsupported protocol`);
  const ports = protocol === 'tcp' ? { ...PORTS, state: 'state:' } : protocol === 'udp' ? PORTS : {};
  return parseOptions(args, { short: 'LDFCSGIUEhVs:d:r:q:p:f:m:n::g::j::u:o:t:e:', long: { ...LONG, ...ports } });
}

function sentence({ kind, option }: OptionError): string {
  const name = option.startsWith('-') ? option : `-${option}`;
  return kind === 'missing-value' ? `option \`${name}' requires an argument` : `unknown option \`${name}'`;
}

async function run(process: Process, options: ParsedOptions): Promise<number> {
  const commands = ['L', 'D', 'F', 'C', 'S', 'G', 'I', 'U', 'E', 'V', 'h'].filter((command) => options.has(command));
  if (commands.length > 1) throw new Refusal('Invalid commands combination');
  const [table] = options.operands;
  if (table !== undefined && table !== 'conntrack') throw new Refusal(['expect', 'dying', 'unconfirmed'].includes(table) ? `the table ${table} is not part of this simulator` : `unknown type \`${table}'`);
  if (!mayAdministerNetwork(process)) return refuse(process, 1, `${VERSION}: Operation failed: sorry, you must be root or get CAP_NET_ADMIN capability to do this`);
  const form = formOf(options);
  const lines = (shown: readonly ConntrackEntry[]) => process.stdout.write(shown.map((entry) => `${entryLine(entry, process, form)}\n`).join(''));
  const counted = (count: number, verb: string) => `${VERSION}: ${count} flow entries have been ${verb}.`;
  const fitting = () => process.netns.conntrack.entries().filter(filterOf(options));
  switch (commands[0]) {
    case 'L': {
      const entries = fitting();
      await lines(entries);
      return refuse(process, 0, counted(entries.length, 'shown'));
    }
    case 'D': {
      const entries = fitting();
      await lines(entries);
      for (const entry of entries) process.netns.conntrack.remove(entry);
      return refuse(process, entries.length > 0 ? 0 : 1, counted(entries.length, 'deleted'));
    }
    case 'G':
      await process.stdout.write(`${entryLine(wanted(process, options), process, { ...form, use: 2 })}\n`);
      return refuse(process, 0, counted(1, 'shown'));
    case 'I':
      insert(process, options);
      return refuse(process, 0, counted(1, 'created'));
    case 'U': {
      // What is to be set is nothing to look for.
      const entries = process.netns.conntrack.entries().filter(filterOf({ ...options, has: (key) => !SET.has(key) && options.has(key), value: (key) => (SET.has(key) ? undefined : options.value(key)) }));
      for (const entry of entries) {
        update(process, options, entry);
        await process.stdout.write(`${entryLine(entry, process, { ...form, use: 2 })}\n`);
      }
      return refuse(process, entries.length > 0 ? 0 : 1, counted(entries.length, 'updated'));
    }
    case 'E': {
      const mask = options.value('e')?.toUpperCase().split(',').map((word) => word.replace(/S$/, ''));
      const bad = mask?.find((word) => !['ALL', 'NEW', 'UPDATE', 'DESTROY'].includes(word));
      if (bad !== undefined) throw new Refusal(`Bad parameter \`${bad}'`);
      const fits = filterOf(options);
      const count = await watch(process, fits, (event, entry) => `${`[${event}]`.padStart(9)} ${entryLine(entry, process, { ...form, use: undefined, gone: event === 'DESTROY' })}`);
      return refuse(process, 0, `${VERSION}: ${count} flow events have been shown.`);
    }
    case 'S':
      await process.stdout.write(statistics(process, process.machine.cpus));
      return 0;
    case 'F':
      process.netns.conntrack.delete({});
      return refuse(process, 0, `${VERSION}: connection tracking table has been emptied.`);
    case 'C':
      await process.stdout.write(`${process.netns.conntrack.entries().length}\n`);
      return 0;
    case 'V':
      await process.stdout.write(`${VERSION}\n`);
      return 0;
    default:
      await process.stdout.write(HELP);
      return 0;
  }
}

/** What `-U` sets. */
const SET: ReadonlySet<string> = new Set(['m', 't', 'u', 'state']);

interface Form {
  readonly extended: boolean;
  readonly id: boolean;
  /** How many look at the entry; events do not say. */
  readonly use: number | undefined;
  /** Whose time ran out has none left to tell. */
  readonly gone?: boolean;
}

function formOf(options: ParsedOptions): Form {
  const words = (options.value('o') ?? '').split(',').filter((word) => word !== '');
  const bad = words.find((word) => !['extended', 'id', 'ktimestamp', 'timestamp'].includes(word));
  if (bad !== undefined) throw new Refusal(bad === 'xml' ? 'XML is not part of this simulator' : `Bad parameter \`${bad}'`);
  return { extended: words.includes('extended'), id: words.includes('id'), use: 1 };
}

/** Everything that was named must fit. */
function filterOf(options: ParsedOptions): (entry: ConntrackEntry) => boolean {
  const same = (key: string, actual: (entry: ConntrackEntry) => string | number) => {
    const wanted = options.value(key);
    return (entry: ConntrackEntry) => wanted === undefined || wanted === String(actual(entry));
  };
  const translated = (key: string, is: (entry: ConntrackEntry) => boolean, address: (entry: ConntrackEntry) => string) => {
    const wanted = options.value(key);
    return (entry: ConntrackEntry) => !options.has(key) || (is(entry) && (wanted === undefined || wanted === address(entry)));
  };
  const [markText, maskText = '0xffffffff'] = (options.value('m') ?? '').split('/');
  const mask = Number(maskText);
  const status = options.value('u');
  if (status !== undefined && !['ASSURED', 'SEEN_REPLY', 'UNSET'].includes(status)) throw new Refusal(`Bad status \`${status}'`);
  const state = options.value('state');
  if (state !== undefined && !TCP_STATES.includes(state)) throw new Refusal(`unknown TCP state \`${state}'`);
  for (const key of ['s', 'd', 'r', 'q']) if (options.has(key) && !parseIpv4(options.value(key) ?? '')) return () => false;
  const conditions = [
    same('p', ({ original }) => original.protocol), same('s', ({ original }) => original.source), same('d', ({ original }) => original.destination),
    same('r', ({ reply }) => reply.source), same('q', ({ reply }) => reply.destination), same('state', (entry) => entry.state ?? 'NONE'),
    same('sport', ({ original }) => original.sourcePort), same('dport', ({ original }) => original.destinationPort),
    same('reply-sport', ({ reply }) => reply.sourcePort), same('reply-dport', ({ reply }) => reply.destinationPort),
    translated('n', (entry) => entry.status.snat, ({ reply }) => reply.destination), translated('g', (entry) => entry.status.dnat, ({ reply }) => reply.source),
    (entry: ConntrackEntry) => !options.has('j') || entry.status.snat || entry.status.dnat,
    (entry: ConntrackEntry) => !options.has('m') || ((entry.mark ^ Number(markText)) & mask) === 0,
    (entry: ConntrackEntry) => status === undefined || (status === 'ASSURED' ? entry.status.assured : status === 'SEEN_REPLY' ? entry.status.seenReply : !entry.status.seenReply),
  ];
  return (entry) => conditions.every((fits) => fits(entry));
}

/** As nfct_snprintf writes it: protocol, seconds left, state, both directions, what is known of them. */
function entryLine(entry: ConntrackEntry, { machine }: Process, { extended, id, use, gone = false }: Form): string {
  const { original, reply, status } = entry;
  const left = Math.max(0, Math.ceil((entry.expiresAtMs - machine.clock.now()) / 1000));
  const end = (tuple: ConntrackEntry['original']) =>
    `src=${tuple.source} dst=${tuple.destination} ${tuple.protocol === 'icmp' ? `type=${tuple.destinationPort} code=0 id=${tuple.sourcePort}` : `sport=${tuple.sourcePort} dport=${tuple.destinationPort}`}`;
  const words = [
    `${extended ? 'ipv4     2 ' : ''}${original.protocol.padEnd(8)} ${PROTOCOL_NUMBERS[original.protocol] ?? '0'}${gone && left === 0 ? '' : ` ${left}`}`, ...(entry.state ? [entry.state] : []), end(original),
    ...(status.seenReply ? [] : ['[UNREPLIED]']), end(reply), ...(status.assured ? ['[ASSURED]'] : []), ...(use === undefined ? (entry.mark === 0 ? [] : [`mark=${entry.mark}`]) : [`mark=${entry.mark}`, `use=${use}`]),
    ...(id ? [`id=${Math.imul(entry.id, 2654435761) >>> 0}`] : []),
  ];
  return words.join(' ');
}

const HELP = `Command line interface for the connection tracking system. Version 1.4.7
Usage: conntrack [commands] [options]

Commands:
  -L [table] [options]		List conntrack or expectation table
  -G [table] parameters		Get conntrack or expectation
  -D [table] parameters		Delete conntrack or expectation
  -I [table] parameters		Create a conntrack or expectation
  -U [table] parameters		Update a conntrack
  -E [table] [options]		Show events
  -F [table]			Flush table
  -C [table]			Show counter
  -S				Show statistics

Tables: conntrack, expect, dying, unconfirmed

Conntrack parameters and options:
  -n, --src-nat ip			source NAT ip
  -g, --dst-nat ip			destination NAT ip
  -j, --any-nat ip			source or destination NAT ip
  -m, --mark mark			Set mark
  -c, --secmark secmark			Set selinux secmark
  -e, --event-mask eventmask		Event mask, eg. NEW,DESTROY
  -z, --zero 				Zero counters while listing
  -o, --output type[,...]		Output format, eg. xml
  -l, --label label[,...]		conntrack labels

Expectation parameters and options:
  --tuple-src ip	Source address in expect tuple
  --tuple-dst ip	Destination address in expect tuple

Updating parameters and options:
  --label-add label	Add label
  --label-del label	Delete label

Common parameters and options:
  -s, --src, --orig-src ip		Source address from original direction
  -d, --dst, --orig-dst ip		Destination address from original direction
  -r, --reply-src ip		Source addres from reply direction
  -q, --reply-dst ip		Destination address from reply direction
  -p, --protonum proto		Layer 4 Protocol, eg. 'tcp'
  -f, --family proto		Layer 3 Protocol, eg. 'ipv6'
  -t, --timeout timeout		Set timeout
  -u, --status status		Set status, eg. ASSURED
  -w, --zone value		Set conntrack zone
  --orig-zone value		Set zone for original direction
  --reply-zone value		Set zone for reply direction
  -b, --buffer-size		Netlink socket buffer size
  --mask-src ip			Source mask address
  --mask-dst ip			Destination mask address

`;
