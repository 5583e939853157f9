/**
 * A device in its role as a port of a bridge, with the switches of `bridge link set`. See net/bridge/br_private.h.
 * Knows no frame's way; that is the bridge's.
 */
import { BROADCAST_MAC, type Mac } from '../../base/address.ts';
import type { Device } from './device.ts';

/** What each switch is before anybody turns it, by the tools' names. */
const DEFAULTS = {
  /** A frame may leave by the port it came in: a pod that reaches itself through its Service needs that. */
  hairpin: false,
  /** Nothing goes from one isolated port to another. */
  isolated: false,
  learning: true,
  /** Frames for a MAC that nobody knows go out here. */
  flood: true,
  mcast_flood: true,
  bcast_flood: true,
};

/** The name of a switch. */
export type PortSwitch = keyof typeof DEFAULTS;

/** One port. */
export interface BridgePort extends Record<PortSwitch, boolean> {
  readonly device: Device;
}

export const isPortSwitch = (word: string): word is PortSwitch => word in DEFAULTS;

export const createPort = (device: Device): BridgePort => ({ device, ...DEFAULTS });

/** The first bit that goes over the wire. */
export const isGroup = (mac: Mac): boolean => (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;

/** Whether a frame from `source`, or from the bridge itself, may leave by `port`. @param known the table says that its MAC is there */
export function mayLeave(port: BridgePort, to: Mac, source: BridgePort | undefined, known: boolean): boolean {
  if (!port.device.carrier || (port === source && !port.hairpin) || (port.isolated && source?.isolated)) return false;
  if (known) return true;
  return to === BROADCAST_MAC ? port.bcast_flood : isGroup(to) ? port.mcast_flood : port.flood;
}
