/** `ip rule`: which routing table to look into. See ip-rule(8); ip/iprule.c. */
import { printCidr, type Cidr } from '../../base/address.ts';
import type { RoutingRule } from '../../net/rules.ts';
import { tableOf } from './route.ts';
import { abbreviated, garbage, IpError, json, netlink, number, prefix, type IpContext, type Words } from './words.ts';

const COMMANDS = ['list', 'lst', 'show', 'add', 'delete', 'help'] as const;

export async function rules(words: Words, context: IpContext): Promise<void> {
  const word = words.done ? 'show' : words.next();
  const command = abbreviated(word, COMMANDS);
  if (command === undefined) throw new IpError(`Command "${word}" is unknown, try "ip rule help".`, 255);
  if (command === 'help') throw new IpError('Usage: ip rule { add | del } SELECTOR ACTION\n       ip rule list\nSELECTOR := [ not ] [ from PREFIX ] [ to PREFIX ] [ fwmark FWMARK[/MASK] ]\n            [ iif STRING ] [ oif STRING ] [ pref NUMBER ]\nACTION := [ table TABLE_ID ] | { prohibit | unreachable | blackhole }', 255);
  if (command === 'add' || command === 'delete') return modify(words, context, command);
  const { ns, flags, print } = context;
  if (flags.family === 6) return;
  if (flags.json) return print(json(ns.routes.rules.list().map((rule) => ({ priority: rule.priority, src: rule.from ? rule.from.address : 'all', ...(rule.action.kind === 'lookup' ? { table: String(rule.action.table) } : { action: rule.action.kind }) })), flags));
  for (const rule of ns.routes.rules.list()) await print(`${line(rule)}\n`);
}

function line(rule: RoutingRule): string {
  const words = [`${rule.priority}:\t${rule.not ? 'not ' : ''}from ${rule.from ? short(rule.from) : 'all'}`];
  if (rule.to) words.push(`to ${short(rule.to)}`);
  if (rule.mark) words.push(`fwmark 0x${rule.mark.value.toString(16)}${rule.mark.mask === 0xffffffff ? '' : `/0x${rule.mark.mask.toString(16)}`}`);
  if (rule.iif) words.push(`iif ${rule.iif}`);
  if (rule.oif) words.push(`oif ${rule.oif}`);
  words.push(rule.action.kind === 'lookup' ? `lookup ${rule.action.table}` : rule.action.kind);
  return words.join(' ');
}

const short = (network: Cidr) => (network.prefix === 32 ? network.address : printCidr(network));

async function modify(words: Words, context: IpContext, what: 'add' | 'delete'): Promise<void> {
  const { ns } = context;
  if (words.done && what === 'add') throw new IpError('"ip rule add" requires arguments.', 1);
  const rule: { -readonly [K in keyof RoutingRule]?: RoutingRule[K] } = {};
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
    else if (word === 'blackhole' || word === 'unreachable' || word === 'prohibit') rule.action = { kind: word };
    else if (word !== 'type') throw garbage('to', word);
  }
  netlink(context, () => (what === 'add' ? ns.routes.rules.add({ ...rule, action: rule.action ?? { kind: 'lookup', table: 'main' } }) : ns.routes.rules.delete(rule)));
  return Promise.resolve();
}
