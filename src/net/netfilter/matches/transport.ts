/** What the matches of tcp and udp have in common: their ports. */
import type { PacketInFlight } from '../../in-flight.ts';
import { portsOf } from '../../packet.ts';
import { type Given, given } from '../extension.ts';
import { inRange, listPortRange, parsePortRange, printPortRange } from './ports.ts';

/** The options, for the registry entries of both. */
export const PORT_OPTIONS = { sport: 1, 'source-port': { same: 'sport' }, dport: 1, 'destination-port': { same: 'dport' } } as const;

/** What was asked of the ports. */
export interface PortConditions {
  fits(flight: PacketInFlight): boolean;
  toArgs(): readonly string[];
  list(): readonly string[];
}

/** Reads them. @throws RuleSyntaxError */
export function portConditions(all: readonly Given[]): PortConditions {
  const read = (option: string) => {
    const one = given(all, option);
    return one && { range: parsePortRange(one.values[0]!), negated: one.negated };
  };
  const source = read('sport');
  const destination = read('dport');
  const print = (option: string, one: typeof source) => (one ? [...(one.negated ? ['!'] : []), option, printPortRange(one.range)] : []);
  return {
    fits({ packet }) {
      const ports = portsOf(packet);
      if (!ports) return false;
      if (source && inRange(source.range, ports.source) === source.negated) return false;
      return !(destination && inRange(destination.range, ports.destination) === destination.negated);
    },
    toArgs: () => [...print('--sport', source), ...print('--dport', destination)],
    list: () => [...(source ? [listPortRange('spt', source.range, source.negated)] : []), ...(destination ? [listPortRange('dpt', destination.range, destination.negated)] : [])],
  };
}
