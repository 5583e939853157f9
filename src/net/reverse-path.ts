/** Whether a packet can have come from where it says. See net/ipv4/fib_frontend.c, fib_validate_source. */
import { ANY, type Ipv4 } from '../base/address.ts';
import type { Device } from './device/device.ts';
import type { NetNamespace } from './namespace.ts';

/** rp_filter: 1 wants the answer to leave by the device the packet came in at, 2 is content with any way back. */
export function isFromRightSide(namespace: NetNamespace, device: Device, source: Ipv4, destination: Ipv4): boolean {
  if (source === ANY || device.kind === 'loopback') return true;
  const { sysctl } = namespace;
  // The way back is looked up without the mark: src_valid_mark is off, and nobody here turns it on.
  const back = namespace.routes.lookup(source, { source: destination, inDevice: device.name });
  if (back.kind === 'found' && back.route.type === 'local' && !sysctl.flag(device.name, 'accept_local')) return false;
  const mode = sysctl.max(device.name, 'rp_filter');
  if (mode === 0) return true;
  if (back.kind !== 'found') return false;
  return mode === 2 || back.device === device;
}
