/** What conntrack knows of the packet's connection. See xt_conntrack.c. */
import { contains, parseCidr } from '../../../base/address.ts';
import type { PacketInFlight } from '../../in-flight.ts';
import type { ConntrackEntry } from '../../conntrack.ts';
import { given, type MatchKind, parseNumber, printGiven, RuleSyntaxError } from '../extension.ts';
import { type PortRange, printPortRange } from './ports.ts';

/** In the order they are printed. */
const STATES = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED', 'SNAT', 'DNAT'] as const;
/** States, real ones and the two that NAT adds. */
export type CtState = (typeof STATES)[number];

/** Packets of a namespace that tracks nothing have no state at all: they count as INVALID. */
export function statesOf({ tracking }: PacketInFlight): ReadonlySet<CtState> {
  const states = new Set<CtState>([tracking?.state ?? 'INVALID']);
  if (tracking?.entry?.status.snat) states.add('SNAT');
  if (tracking?.entry?.status.dnat) states.add('DNAT');
  return states;
}

/** @throws RuleSyntaxError */
export function parseStates(text: string, what: string): readonly CtState[] {
  return text.split(',').map((word) => {
    const state = STATES.find((name) => name === word.toUpperCase());
    if (!state) throw new RuleSyntaxError(`Bad ${what} "${word}"`);
    return state;
  });
}

/** iptables prints states in an order of its own. */
export function printStates(states: readonly CtState[]): string {
  return STATES.filter((state) => states.includes(state)).join(',');
}

/** What a connection has come to; nothing here expects another connection, so `EXPECTED` is never true. */
const STATUSES = {
  EXPECTED: () => false,
  SEEN_REPLY: ({ status }) => status.seenReply,
  ASSURED: ({ status }) => status.assured,
  CONFIRMED: ({ status }) => status.confirmed,
} as const satisfies Record<string, (entry: ConntrackEntry) => boolean>;

function parseStatuses(text: string): readonly (keyof typeof STATUSES | 'NONE')[] {
  return text.split(',').map((word) => {
    const name = word.toUpperCase();
    if (name !== 'NONE' && !Object.hasOwn(STATUSES, name)) throw new RuleSyntaxError(`Bad ctstatus "${word}"`);
    return name as keyof typeof STATUSES | 'NONE';
  });
}

/** `10` or `1:10`. */
function parseSeconds(text: string): PortRange {
  const [low, high = low] = text.split(':').map((word) => parseNumber(word));
  if (low === undefined || high === undefined || high < low) throw new RuleSyntaxError('conntrack: bad value for option "--ctexpire", or out of range (0-4294967295).\n');
  return { low, high };
}

export const conntrack: MatchKind = {
  name: 'conntrack',
  options: { ctstate: 1, ctdir: 1, ctproto: 1, ctorigsrc: 1, ctorigdst: 1, ctreplsrc: 1, ctrepldst: 1, ctorigdstport: 1, ctstatus: 1, ctexpire: 1 },
  build(all) {
    if (all.length === 0) throw new RuleSyntaxError('conntrack: At least one option is required');
    const state = given(all, 'ctstate');
    const states = state && parseStates(state.values[0]!, 'ctstate');
    const direction = given(all, 'ctdir');
    const wanted = direction?.values[0]!.toUpperCase();
    if (direction && wanted !== 'ORIGINAL' && wanted !== 'REPLY') throw new RuleSyntaxError(`conntrack: Bad value for "--ctdir" option: "${direction.values[0]}"`);
    const protocol = given(all, 'ctproto');
    const port = given(all, 'ctorigdstport');
    const status = given(all, 'ctstatus');
    const statuses = status && parseStatuses(status.values[0]!);
    const expire = given(all, 'ctexpire');
    const seconds = expire && parseSeconds(expire.values[0]!);
    const addresses = (['ctorigsrc', 'ctorigdst', 'ctreplsrc', 'ctrepldst'] as const).flatMap((option) => {
      const one = given(all, option);
      if (!one) return [];
      const network = parseCidr(one.values[0]!);
      if (!network) throw new RuleSyntaxError(`host/network \`${one.values[0]}' not found`);
      return [{ option, one, network }];
    });
    return {
      name: 'conntrack',
      usesConntrack: true,
      matches(flight, { namespace }) {
        if (states) {
          const actual = statesOf(flight);
          if (states.some((name) => actual.has(name)) === state.negated) return false;
        }
        const { tracking } = flight;
        const others = direction ?? protocol ?? port ?? expire ?? status ?? addresses[0];
        if (!tracking?.entry) return others === undefined;
        if (direction && (tracking.direction === wanted!.toLowerCase()) === direction.negated) return false;
        const { original, reply } = tracking.entry;
        if (statuses && statuses.some((name) => (name === 'NONE' ? !Object.values(STATUSES).some((is) => is(tracking.entry)) : STATUSES[name](tracking.entry))) === status.negated) return false;
        const left = (tracking.entry.expiresAtMs - namespace.world.clock.now()) / 1000;
        if (seconds && (left >= seconds.low && left <= seconds.high) === expire.negated) return false;
        if (protocol && (original.protocol === protocol.values[0]) === protocol.negated) return false;
        if (port && (String(original.destinationPort) === port.values[0]) === port.negated) return false;
        const ends = { ctorigsrc: original.source, ctorigdst: original.destination, ctreplsrc: reply.source, ctrepldst: reply.destination };
        return addresses.every(({ option, one, network }) => contains(network, ends[option]) !== one.negated);
      },
      toArgs: () => [
        '-m',
        'conntrack',
        ...printGiven(state, states && printStates(states)),
        ...printGiven(protocol),
        ...addresses.flatMap(({ one }) => printGiven(one)),
        ...printGiven(port),
        ...printGiven(status, statuses?.join(',')),
        ...printGiven(expire, seconds && printPortRange(seconds)),
        ...printGiven(direction, wanted),
      ],
      list: () =>
        [
          ...(state ? [`${state.negated ? '! ' : ''}ctstate ${printStates(states!)}`] : []),
          ...(protocol ? [`${protocol.negated ? '! ' : ''}ctproto ${protocol.values[0]}`] : []),
          ...addresses.map(({ option, one }) => `${one.negated ? '! ' : ''}${option} ${one.values[0]}`),
          ...(port ? [`${port.negated ? '! ' : ''}ctorigdstport ${port.values[0]}`] : []),
          ...(status ? [`${status.negated ? '! ' : ''}ctstatus ${statuses!.join(',')}`] : []),
          ...(expire ? [`${expire.negated ? '! ' : ''}ctexpire ${printPortRange(seconds!)}`] : []),
          ...(direction ? [`ctdir ${wanted}`] : []),
        ].join(' '),
    };
  },
};
