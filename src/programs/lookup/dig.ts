/** dig of BIND 9.18. See dig(1); bin/dig/dighost.c, dig.c. */
import { parseIpv4, type Ipv4 } from '../../base/address.ts';
import type { Process, Program } from '../../machine/program.ts';
import { dataText, reverseName, TYPE_NUMBERS, type DnsRecord, type DnsType } from '../dns/message.ts';
import { resolverConfig } from '../dns/resolver.ts';
import { refuse } from '../usage.ts';
import { askLoudly, searchNames, serverAddress, VERSION, type BindReply } from './bind.ts';

/** What `+name` and `+noname` switch. */
const SWITCHES = ['short', 'cmd', 'comments', 'question', 'answer', 'authority', 'additional', 'stats', 'search', 'tcp', 'recurse', 'adflag', 'edns', 'cookie', 'ttlid', 'class'] as const;
type Switch = (typeof SWITCHES)[number];
const ALIASES: Readonly<Record<string, Switch>> = { vc: 'tcp', rec: 'recurse', defname: 'search' };
const DEFAULTS: ReadonlySet<Switch> = new Set(['cmd', 'comments', 'question', 'answer', 'authority', 'additional', 'stats', 'recurse', 'adflag', 'edns', 'cookie', 'ttlid', 'class']);

interface Request {
  name: string;
  type: DnsType;
  on: Set<Switch>;
  timeoutMs: number;
  tries: number;
  ndots: number | undefined;
  port: number;
  server: string | undefined;
}

export const dig: Program = {
  name: 'dig',
  async run(process) {
    const parsed = parse(process.argv.slice(1));
    if (typeof parsed === 'string') return refuse(process, 1, parsed);
    if (process.argv.includes('-v')) return refuse(process, 0, `DiG ${VERSION}`);
    const config = resolverConfig(process.files);
    let servers: readonly Ipv4[] = config.servers;
    if (parsed.server !== undefined) {
      const address = await serverAddress(process, parsed.server);
      if (!address) return refuse(process, 1, `dig: couldn't get address for '${parsed.server}': failure`);
      servers = [address];
    }
    return lookup(process, parsed, servers);
  },
};

async function lookup(process: Process, request: Request, servers: readonly Ipv4[]): Promise<number> {
  const { on } = request;
  const config = resolverConfig(process.files);
  const names = on.has('search') ? searchNames(request.name, config.search, request.ndots ?? config.ndots) : [request.name.replace(/\.$/, '')];
  const cookie = process.machine.rng.text(16, '0123456789abcdef');
  const options = on.has('cookie') ? `\0\x0a\0\x08${cookie.match(/../g)!.map((hex) => String.fromCharCode(Number.parseInt(hex, 16))).join('')}` : '';
  let reply: BindReply | undefined;
  let name = names[0]!;
  for (name of names) {
    reply = await askLoudly(process, name, request.type, {
      servers, port: request.port, timeoutMs: request.timeoutMs, tries: request.tries, tcp: on.has('tcp'), authenticData: on.has('adflag'), recursionDesired: on.has('recurse'),
      edns: on.has('edns') ? { udpSize: 1232, options } : undefined,
    });
    if (!reply || reply.message.rcode !== 'NXDOMAIN') break;
  }
  const banner = on.has('cmd') && !on.has('short') ? `\n; <<>> DiG ${VERSION} <<>> ${process.argv.slice(1).join(' ')}\n${request.server === undefined ? '' : '; (1 server found)\n'};; global options: +cmd\n` : '';
  if (!reply) {
    await process.stdout.write(`${on.has('tcp') ? '' : banner};; no servers could be reached\n`);
    return 9;
  }
  if (on.has('short')) {
    await process.stdout.write(reply.message.answers.map((record) => `${dataText(record)}\n`).join(''));
    return 0;
  }
  await process.stdout.write(banner + render(process, request, name, reply, options));
  return 0;
}

function render(process: Process, request: Request, name: string, reply: BindReply, sentOptions: string): string {
  const { on } = request;
  const { message } = reply;
  const parts: string[] = [];
  if (on.has('comments')) {
    const flags = [['qr', message.response], ['aa', message.authoritative], ['tc', message.truncated], ['rd', message.recursionDesired], ['ra', message.recursionAvailable], ['ad', message.authenticData]] as const;
    const mdns = /\.local$/i.test(name) ? ';; WARNING: .local is reserved for Multicast DNS\n;; You are currently testing what happens when an mDNS query is leaked to DNS\n' : '';
    const warning = message.recursionDesired && !message.recursionAvailable ? ';; WARNING: recursion requested but not available\n' : '';
    parts.push(
      `;; Got answer:\n${mdns};; ->>HEADER<<- opcode: QUERY, status: ${message.rcode}, id: ${message.id}\n;; flags: ${flags.filter(([, set]) => set).map(([flag]) => flag).join(' ')}; ` +
        `QUERY: ${message.questions.length}, ANSWER: ${message.answers.length}, AUTHORITY: ${message.authorities.length}, ADDITIONAL: ${message.additionals.length + (message.edns ? 1 : 0)}\n${warning}\n`,
    );
    if (message.edns) {
      const echoed = sentOptions !== '' && message.edns.options === sentOptions ? `; COOKIE: ${sentOptions.slice(4).split('').map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('')} (echoed)\n` : '';
      parts.push(`;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: ${message.edns.udpSize}\n${echoed}`);
    }
  }
  if (on.has('question')) parts.push(`${on.has('comments') ? ';; QUESTION SECTION:\n' : ''}${message.questions.map((question) => `${column(column(`;${question.name}.`, 32) + 'IN', 40)}${question.type}\n`).join('')}${on.has('comments') ? '\n' : ''}`);
  const sections = [['answer', 'ANSWER', message.answers], ['authority', 'AUTHORITY', message.authorities], ['additional', 'ADDITIONAL', message.additionals]] as const;
  for (const [wanted, title, records] of sections) {
    if (!on.has(wanted) || records.length === 0) continue;
    parts.push(`${on.has('comments') ? `;; ${title} SECTION:\n` : ''}${records.map((record) => `${recordLine(record, on)}\n`).join('')}${on.has('comments') ? '\n' : ''}`);
  }
  if (on.has('stats')) {
    const how = on.has('tcp') ? 'TCP' : 'UDP';
    parts.push(`;; Query time: ${Math.round(reply.tookMs)} msec\n;; SERVER: ${reply.server}#${request.port}(${reply.server}) (${how})\n;; WHEN: ${when(process)}\n;; MSG SIZE  rcvd: ${reply.size}\n\n`);
  }
  return parts.join('');
}

/** Name, time to live, class and type stand in columns of 24, 32, 40 and 48; what is longer is followed by one blank. */
export function recordLine(record: DnsRecord, on?: ReadonlySet<Switch>): string {
  let line = column(`${record.name}.`, 24);
  if (on?.has('ttlid') ?? true) line = column(line + String(record.ttl), 32);
  if (on?.has('class') ?? true) line = column(`${line}IN`, 40);
  return column(line + record.type, 48) + dataText(record);
}

function column(text: string, to: number): string {
  let width = 0;
  for (const letter of text) width = letter === '\t' ? (Math.floor(width / 8) + 1) * 8 : width + 1;
  if (width >= to) return `${text} `;
  return text + '\t'.repeat(Math.ceil((to - width) / 8));
}

/** `Sat Nov 21 07:49:51 UTC 2026`. */
function when(process: Process): string {
  const [weekday, day, month, year, time] = new Date(process.machine.clock.unixMs()).toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
}

const USAGE = `Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}
            {global-d-opt} host [@local-server] {local-d-opt}
            [ host [@local-server] {local-d-opt} [...]]

Use "dig -h" (or "dig -h | more") for complete list of options`;

/** @returns a sentence when the command line is refused */
function parse(args: readonly string[]): Request | string {
  const request: Request = { name: '.', type: 'A', on: new Set(DEFAULTS), timeoutMs: 5000, tries: 3, ndots: undefined, port: 53, server: undefined };
  let named = false;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg.startsWith('@')) request.server = arg.slice(1);
    else if (arg.startsWith('+')) {
      if (!switchOption(arg.slice(1), request)) return `Invalid option: ${arg}\n${USAGE}`;
    } else if (arg === '-x') {
      const address = parseIpv4(args[++i] ?? '');
      if (!address) return `Invalid IP address ${args[i] ?? ''}`;
      Object.assign(request, { name: reverseName(address), type: 'PTR' });
      named = true;
    } else if (arg === '-t' || arg === '-q' || arg === '-p' || arg === '-c') {
      const value = args[++i] ?? '';
      if (arg === '-t' && !isType(value)) return `;; Warning, ignoring invalid type ${value}`;
      if (arg === '-t') request.type = value.toUpperCase() as DnsType;
      else if (arg === '-p') request.port = Number(value);
      else if (arg === '-q') {
        request.name = value;
        named = true;
      }
    } else if (arg === '-4' || arg === '-v') continue;
    else if (arg.startsWith('-')) return `Invalid option: ${arg}\n${USAGE}`;
    else if (isType(arg) && (named || arg === arg.toUpperCase())) request.type = arg.toUpperCase() as DnsType;
    else if (arg.toUpperCase() === 'IN') continue;
    else if (named) return 'dig: this simulator looks up one name at a time';
    else {
      request.name = arg;
      named = true;
    }
  }
  if (!named) request.type = 'NS';
  return request;
}

function switchOption(text: string, request: Request): boolean {
  const [name = '', value] = text.split('=');
  const number = Number(value);
  if (value !== undefined) {
    if (!Number.isFinite(number)) return false;
    if (name === 'time' || name === 'timeout') request.timeoutMs = Math.max(1, number) * 1000;
    else if (name === 'tries') request.tries = Math.max(1, number);
    else if (name === 'retry') request.tries = Math.max(1, number + 1);
    else if (name === 'ndots') request.ndots = number;
    else return false;
    return true;
  }
  const off = name.startsWith('no');
  const bare = off ? name.slice(2) : name;
  if (bare === 'all') {
    for (const one of ['cmd', 'comments', 'question', 'answer', 'authority', 'additional', 'stats'] as const) if (off) request.on.delete(one);
      else request.on.add(one);
    return true;
  }
  const known = ALIASES[bare] ?? SWITCHES.find((one) => one === bare);
  if (!known) return false;
  if (off) request.on.delete(known);
  else request.on.add(known);
  return true;
}

const isType = (text: string) => text.toUpperCase() in TYPE_NUMBERS && text.toUpperCase() !== 'OPT';
