/**
 * What the balancer does with a packet at a hook: find its connection or give it to a server, rewrite it, send it on.
 * See net/netfilter/ipvs/ip_vs_core.c (ip_vs_in, ip_vs_out) and ip_vs_xmit.c.
 * Differs from Linux: an ICMP error about a balanced packet is translated on its way from the server to the client only.
 */
import type { Ipv4 } from '../../base/address.ts';
import { finishOutput } from '../egress.ts';
import { sendIcmpError } from '../icmp.ts';
import type { PacketInFlight } from '../in-flight.ts';
import type { NetNamespace } from '../namespace.ts';
import type { HookName } from '../netfilter/hooks.ts';
import type { Verdict } from '../netfilter/netfilter.ts';
import { type Ipv4Packet, isIcmpError, sizeOf, type Tcp, type Udp } from '../packet.ts';
import { withDestination, withSource } from '../tuple.ts';
import type { IpvsConnection } from './connections.ts';
import type { IpvsDestination, IpvsProtocol, IpvsService } from './services.ts';
import { nextIpvsState, type Side } from './states.ts';

const PASS: Verdict = { verdict: 'accept' };

/** INPUT and OUTPUT may begin connections; answers come by at FORWARD, and at OUTPUT when the server is this machine. */
export function balance(namespace: NetNamespace, hook: HookName, flight: PacketInFlight): Verdict {
  const { payload } = flight.packet;
  if (payload.protocol === 'icmp') return isIcmpError(payload) ? errorFromServer(namespace, flight) : PASS;
  if (payload.protocol !== 'tcp' && payload.protocol !== 'udp') return PASS;
  return answer(namespace, flight, payload) ?? (hook === 'forward' ? PASS : question(namespace, hook, flight, payload));
}

function answer(namespace: NetNamespace, flight: PacketInFlight, payload: Tcp | Udp): Verdict | undefined {
  const { source, destination } = flight.packet;
  const connection = namespace.ipvs.connections.fromServer(payload.protocol, source, payload.sourcePort, destination, payload.destinationPort);
  if (connection?.server.forwarding !== 'masq') return undefined;
  count(connection, flight.packet, 'out');
  advance(namespace, connection, payload, 'output');
  rewrite(namespace, flight, withSource(flight.packet, connection.virtual, connection.virtualPort));
  return PASS;
}

function question(namespace: NetNamespace, hook: HookName, flight: PacketInFlight, payload: Tcp | Udp): Verdict {
  const { source, destination } = flight.packet;
  const { connections } = namespace.ipvs;
  const known = connections.fromClient(payload.protocol, source, payload.sourcePort, destination, payload.destinationPort);
  // A client that begins anew from the same port is a new connection; one whose server is gone has none any more.
  if (known && payload.protocol === 'tcp' && payload.flags === 'S' && (known.state === 'TIME_WAIT' || known.state === 'FIN_WAIT' || known.state === 'CLOSE')) connections.remove(known);
  else if (known && !known.server.available) {
    if (namespace.sysctl.number('net.ipv4.vs.expire_nodest_conn') !== 0) connections.remove(known);
    return { verdict: 'drop', reason: 'no-server' };
  } else if (known) return carryOn(namespace, hook, flight, known);

  if (payload.protocol === 'tcp' && payload.flags !== 'S') return PASS;
  const service = namespace.ipvs.serviceFor(payload.protocol, destination, payload.destinationPort, flight.mark);
  if (!service) return PASS;
  const begun = begin(namespace, service, flight, payload);
  if (begun) return carryOn(namespace, hook, flight, begun);
  namespace.trace({ kind: 'balanced', packet: flight.packet, service: `${destination}:${payload.destinationPort}`, server: undefined });
  sendIcmpError(namespace, flight.packet, 'port-unreachable', { flight });
  return { verdict: 'drop', reason: 'no-server' };
}

/** The server of the client's template, or the one that the scheduler names. */
function begin(namespace: NetNamespace, service: IpvsService, { packet }: PacketInFlight, payload: Tcp | Udp): IpvsConnection | undefined {
  const { connections } = namespace.ipvs;
  const protocol: IpvsProtocol = payload.protocol;
  const known = service.persistentSeconds === undefined ? undefined : connections.template(service, protocol, packet.source);
  const server: IpvsDestination | undefined = known?.server ?? service.choose(service.destinations, { source: packet.source, destination: packet.destination });
  if (!server) return undefined;
  const template = service.persistentSeconds === undefined ? undefined : (known ?? connections.addTemplate(service, protocol, packet.source, server));
  namespace.trace({ kind: 'balanced', packet, service: `${packet.destination}:${payload.destinationPort}`, server: `${server.address}:${server.port || payload.destinationPort}` });
  const connection = connections.add({
    protocol, client: packet.source, clientPort: payload.sourcePort, virtual: packet.destination, virtualPort: payload.destinationPort,
    server, service, serverPort: server.port || payload.destinationPort, template,
  });
  for (const { counters } of [service, server]) counters.connections++;
  return connection;
}

function carryOn(namespace: NetNamespace, hook: HookName, flight: PacketInFlight, connection: IpvsConnection): Verdict {
  const { payload } = flight.packet;
  const { server } = connection;
  count(connection, flight.packet, 'in');
  if (payload.protocol === 'tcp' || payload.protocol === 'udp') advance(namespace, connection, payload, server.forwarding === 'masq' ? 'input' : 'input-only');
  // Each datagram is alone: what answers it still finds the way within this instant, and then it is forgotten.
  if (connection.service.onePacket && connection.protocol === 'udp') connection.expiresAtMs = namespace.world.clock.now() + 1;
  if (server.forwarding === 'masq') rewrite(namespace, flight, withDestination(flight.packet, server.address, connection.serverPort));
  flight.balanced = true;
  return send(namespace, hook, flight, server);
}

/** To the server: it may be this machine itself, and then the packet just goes on; else it leaves through OUTPUT. */
function send(namespace: NetNamespace, hook: HookName, flight: PacketInFlight, server: IpvsDestination): Verdict {
  const answer = namespace.routes.lookup(server.address);
  if (answer.kind === 'unreachable') {
    sendIcmpError(namespace, flight.packet, 'host-unreachable', { flight });
    return { verdict: 'drop', reason: 'no-route' };
  }
  namespace.trace({ kind: 'routed', packet: flight.packet, route: `to server ${server.address} dev ${answer.device.name}` });
  if (answer.route.type === 'local') return PASS;
  flight.stolen = true;
  const mtu = answer.route.mtu ?? answer.device.mtu;
  if (flight.packet.dontFragment && sizeOf(flight.packet) > mtu) {
    namespace.dropped(flight.packet, 'mtu-exceeded', answer.device);
    sendIcmpError(namespace, flight.packet, 'fragmentation-needed', { mtu, flight });
    return PASS;
  }
  const packet = hook === 'input' ? { ...flight.packet, ttl: flight.packet.ttl - 1 } : flight.packet;
  const onward: PacketInFlight = { ...flight, packet, inDevice: undefined, physIn: undefined, outDevice: answer.device, stolen: false };
  if (server.forwarding === 'tunnel') onward.packet = { type: 'ipv4', source: answer.source, destination: server.address, ttl: 64, id: namespace.nextPacketId(), payload: { protocol: 'ipip', inner: packet } };
  if (namespace.netfilter.accepts('output', onward)) finishOutput(namespace, onward, answer);
  return PASS;
}

/** With `vs.conntrack` the connection that netfilter tracks learns of the rewrite; without, netfilter forgets the packet. */
function rewrite(namespace: NetNamespace, flight: PacketInFlight, after: Ipv4Packet): void {
  const { tracking } = flight;
  if (tracking?.entry && namespace.sysctl.number('net.ipv4.vs.conntrack') === 0) flight.tracking = { state: 'UNTRACKED' };
  else if (tracking?.entry && !tracking.entry.status.confirmed && tracking.direction === 'original' && (after.payload.protocol === 'tcp' || after.payload.protocol === 'udp')) {
    tracking.entry.reply = { ...tracking.entry.reply, source: after.destination, sourcePort: after.payload.destinationPort };
  }
  flight.packet = after;
  flight.balanced = true;
}

/** The error's own source stays or becomes the service's address; the quoted packet reads as the client sent it. */
function errorFromServer(namespace: NetNamespace, flight: PacketInFlight): Verdict {
  const { packet } = flight;
  const quoted = packet.payload.protocol === 'icmp' ? packet.payload.quoted : undefined;
  if (packet.payload.protocol !== 'icmp' || !quoted || (quoted.payload.protocol !== 'tcp' && quoted.payload.protocol !== 'udp')) return PASS;
  const { protocol, sourcePort, destinationPort } = quoted.payload;
  const connection = namespace.ipvs.connections.fromServer(protocol, quoted.destination, destinationPort, quoted.source, sourcePort);
  if (connection?.server.forwarding !== 'masq') return PASS;
  const source: Ipv4 = connection.virtual;
  flight.packet = { ...packet, source, payload: { ...packet.payload, quoted: withDestination(quoted, connection.virtual, connection.virtualPort) } };
  flight.balanced = true;
  return PASS;
}

function advance(namespace: NetNamespace, connection: IpvsConnection, payload: Tcp | Udp, side: Side): void {
  const { connections } = namespace.ipvs;
  if (payload.protocol === 'tcp') connections.enter(connection, nextIpvsState(connection.state, payload.flags, side));
  else if (side === 'output' && connection.template) connection.template.state = 'ASSURED';
  connections.touch(connection);
}

function count(connection: IpvsConnection, packet: Ipv4Packet, direction: 'in' | 'out'): void {
  const bytes = sizeOf(packet);
  for (const { counters } of [connection.service, connection.server]) {
    counters[`${direction}Packets`]++;
    counters[`${direction}Bytes`] += bytes;
  }
}
