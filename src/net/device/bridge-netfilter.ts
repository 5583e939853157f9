/**
 * br_netfilter: shows bridged packets to the IP chains, so that a Service works between two pods of one bridge.
 * Without it, the answer goes straight back over the bridge and is never translated: the classic broken cluster.
 * See net/bridge/br_netfilter_hooks.c.
 */
import type { Carried, PacketInFlight } from '../in-flight.ts';
import type { Frame } from '../packet.ts';
import type { Bridge } from './bridge.ts';
import type { Device } from './device.ts';

const isOn = (bridge: Bridge) => bridge.namespace.sysctl.get('net.bridge.bridge-nf-call-iptables') === '1';

/** A frame came in at `port`: PREROUTING, then `next` with what became of it. */
export function bridgePrerouting(bridge: Bridge, port: Device, frame: Frame, carried: Carried, next: (frame: Frame, carried: Carried) => void): void {
  if (frame.payload.type !== 'ipv4' || !isOn(bridge)) return next(frame, carried);
  const { namespace } = bridge;
  const flight: PacketInFlight = { packet: frame.payload, mark: carried.mark ?? 0, inDevice: bridge, physIn: port };
  if (!namespace.netfilter.accepts('prerouting', flight)) return;
  const after = { ...carried, mark: flight.mark, tracking: flight.tracking, prerouted: true, physIn: port };
  if (flight.packet.destination === frame.payload.destination) return next({ ...frame, payload: flight.packet }, after);
  // Translated: the destination may be behind this very bridge, under another MAC; otherwise the stack must route it.
  const answer = namespace.routes.lookup(flight.packet.destination, { source: flight.packet.source, mark: flight.mark, inDevice: bridge.name });
  if (answer.kind === 'found' && answer.device === bridge && answer.route.type === 'unicast') {
    namespace.neighbors.resolve(bridge, answer.nextHop, flight.packet, (mac) => next({ ...frame, to: mac, payload: flight.packet }, after));
  } else {
    next({ ...frame, to: bridge.mac, payload: flight.packet }, after);
  }
}

/** From one port to another: FORWARD and POSTROUTING. */
export function bridgeForward(bridge: Bridge, from: Device, to: Device, frame: Frame, carried: Carried): void {
  if (frame.payload.type !== 'ipv4' || !carried.prerouted || !isOn(bridge)) return to.transmit(frame, hops(carried, carried.mark ?? 0));
  const flight: PacketInFlight = {
    packet: frame.payload,
    mark: carried.mark ?? 0,
    tracking: carried.tracking,
    inDevice: bridge,
    outDevice: bridge,
    physIn: from,
    physOut: to,
  };
  const { netfilter } = bridge.namespace;
  if (!netfilter.accepts('forward', flight)) return;
  flight.inDevice = undefined;
  if (!netfilter.accepts('postrouting', flight)) return;
  to.transmit({ ...frame, payload: flight.packet }, hops(carried, flight.mark));
}

/** What goes on with a frame that leaves the bridge. */
const hops = ({ bridged }: Carried, mark: number): Carried => ({ mark, ...(bridged === undefined ? {} : { bridged }) });
