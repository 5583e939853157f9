/**
 * A virtual Ethernet cable with two ends, each in whatever namespace it was moved to. See drivers/net/veth.c.
 * Deleting one end deletes the other.
 */
import type { Mac } from '../../base/address.ts';
import type { Carried } from '../in-flight.ts';
import type { NetNamespace } from '../namespace.ts';
import type { Frame } from '../packet.ts';
import { Device, fitsThrough } from './device.ts';

const LATENCY_MS = 0.01;

/** One end of the cable. */
export class Veth extends Device {
  readonly kind = 'veth';
  peer: Veth | undefined;
  latencyMs = LATENCY_MS;

  protected send(frame: Frame, carried: Carried): void {
    const { peer } = this;
    if (!peer) return;
    if (!fitsThrough(frame, this, peer)) {
      this.counters.txDropped++;
      return this.namespace.dropped(frame, 'mtu-exceeded', this);
    }
    // A mark survives only between two ends in one namespace; the connection never does (skb_scrub_packet).
    const kept: Carried = { ...(peer.namespace === this.namespace ? { mark: carried.mark ?? 0 } : {}), ...(carried.bridged === undefined ? {} : { bridged: carried.bridged }) };
    this.namespace.world.clock.schedule(this.latencyMs, () => {
      if (this.peer === peer) peer.namespace.receive(peer, frame, kept);
    });
  }

  override get carrier(): boolean {
    return this.up && this.peer?.up === true;
  }

  override get operState(): 'UP' | 'DOWN' | 'LOWERLAYERDOWN' {
    if (!this.up) return 'DOWN';
    if (this.carrier) return 'UP';
    // The kernel looks for the lower layer in its own namespace only (default_operstate).
    return this.linkNamespace ? 'DOWN' : 'LOWERLAYERDOWN';
  }

  override get peerIndex(): number | undefined {
    return this.peer?.index;
  }

  override get linkNamespace(): NetNamespace | undefined {
    return this.peer && this.peer.namespace !== this.namespace ? this.peer.namespace : undefined;
  }

  override flags(): readonly string[] {
    const flags = super.flags();
    // The kernel clears LOWER_UP together with the peer's administrative state, and says M-DOWN for it.
    return this.peer && !this.peer.up ? [...flags, ...(this.linkNamespace ? [] : ['M-DOWN'])] : flags;
  }

  override changed(): void {
    // Our carrier is our peer's news: its bridge may have to forget it.
    this.peer?.master?.changed();
  }

  override removed(): void {
    const { peer } = this;
    this.peer = undefined;
    if (!peer?.peer) return;
    peer.peer = undefined;
    peer.namespace.devices.remove(peer.name);
  }

  details(): string {
    return 'veth';
  }
}

/** Where an end goes and what it is called. */
export interface VethEnd {
  readonly ns: NetNamespace;
  readonly name: string;
  readonly mac?: Mac;
  readonly mtu?: number;
  /** What the end is for who looks at it from its namespace: an end of a cable unless told. */
  readonly as?: typeof Veth;
}

/** @throws NetError EEXIST when either name is taken; then neither end exists */
export function createVeth(a: VethEnd, b: VethEnd): { readonly a: Veth; readonly b: Veth } {
  const make = (end: VethEnd) => {
    const device = new (end.as ?? Veth)(end.ns, end.name, end.mac ?? end.ns.world.randomMac(), end.mtu ?? 1500);
    device.macChosen = end.mac !== undefined;
    return device;
  };
  b.ns.devices.checkName(b.name);
  const first = make(a);
  const second = make(b);
  // The kernel registers the peer first, so that it gets the lower index: `eth0@if5` pairs with `veth@if4`.
  second.peer = first;
  first.peer = second;
  a.ns.devices.checkName(a.name);
  b.ns.devices.add(second);
  a.ns.devices.add(first);
  return { a: first, b: second };
}
