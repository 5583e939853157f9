/** A device that swallows what it is given: a place for addresses, as kube-ipvs0 and nodelocaldns use it. */
import type { Mac } from '../../base/address.ts';
import type { NetNamespace } from '../namespace.ts';
import { Device } from './device.ts';

/** The device; what goes in never comes out. */
export class Dummy extends Device {
  readonly kind = 'dummy';

  protected send(): void {}

  protected override ownFlags(): readonly string[] {
    return ['BROADCAST', 'NOARP'];
  }

  override get arp(): boolean {
    return false;
  }

  details(): string {
    return 'dummy';
  }
}

/** @throws NetError EEXIST */
export function createDummy(namespace: NetNamespace, name: string, options: { readonly mac?: Mac; readonly mtu?: number } = {}): Dummy {
  const device = new Dummy(namespace, name, options.mac ?? namespace.world.randomMac(), options.mtu ?? 1500);
  namespace.devices.add(device);
  return device;
}
