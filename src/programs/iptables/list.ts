/** `iptables -L` and `-S`: chains and rules as text. Knows no command line. Formats of iptables 1.8.9, nft variant. */
import { printCidr, type Cidr } from '../../base/address.ts';
import type { Negatable, Rule } from '../../net/netfilter/rule.ts';
import type { Chain, Table } from '../../net/netfilter/table.ts';
import { serviceName } from '../services.ts';

export interface ListOptions {
  readonly numeric: boolean;
  readonly verbose: boolean;
  readonly exact: boolean;
  readonly lineNumbers: boolean;
}

const PROTOCOL_NUMBERS: Readonly<Record<string, string>> = { all: '0', icmp: '1', igmp: '2', ipencap: '4', tcp: '6', udp: '17', gre: '47', esp: '50', ah: '51', sctp: '132', udplite: '136' };

/** One chain with its head, without a final blank line. */
export function listChain(table: Table, chain: Chain, options: ListOptions): string {
  const { verbose } = options;
  const counters = verbose ? ` ${amount(chain.counters.packets, options, 0)} packets, ${amount(chain.counters.bytes, options, 0)} bytes` : '';
  const what = chain.builtin ? `policy ${chain.policy}${counters}` : `${table.references(chain.name)} references`;
  const columns = `${options.lineNumbers ? 'num  ' : ''}${verbose ? (options.exact ? '    pkts      bytes ' : ' pkts bytes ') : ''}target     prot opt ${verbose ? 'in     out     ' : ''}source               destination         `;
  return [`Chain ${chain.name} (${what})`, columns, ...chain.rules.map((rule, index) => listRule(rule, index + 1, options))].map((line) => `${line}\n`).join('');
}

/** One rule as `-L` prints it. */
export function listRule(rule: Rule, position: number, options: ListOptions): string {
  const { header, counters } = rule;
  const anything = options.numeric ? '0.0.0.0/0' : 'anywhere';
  const any = options.numeric ? '*' : 'any';
  const place = (part: Negatable<Cidr> | undefined) => `${part?.negated ? '!' : ' '}${(part ? network(part.value) : anything).padEnd(19)} `;
  const device = (part: Negatable<string> | undefined) => (part ? `${part.negated ? '!' : ''}${part.value}` : any).padEnd(6);
  const protocol = header.protocol?.value ?? 'all';
  const opt = header.fragment ? `${header.fragment.negated ? '!' : '-'}f` : '--';
  return [
    options.lineNumbers ? `${String(position).padEnd(4)} ` : '',
    options.verbose ? `${amount(counters.packets, options, options.exact ? 8 : 5)} ${amount(counters.bytes, options, options.exact ? 8 : 5)} ` : '',
    `${rule.listName.padEnd(9)} ${header.protocol?.negated ? '!' : ' '}`,
    `${(options.numeric ? (PROTOCOL_NUMBERS[protocol] ?? protocol) : protocol).padEnd(4)} ${opt} `,
    options.verbose ? ` ${device(header.inDevice)} ${device(header.outDevice)} ` : '',
    place(header.source), place(header.destination),
    options.numeric ? rule.describe() : named(rule.describe(false), protocol),
  ].join('');
}

/** As `-v` tells what was done with a rule: always in numbers. */
export function announceRule(rule: Rule): string {
  const { header } = rule;
  const place = (part: Negatable<Cidr> | undefined) => (part ? `${part.negated ? '!' : ''}${network(part.value)}` : '0.0.0.0/0');
  const device = (part: Negatable<string> | undefined) => (part ? `${part.negated ? '!' : ''}${part.value}` : '*');
  return `${rule.listName}  ${header.protocol?.negated ? '!' : ''}${header.protocol?.value ?? 'all'} opt -- in ${device(header.inDevice)} out ${device(header.outDevice)}  ${place(header.source)}  -> ${place(header.destination)}  ${rule.describe()}\n`;
}

/** Ports by their names in /etc/services, unless `-n`. Differs from Linux: addresses are never looked up in DNS. */
function named(words: string, protocol: string): string {
  const name = (port: string) => serviceName(Number(port), protocol === 'udp' ? 'udp' : 'tcp') ?? port;
  const ports = (text: string) => text.replaceAll(/\d+/g, name);
  return words
    .replaceAll(/\b([ds]pts?:!?)(\d+(?::\d+)?)\b/g, (_, label: string, text: string) => label + ports(text))
    .replaceAll(/\b(multiport [ds]?ports  ?!?)([\d,:]+)/g, (_, label: string, text: string) => label + text.replaceAll(/[^,]+/g, (one) => (one.includes(':') ? one : ports(one))));
}

const network = (value: Cidr) => (value.prefix === 32 ? value.address : printCidr(value));

/** Five characters, with K, M or G when the number is larger; `-x` shows it all. */
function amount(value: number, { exact }: ListOptions, width: number): string {
  const units = ['', 'K', 'M', 'G', 'T'];
  let shown = value;
  let unit = 0;
  if (!exact && value > 99_999) {
    do {
      shown = Math.round(shown / 1000);
      unit++;
    } while (shown > 9999 && unit < 4);
  }
  return `${shown}${units[unit]}`.padStart(width);
}

/** `-S`: the commands that would make the chain. */
export function specifyChain(chain: Chain, verbose: boolean): string {
  const head = chain.builtin ? `-P ${chain.name} ${chain.policy}` : `-N ${chain.name}`;
  return `${head}${verbose && chain.builtin ? ` -c ${chain.counters.packets} ${chain.counters.bytes}` : ''}\n`;
}

export function specifyRule(chain: Chain, rule: Rule, verbose: boolean): string {
  const text = rule.save();
  const counters = `-c ${rule.counters.packets} ${rule.counters.bytes}`;
  // Counters stand before the target.
  const at = /(^| )-[jg] /.exec(text)?.index;
  const shown = !verbose ? text : at === undefined ? `${text} ${counters}` : `${text.slice(0, at)} ${counters}${at === 0 ? ' ' : ''}${text.slice(at)}`.trimStart();
  return `-A ${chain.name}${shown ? ` ${shown}` : ''}\n`;
}
