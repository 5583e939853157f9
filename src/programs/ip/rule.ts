/** `ip rule`: which routing table to look into. See ip-rule(8); ip/iprule.c. */
import { printCidr, type Cidr } from '../../base/address.ts';
import type { RoutingRule } from '../../net/rules.ts';
import { tableOf } from './route.ts';
import { abbreviated, garbage, IpError, json, netlink, number, prefix, type IpContext, type Words } from './words.ts';

const COMMANDS = ['list', 'lst', 'show', 'add', 'delete', 'flush', 'help'] as const;

export async function rules(words: Words, context: IpContext): Promise<void> {
  const word = words.done ? 'show' : words.next();
  const command = abbreviated(word, COMMANDS);
  if (command === undefined) throw new IpError(`Command "${word}" is unknown, try "ip rule help".`, 255);
  if (command === 'help') throw new IpError('Usage: ip rule { add | del } SELECTOR ACTION\n       ip rule { flush }\n       ip rule [ list [ SELECTOR ]]\nSELECTOR := [ not ] [ from PREFIX ] [ to PREFIX ] [ fwmark FWMARK[/MASK] ]\n            [ iif STRING ] [ oif STRING ] [ pref NUMBER ]\nACTION := [ table TABLE_ID ] [ suppress_prefixlength NUMBER ] | { prohibit | unreachable | blackhole }', 255);
  if (command === 'add' || command === 'delete') return modify(words, context, command);
  const { ns, flags, print } = context;
  if (command === 'flush') return netlink(context, () => ns.routes.rules.flush());
  const { action, ...others } = readRule(words);
  const table = action?.kind === 'lookup' ? action.table : undefined;
  const shown = ns.routes.rules.list().filter((rule) => (table === undefined || (rule.action.kind === 'lookup' && rule.action.table === table)) && Object.entries(others).every(([key, value]) => JSON.stringify(rule[key as keyof RoutingRule]) === JSON.stringify(value)));
  if (flags.family === 6) return;
  if (flags.json) return print(json(shown.map((rule) => ({ priority: rule.priority, ...(rule.not ? { not: null } : {}), ...selectorJson('src', rule.from ?? 'all'), ...(rule.to ? selectorJson('dst', rule.to) : {}), ...(rule.mark ? { fwmark: `0x${rule.mark.value.toString(16)}`, ...(rule.mark.mask === 0xffffffff ? {} : { fwmask: `0x${rule.mark.mask.toString(16)}` }) } : {}), ...(rule.iif ? { iif: rule.iif } : {}), ...(rule.oif ? { oif: rule.oif } : {}), ...(rule.action.kind === 'lookup' ? { table: String(rule.action.table) } : { action: rule.action.kind }) })), flags));
  for (const rule of shown) await print(`${line(rule)}\n`);
}

const selectorJson = (end: 'src' | 'dst', network: Cidr | 'all') => (network === 'all' ? { [end]: 'all' } : { [end]: network.address, ...(network.prefix === 32 ? {} : { [`${end}len`]: network.prefix }) });

function line(rule: RoutingRule): string {
  const words = [`${rule.priority}:\t${rule.not ? 'not ' : ''}from ${rule.from ? short(rule.from) : 'all'}`];
  if (rule.to) words.push(`to ${short(rule.to)}`);
  if (rule.mark) words.push(`fwmark 0x${rule.mark.value.toString(16)}${rule.mark.mask === 0xffffffff ? '' : `/0x${rule.mark.mask.toString(16)}`}`);
  if (rule.iif) words.push(`iif ${rule.iif}`);
  if (rule.oif) words.push(`oif ${rule.oif}`);
  words.push(rule.action.kind === 'lookup' ? `lookup ${rule.action.table}${rule.action.suppressPrefixLength === undefined ? '' : ` suppress_prefixlength ${rule.action.suppressPrefixLength}`}` : rule.action.kind);
  return words.join(' ');
}

const short = (network: Cidr) => (network.prefix === 32 ? network.address : printCidr(network));

function modify(words: Words, context: IpContext, what: 'add' | 'delete'): void {
  const { ns } = context;
  if (words.done && what === 'add') throw new IpError('"ip rule add" requires arguments.', 1);
  const rule = readRule(words);
  netlink(context, () => (what === 'add' ? ns.routes.rules.add({ ...rule, action: rule.action ?? { kind: 'lookup', table: 'main' } }) : ns.routes.rules.delete(rule)));
}

function readRule(words: Words): Partial<RoutingRule> {
  const rule: { -readonly [K in keyof RoutingRule]?: RoutingRule[K] } = {};
  let suppressPrefixLength: number | undefined;
  while (!words.done) {
    const word = words.next();
    if (word === 'not') rule.not = true;
    else if (word === 'from' || word === 'to') {
      const network = prefix(words.next());
      if (network.prefix > 0) rule[word] = network;
    } else if (word === 'fwmark') {
      const [value = '', mask] = words.next().split('/');
      rule.mark = { value: number(value, 'fwmark value is invalid\n'), mask: mask === undefined ? 0xffffffff : number(mask, 'fwmask value is invalid\n') };
    } else if (word === 'iif' || word === 'dev') rule.iif = words.next();
    else if (word === 'oif') rule.oif = words.next();
    else if (['pref', 'prio', 'preference', 'priority', 'order'].includes(word)) rule.priority = number(words.next(), 'preference value is invalid\n');
    else if (word === 'table' || word === 'lookup') rule.action = { kind: 'lookup', table: tableOf(words.next()) };
    else if (word === 'suppress_prefixlength' || word === 'sup_pl') suppressPrefixLength = number(words.next(), 'suppress_prefixlength value is invalid\n');
    else if (word === 'blackhole' || word === 'unreachable' || word === 'prohibit') rule.action = { kind: word };
    else if (word !== 'type') throw garbage('to', word);
  }
  if (suppressPrefixLength !== undefined) rule.action = { kind: 'lookup', table: rule.action?.kind === 'lookup' ? rule.action.table : 'main', suppressPrefixLength };
  return rule;
}
