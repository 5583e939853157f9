/**
 * What happened to a packet, step by step: the raw material of `cka trace`, of failing tests and of explanations.
 * Nothing decides by it; without a listener no event is made.
 */
import type { Frame, Ipv4Packet } from './packet.ts';
import { describeFrame, describePacket } from './packet.ts';
import type { HookName } from './netfilter/hooks.ts';

/** Every way a packet can die, in one place. */
export type DropReason =
  | 'no-route'
  | 'blackhole'
  | 'unreachable-route'
  | 'prohibited'
  | 'neighbor-unreachable'
  | 'ttl-exceeded'
  | 'mtu-exceeded'
  | 'reassembly-timeout'
  | 'device-down'
  | 'no-carrier'
  | 'no-destination'
  | 'other-host'
  | 'forwarding-disabled'
  | 'reverse-path'
  | 'martian'
  | 'no-listener'
  | 'not-joined'
  | 'nat-exhausted'
  | 'no-server'
  | 'tunnel-loop'
  | 'bridge-loop'
  | 'conntrack-full'
  | 'filtered'
  | 'rejected';

/** One step, with its time on the simulated clock and the label of the namespace. */
export type TraceEvent = { readonly atMs: number; readonly namespace: string } & (
  | { readonly kind: 'received' | 'transmitted'; readonly device: string; readonly frame: Frame }
  | { readonly kind: 'routed'; readonly packet: Ipv4Packet; readonly route: string }
  | { readonly kind: 'rule'; readonly packet: Ipv4Packet; readonly hook: HookName; readonly table: string; readonly chain: string; readonly rule: string }
  | { readonly kind: 'policy'; readonly packet: Ipv4Packet; readonly hook: HookName; readonly table: string; readonly chain: string; readonly policy: string }
  | { readonly kind: 'translated'; readonly before: Ipv4Packet; readonly after: Ipv4Packet; readonly hook: HookName }
  | { readonly kind: 'balanced'; readonly packet: Ipv4Packet; readonly service: string; readonly server: string | undefined }
  | { readonly kind: 'delivered'; readonly packet: Ipv4Packet; readonly to: string }
  | { readonly kind: 'dropped'; readonly packet: Ipv4Packet | Frame; readonly reason: DropReason; readonly device?: string }
);

/** An event without its time and place: those the namespace adds. */
export type TraceStep = TraceEvent extends infer E ? (E extends TraceEvent ? Omit<E, 'atMs' | 'namespace'> : never) : never;

/** One line per event, fit for a terminal. */
export function printTraceEvent(event: TraceEvent): string {
  return `${event.atMs.toFixed(3).padStart(10)} ${event.namespace.padEnd(12)} ${what(event)}`;
}

function what(event: TraceEvent): string {
  switch (event.kind) {
    case 'received':
      return `${event.device.padEnd(15)} In  ${describeFrame(event.frame)}`;
    case 'transmitted':
      return `${event.device.padEnd(15)} Out ${describeFrame(event.frame)}`;
    case 'routed':
      return `route ${event.packet.destination}: ${event.route}`;
    case 'rule':
      return `${event.hook} ${event.table}: -A ${event.chain} ${event.rule}`;
    case 'policy':
      return `${event.hook} ${event.table}: policy of ${event.chain}: ${event.policy}`;
    case 'translated':
      return `${event.hook} nat: ${describePacket(event.before)} became ${describePacket(event.after)}`;
    case 'balanced':
      return `ipvs ${event.service}: ${event.server === undefined ? 'no server' : `server ${event.server}`}`;
    case 'delivered':
      return `delivered to ${event.to}`;
    case 'dropped':
      return `DROPPED ${event.reason}: ${'type' in event.packet ? describePacket(event.packet) : describeFrame(event.packet)}`;
  }
}
