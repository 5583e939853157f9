/**
 * Asking for and answering with MAC addresses (RFC 826): who is answered, and on whose behalf.
 * See net/ipv4/arp.c, arp_process and arp_solicit.
 */
import { ANY, BROADCAST_MAC, isLoopback, type Ipv4, type Mac, ZERO_MAC } from '../base/address.ts';
import type { Device } from './device/device.ts';
import type { NetNamespace } from './namespace.ts';
import type { Arp } from './packet.ts';
import { isFromRightSide } from './reverse-path.ts';

/** Jiffies of a kernel with HZ=100: the unit of proxy_delay. */
const JIFFY_MS = 10;

/** @param mac ask only the one who had it last, when known */
export function sendArpRequest(namespace: NetNamespace, device: Device, target: Ipv4, source: Ipv4 | undefined, mac?: Mac): void {
  const sender = source && namespace.isLocal(source) && !isLoopback(source) ? source : (namespace.selectSource(device.name, target, 'link') ?? ANY);
  const arp: Arp = { type: 'arp', op: 'request', sender, senderMac: device.mac, target, targetMac: ZERO_MAC };
  device.transmit({ from: device.mac, to: mac ?? BROADCAST_MAC, payload: arp });
}

/** "This address is mine": what a CNI or a moved address tells the neighbours. */
export function announce(device: Device, address: Ipv4): void {
  const arp: Arp = { type: 'arp', op: 'request', sender: address, senderMac: device.mac, target: address, targetMac: ZERO_MAC };
  device.transmit({ from: device.mac, to: BROADCAST_MAC, payload: arp });
}

/** Answers a request for us, or for one whom we speak for. @returns whether the request was for this machine */
export function answerArp(namespace: NetNamespace, device: Device, arp: Arp): boolean {
  if (arp.op !== 'request' || isLoopback(arp.target)) return false;
  // A question from an address that would not be believed in a packet gets no answer (ip_route_input_noref in arp_process).
  if (arp.sender !== ANY && arp.sender !== arp.target && !isFromRightSide(namespace, device, arp.sender, arp.target)) return false;
  const reply = () =>
    device.transmit({
      from: device.mac,
      to: arp.senderMac,
      payload: { type: 'arp', op: 'reply', sender: arp.target, senderMac: device.mac, target: arp.sender, targetMac: arp.senderMac },
    });
  if (isOurs(namespace, device, arp.target)) {
    // A gratuitous request for our own address is a conflict, not a question.
    if (arp.sender !== arp.target) reply();
    return arp.sender !== arp.target;
  }
  if (!speaksFor(namespace, device, arp)) return false;
  const delay = namespace.sysctl.neighbor(device.name, 'proxy_delay') * JIFFY_MS;
  if (delay === 0) reply();
  else namespace.world.clock.schedule(namespace.world.rng.next() * delay, reply);
  return true;
}

function isOurs(namespace: NetNamespace, device: Device, target: Ipv4): boolean {
  const answer = namespace.routes.lookup(target, { inDevice: device.name });
  if (answer.kind !== 'found' || answer.route.type !== 'local') return false;
  return namespace.sysctl.max(device.name, 'arp_ignore') === 0 || namespace.addresses(device.name).some(({ address }) => address.address === target);
}

/** Proxy ARP: the target is elsewhere, on another link than the one who asks, and we would forward there. */
function speaksFor(namespace: NetNamespace, device: Device, arp: Arp): boolean {
  if (!namespace.sysctl.flag(device.name, 'forwarding')) return false;
  const answer = namespace.routes.lookup(arp.target, { source: arp.sender, inDevice: device.name });
  if (answer.kind !== 'found' || answer.route.type !== 'unicast' || answer.device === device) return false;
  return namespace.sysctl.max(device.name, 'proxy_arp') > 0 || namespace.neighbors.hasProxy(arp.target, device);
}
