/**
 * The devices of one namespace, by name and by index. Every change of a device goes through here, because addresses,
 * routes, neighbours and bridges must hear of it.
 */
import type { Mac } from '../../base/address.ts';
import { NetError } from '../errors.ts';
import type { NetNamespace } from '../namespace.ts';
import { Bridge } from './bridge.ts';
import type { Device } from './device.ts';

/** Linux's IFNAMSIZ, less the zero byte. */
const NAME_LIMIT = 15;

/** The devices of one namespace. */
export class Devices {
  readonly #byName = new Map<string, Device>();
  readonly #byIndex = new Map<number, Device>();
  #nextIndex = 1;

  constructor(private readonly namespace: NetNamespace) {}

  get(name: string): Device | undefined {
    return this.#byName.get(name);
  }

  byIndex(index: number): Device | undefined {
    return this.#byIndex.get(index);
  }

  /** All devices, by index. */
  list(): readonly Device[] {
    return [...this.#byIndex.values()].sort((a, b) => a.index - b.index);
  }

  /** @throws NetError ENODEV */
  require(name: string): Device {
    const device = this.#byName.get(name);
    if (!device) throw new NetError('ENODEV');
    return device;
  }

  /** Takes in a device that has just been made or has come from another namespace. @throws NetError EEXIST EINVAL */
  add(device: Device, index?: number): void {
    // A refused name uses up no index.
    this.checkName(device.name);
    device.namespace = this.namespace;
    device.index = index ?? this.freeIndex();
    this.#byName.set(device.name, device);
    this.#byIndex.set(device.index, device);
    this.namespace.sysctl.deviceAdded(device.name);
  }

  /** @throws NetError EEXIST another device has the name, EINVAL it is no name, ENODEV */
  rename(name: string, newName: string): void {
    const device = this.require(name);
    if (name === newName) return;
    this.checkName(newName);
    this.#byName.delete(name);
    device.name = newName;
    this.#byName.set(newName, device);
    this.namespace.sysctl.deviceRenamed(name, newName);
    this.namespace.deviceRenamed(name, newName);
  }

  /** @throws NetError EOPNOTSUPP for loopback, ENODEV */
  remove(name: string): void {
    const device = this.require(name);
    if (device.kind === 'loopback') throw new NetError('EOPNOTSUPP');
    this.take(device);
    device.removed();
  }

  /** @throws NetError EEXIST the name is taken over there, EINVAL for loopback */
  move(name: string, to: NetNamespace, newName: string = name): void {
    const device = this.require(name);
    if (device.kind === 'loopback') throw new NetError('EINVAL', 'The interface netns is immutable.');
    if (to === this.namespace) return this.rename(name, newName);
    to.devices.checkName(newName);
    this.take(device);
    device.name = newName;
    // A device keeps its index when nobody over there has it (dev_change_net_namespace).
    to.devices.add(device, to.devices.byIndex(device.index) ? undefined : device.index);
    device.changed();
  }

  setUp(name: string, up: boolean): void {
    const device = this.require(name);
    if (device.up === up) return;
    device.up = up;
    this.namespace.deviceChanged(device);
    this.touched(device);
  }

  setMtu(name: string, mtu: number): void {
    const device = this.require(name);
    if (mtu < 68) throw new NetError('EINVAL', 'mtu less than device minimum.');
    if (mtu > 65535) throw new NetError('EINVAL', 'mtu greater than device maximum.');
    device.mtu = mtu;
    if (device instanceof Bridge) device.mtuChosen = true;
    this.touched(device);
  }

  setMac(name: string, mac: Mac): void {
    const device = this.require(name);
    device.mac = mac;
    device.macChosen = true;
    this.namespace.neighbors.flush(device);
    this.touched(device);
  }

  /** Whether neighbours are asked for; what was known of them goes. */
  setArp(name: string, on: boolean): void {
    const device = this.require(name);
    device.noArp = !on;
    this.namespace.neighbors.flush(device);
    this.touched(device);
  }

  /** Make the device a port of a bridge, or of none. @throws NetError ENODEV EINVAL ELOOP EBUSY */
  setMaster(name: string, master: string | undefined): void {
    const device = this.require(name);
    const bridge = master === undefined ? undefined : this.require(master);
    if (bridge && !(bridge instanceof Bridge)) throw new NetError('EOPNOTSUPP');
    if (device instanceof Bridge && bridge) throw new NetError('ELOOP', 'Can not enslave a bridge to a bridge.');
    if (device.kind === 'loopback' && bridge) throw new NetError('EINVAL');
    if (device.master === bridge) return;
    if (device.master instanceof Bridge) device.master.removePort(device);
    device.master = bridge;
    bridge?.addPort(device);
  }

  checkName(name: string): void {
    if (name === '' || name.length > NAME_LIMIT || name === '.' || name === '..' || /[/:\s]/.test(name)) throw new NetError('EINVAL');
    if (this.#byName.has(name)) throw new NetError('EEXIST');
  }

  private freeIndex(): number {
    // Per namespace and never used twice, like Linux's.
    while (this.#byIndex.has(this.#nextIndex)) this.#nextIndex++;
    return this.#nextIndex++;
  }

  /** Out of this namespace, with all that hangs on it. */
  private take(device: Device): void {
    if (device.master) this.setMaster(device.name, undefined);
    if (device instanceof Bridge) for (const port of device.ports()) this.setMaster(port.name, undefined);
    device.up = false;
    this.namespace.deviceRemoved(device);
    this.#byName.delete(device.name);
    this.#byIndex.delete(device.index);
    this.namespace.sysctl.deviceRemoved(device.name);
  }

  private touched(device: Device): void {
    device.changed();
    device.master?.changed();
  }
}
