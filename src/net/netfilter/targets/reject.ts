/** Drops, and tells the sender: by an ICMP error, or by resetting the connection. See ipt_REJECT.c, nf_reject_ipv4.c. */
import { reversed } from '../../conntrack.ts';
import { sendIcmpError } from '../../icmp.ts';
import type { PacketInFlight } from '../../in-flight.ts';
import type { IcmpKind, Tcp } from '../../packet.ts';
import { given, type HookScope, RuleSyntaxError, type TargetKind } from '../extension.ts';

type With = keyof typeof KINDS;

const KINDS = {
  'icmp-net-unreachable': 'network-unreachable',
  'icmp-host-unreachable': 'host-unreachable',
  'icmp-port-unreachable': 'port-unreachable',
  'icmp-proto-unreachable': 'protocol-unreachable',
  'icmp-net-prohibited': 'network-prohibited',
  'icmp-host-prohibited': 'host-prohibited',
  'icmp-admin-prohibited': 'communication-prohibited',
  'tcp-reset': undefined,
} as const satisfies Record<string, IcmpKind | undefined>;

/** Other spellings that iptables takes. */
const SAME: Readonly<Record<string, With>> = {
  'net-unreach': 'icmp-net-unreachable',
  'host-unreach': 'icmp-host-unreachable',
  'proto-unreach': 'icmp-proto-unreachable',
  'port-unreach': 'icmp-port-unreachable',
  'net-prohib': 'icmp-net-prohibited',
  'host-prohib': 'icmp-host-prohibited',
  'admin-prohib': 'icmp-admin-prohibited',
  'tcp-rst': 'tcp-reset',
};

export const reject: TargetKind = {
  name: 'REJECT',
  options: { 'reject-with': 1 },
  build(all, { protocol }) {
    const text = given(all, 'reject-with')?.values[0] ?? 'icmp-port-unreachable';
    const how = text in KINDS ? (text as With) : SAME[text];
    if (!how) throw new RuleSyntaxError(`unknown reject type "${text}"`);
    return {
      name: 'REJECT',
      // The kernel sees only when the rule goes in that there is nothing to reset: it then fits in no table.
      tables: how === 'tcp-reset' && protocol !== 'tcp' ? [] : ['filter'],
      hooks: ['input', 'forward', 'output'],
      apply(flight, scope) {
        const kind = KINDS[how];
        if (kind) sendIcmpError(scope.namespace, flight.packet, kind, { flight });
        else reset(flight, scope);
        return { verdict: 'drop', reason: 'rejected' };
      },
      toArgs: () => ['--reject-with', how],
      list: () => `reject-with ${how}`,
    };
  },
};

function reset(flight: PacketInFlight, { namespace }: HookScope): void {
  const { packet } = flight;
  const { payload: segment } = packet;
  if (segment.protocol !== 'tcp' || segment.flags.startsWith('R')) return;
  const acknowledges = segment.flags.includes('.');
  const length = segment.data.length + (/[SF]/.test(segment.flags) ? 1 : 0);
  const answer: Tcp = {
    protocol: 'tcp',
    sourcePort: segment.destinationPort,
    destinationPort: segment.sourcePort,
    flags: acknowledges ? 'R' : 'R.',
    sequence: acknowledges ? segment.acknowledgement : 0,
    acknowledgement: acknowledges ? 0 : (segment.sequence + length) >>> 0,
    window: 0,
    data: '',
  };
  namespace.send({ type: 'ipv4', source: packet.destination, destination: packet.source, ttl: 64, dontFragment: true, payload: answer }, { tracking: reversed(flight) });
}
