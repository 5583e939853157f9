/** What conntrack knows of the packet's connection. See xt_conntrack.c. */
import { contains, parseCidr } from '../../../base/address.ts';
import type { PacketInFlight } from '../../in-flight.ts';
import { given, type MatchKind, printGiven, RuleSyntaxError } from '../extension.ts';

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

export const conntrack: MatchKind = {
  name: 'conntrack',
  options: { ctstate: 1, ctdir: 1, ctproto: 1, ctorigsrc: 1, ctorigdst: 1, ctreplsrc: 1, ctrepldst: 1, ctorigdstport: 1 },
  build(all) {
    if (all.length === 0) throw new RuleSyntaxError('conntrack: At least one option is required');
    const state = given(all, 'ctstate');
    const states = state && parseStates(state.values[0]!, 'ctstate');
    const direction = given(all, 'ctdir');
    const wanted = direction?.values[0]!.toUpperCase();
    if (direction && wanted !== 'ORIGINAL' && wanted !== 'REPLY') throw new RuleSyntaxError(`conntrack: Bad value for "--ctdir" option: "${direction.values[0]}"`);
    const protocol = given(all, 'ctproto');
    const port = given(all, 'ctorigdstport');
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
      matches(flight) {
        if (states) {
          const actual = statesOf(flight);
          if (states.some((name) => actual.has(name)) === state.negated) return false;
        }
        const { tracking } = flight;
        const others = direction ?? protocol ?? port ?? addresses[0];
        if (!tracking?.entry) return others === undefined;
        if (direction && (tracking.direction === wanted!.toLowerCase()) === direction.negated) return false;
        const { original, reply } = tracking.entry;
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
        ...printGiven(direction, wanted),
      ],
      list: () =>
        [
          ...(state ? [`${state.negated ? '! ' : ''}ctstate ${printStates(states!)}`] : []),
          ...(protocol ? [`${protocol.negated ? '! ' : ''}ctproto ${protocol.values[0]}`] : []),
          ...addresses.map(({ option, one }) => `${one.negated ? '! ' : ''}${option} ${one.values[0]}`),
          ...(port ? [`${port.negated ? '! ' : ''}ctorigdstport ${port.values[0]}`] : []),
          ...(direction ? [`ctdir ${wanted}`] : []),
        ].join(' '),
    };
  },
};
