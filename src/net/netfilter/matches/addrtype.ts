/** What kind of address this machine takes an address for: its own, a broadcast, somebody else's. See xt_addrtype.c. */
import { ANY, type Ipv4, isMulticast } from '../../../base/address.ts';
import type { NetNamespace } from '../../namespace.ts';
import { given, type MatchKind, printGiven, RuleSyntaxError } from '../extension.ts';

const TYPES = ['UNSPEC', 'UNICAST', 'LOCAL', 'BROADCAST', 'ANYCAST', 'MULTICAST', 'BLACKHOLE', 'UNREACHABLE', 'PROHIBIT', 'THROW'] as const;
type AddressType = (typeof TYPES)[number];

export const addrtype: MatchKind = {
  name: 'addrtype',
  options: { 'src-type': 1, 'dst-type': 1, 'limit-iface-in': 0, 'limit-iface-out': 0 },
  build(all) {
    const source = given(all, 'src-type');
    const destination = given(all, 'dst-type');
    if (!source && !destination) throw new RuleSyntaxError('addrtype: you must specify --src-type or --dst-type');
    const sourceTypes = source && parseTypes(source.values[0]!);
    const destinationTypes = destination && parseTypes(destination.values[0]!);
    const limitIn = given(all, 'limit-iface-in');
    const limitOut = given(all, 'limit-iface-out');
    if (limitIn && limitOut) throw new RuleSyntaxError('addrtype: both incoming and outgoing interface limitation cannot be selected');
    return {
      name: 'addrtype',
      matches({ packet, inDevice, outDevice }, { namespace }) {
        const device = limitIn ? inDevice?.name : limitOut ? outDevice?.name : undefined;
        if (source && sourceTypes!.includes(typeOf(namespace, packet.source, device)) === source.negated) return false;
        return !(destination && destinationTypes!.includes(typeOf(namespace, packet.destination, device)) === destination.negated);
      },
      toArgs: () => ['-m', 'addrtype', ...printGiven(source, sourceTypes?.join(',')), ...printGiven(destination, destinationTypes?.join(',')), ...printGiven(limitIn), ...printGiven(limitOut)],
      list: () =>
        [
          'ADDRTYPE match',
          ...(source ? [`src-type ${source.negated ? '!' : ''}${sourceTypes!.join(',')}`] : []),
          ...(destination ? [`dst-type ${destination.negated ? '!' : ''}${destinationTypes!.join(',')}`] : []),
          ...(limitIn ? ['limit-in'] : []),
          ...(limitOut ? ['limit-out'] : []),
        ].join(' '),
    };
  },
};

function parseTypes(text: string): readonly AddressType[] {
  const types = text.split(',').map((word) => {
    const type = TYPES.find((name) => name === word.toUpperCase());
    if (!type) throw new RuleSyntaxError(`addrtype: bad type "${word}"`);
    return type;
  });
  return TYPES.filter((type) => types.includes(type));
}

function typeOf(namespace: NetNamespace, address: Ipv4, device: string | undefined): AddressType {
  if (isMulticast(address)) return 'MULTICAST';
  if (address === '255.255.255.255' || address === ANY) return 'BROADCAST';
  if (device !== undefined) return namespace.addresses(device).some((entry) => entry.address.address === address) ? 'LOCAL' : 'UNICAST';
  const answer = namespace.routes.lookup(address);
  if (answer.kind === 'unreachable') return answer.reason === 'no-route' ? 'UNICAST' : (answer.reason.toUpperCase() as AddressType);
  return answer.route.type === 'local' ? 'LOCAL' : answer.route.type === 'broadcast' ? 'BROADCAST' : 'UNICAST';
}
