/** `lo`: what is sent comes back, with its mark and its connection still on it. See drivers/net/loopback.c. */
import { ZERO_MAC } from '../../base/address.ts';
import type { Carried } from '../in-flight.ts';
import type { NetNamespace } from '../namespace.ts';
import type { Frame } from '../packet.ts';
import { Device } from './device.ts';

const LATENCY_MS = 0.005;

/** Every namespace has one, and it cannot be removed. */
export class Loopback extends Device {
  readonly kind = 'loopback';

  constructor(namespace: NetNamespace) {
    super(namespace, 'lo', ZERO_MAC, 65536);
  }

  protected send(frame: Frame, carried: Carried): void {
    this.namespace.world.clock.schedule(LATENCY_MS, () => this.namespace.receive(this, frame, { mark: carried.mark ?? 0, tracking: carried.tracking, balanced: carried.balanced }));
  }

  override get arp(): boolean {
    return false;
  }

  override get linkType(): 'loopback' {
    return 'loopback';
  }

  protected override ownFlags(): readonly string[] {
    return ['LOOPBACK'];
  }

  details(): string {
    return '';
  }
}
