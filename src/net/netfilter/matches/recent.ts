/** Addresses seen lately: how kube-proxy keeps a client with its endpoint. See xt_recent.c. */
import type { PacketInFlight } from '../../in-flight.ts';
import { fromNumber, parseIpv4, toNumber } from '../../../base/address.ts';
import { type Given, given, type HookScope, type MatchKind, parseNumber, RuleSyntaxError } from '../extension.ts';

const MODES = ['set', 'rcheck', 'update', 'remove'] as const;
type Mode = (typeof MODES)[number];

export const recent: MatchKind = {
  name: 'recent',
  options: { set: 0, rcheck: 0, update: 0, remove: 0, seconds: 1, reap: 0, hitcount: 1, rttl: 0, name: 1, rsource: 0, rdest: 0, mask: 1 },
  build(all) {
    const modes = MODES.filter((mode) => given(all, mode));
    if (modes.length !== 1) throw new RuleSyntaxError('recent: you must specify one of `--set\', `--rcheck\' `--update\' or `--remove\'');
    const mode = modes[0]!;
    const negated = given(all, mode)!.negated;
    const seconds = number(all, 'seconds');
    const hits = number(all, 'hitcount');
    const reap = given(all, 'reap') !== undefined;
    const rttl = given(all, 'rttl') !== undefined;
    const name = given(all, 'name')?.values[0] ?? 'DEFAULT';
    const mask = parseIpv4(given(all, 'mask')?.values[0] ?? '255.255.255.255');
    if (!mask) throw new RuleSyntaxError('recent: bad value for option "--mask"');
    const side = given(all, 'rdest') ? 'rdest' : 'rsource';
    if (reap && seconds === undefined) throw new RuleSyntaxError('recent: option "--reap" also requires option "--seconds".');
    const addressOf = ({ packet }: PacketInFlight) => fromNumber((toNumber(side === 'rsource' ? packet.source : packet.destination) & toNumber(mask)) >>> 0);
    return {
      name: 'recent',
      matches: (flight, scope) => applies(mode, flight, scope, { address: addressOf(flight), name, seconds, hits, reap, rttl }) !== negated,
      toArgs: () => [
        '-m',
        'recent',
        ...(negated ? ['!'] : []),
        `--${mode}`,
        ...(seconds === undefined ? [] : ['--seconds', String(seconds)]),
        ...(reap ? ['--reap'] : []),
        ...(hits === undefined ? [] : ['--hitcount', String(hits)]),
        ...(rttl ? ['--rttl'] : []),
        '--name',
        name,
        '--mask',
        mask,
        `--${side}`,
      ],
      list: () =>
        `${negated ? '! ' : ''}recent: ${mode === 'set' ? 'SET' : mode === 'rcheck' ? 'CHECK' : mode.toUpperCase()}${seconds === undefined ? '' : ` seconds: ${seconds}`}${reap ? ' reap' : ''}${hits === undefined ? '' : ` hit_count: ${hits}`}${rttl ? ' TTL-Match' : ''} name: ${name} side: ${side === 'rsource' ? 'source' : 'dest'} mask: ${mask}`,
    };
  },
};

interface Question {
  readonly address: ReturnType<typeof fromNumber>;
  readonly name: string;
  readonly seconds: number | undefined;
  readonly hits: number | undefined;
  readonly reap: boolean;
  readonly rttl: boolean;
}

function applies(mode: Mode, { packet }: PacketInFlight, { namespace }: HookScope, { address, name, seconds, hits, reap, rttl }: Question): boolean {
  const lists = namespace.netfilter.recent;
  const now = namespace.world.clock.now();
  if (mode === 'set') {
    lists.see(name, address, packet.ttl, now);
    return true;
  }
  const entry = lists.find(name, address);
  if (!entry || (rttl && entry.ttl !== packet.ttl)) return false;
  if (mode === 'remove') {
    lists.remove(name, address);
    return true;
  }
  const since = seconds === undefined ? Number.NEGATIVE_INFINITY : now - seconds * 1000;
  const count = entry.seenAtMs.filter((atMs) => atMs >= since).length;
  const hit = count >= (hits ?? 1);
  if (hit && mode === 'update') lists.see(name, address, packet.ttl, now);
  if (reap && count === 0) lists.remove(name, address);
  return hit;
}

function number(all: readonly Given[], option: string): number | undefined {
  const one = given(all, option);
  if (!one) return undefined;
  const value = parseNumber(one.values[0]!);
  if (value === undefined || value < 1) throw new RuleSyntaxError(`recent: bad value for option "--${option}", or out of range (1-4294967295).`);
  return value;
}
