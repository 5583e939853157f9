/** `bridge fdb`: the forwarding tables of bridges and VXLAN devices, shown and changed. See bridge(8), bridge/fdb.c of iproute2. */
import { type Ipv4, type Mac, parseIpv4, parseMac, ZERO_MAC } from '../base/address.ts';
import { Bridge } from '../net/device/bridge.ts';
import type { Device } from '../net/device/device.ts';
import { Vxlan } from '../net/device/vxlan.ts';
import { NetError } from '../net/errors.ts';
import type { NetNamespace } from '../net/namespace.ts';
import { abbreviated, IpError, type Words } from './ip/words.ts';

interface FdbLine {
  readonly mac: Mac;
  readonly device: string;
  readonly bridge?: string;
  readonly vlan?: number;
  readonly destination?: Ipv4;
  /** The device that it is sent through. */
  readonly via?: string;
  readonly self: boolean;
  readonly state: 'permanent' | 'static' | '';
}

/** `bridge fdb …`: what it prints; empty after a change. */
export function fdb(ns: NetNamespace, words: Words, json: boolean): string {
  const verb = words.done ? 'show' : words.next();
  const command = abbreviated(verb, ['add', 'append', 'replace', 'delete', 'show', 'lst', 'list', 'flush']);
  if (command === undefined || command === 'flush') throw new IpError(`Command "${verb}" is unknown, try "bridge fdb help".`, 255);
  if (command === 'add' || command === 'append' || command === 'replace' || command === 'delete') {
    change(ns, command, words);
    return '';
  }
  const filter: { device?: string; bridge?: string } = {};
  while (!words.done) {
    const word = words.next();
    if (word === 'br') filter.bridge = words.next();
    else if (word === 'dev' || word === 'brport') filter.device = words.next();
    else filter.device = word;
    const named = filter.device ?? filter.bridge;
    if (named !== undefined && !ns.devices.get(named)) throw new IpError(`Cannot find device "${named}"`, 255);
  }
  const lines = ns.devices.list().flatMap(entries).filter((line) => (filter.device === undefined || line.device === filter.device) && (filter.bridge === undefined || line.bridge === filter.bridge));
  if (json) return `${JSON.stringify(lines.map((line) => ({ mac: line.mac, ...(filter.device === undefined ? { ifname: line.device } : {}), ...(line.destination ? { dst: line.destination } : {}), ...(line.vlan === undefined ? {} : { vlan: line.vlan }), ...(line.via === undefined ? {} : { viaIf: line.via }), flags: line.self ? ['self'] : [], ...(line.bridge && !line.self ? { master: line.bridge } : {}), state: line.state })))}\n`;
  return lines.map((line) => fdbLine(line, filter.device !== undefined)).join('');
}

/** Differs from Linux: multicast groups that a device has joined (33:33:…, 01:00:5e:…) are not listed. */
function entries(device: Device): readonly FdbLine[] {
  const state = (kind: 'learned' | 'static' | 'permanent'): FdbLine['state'] => (kind === 'learned' ? '' : kind);
  const { master } = device;
  const ofPort = device instanceof Bridge ? device : master instanceof Bridge ? master : undefined;
  // A bridge's table is a list that grows at its head. What does not age stands there twice: once for the VLAN that a
  // port belongs to unless told otherwise, used or not.
  const known = (ofPort?.fdb.list() ?? []).filter(({ port }) => port === device).toReversed().flatMap((entry) => {
    const line = { mac: entry.mac, device: device.name, bridge: ofPort!.name, self: false, state: state(entry.kind) };
    return entry.kind === 'learned' ? [line] : [{ ...line, vlan: 1 }, line];
  });
  if (!(device instanceof Vxlan)) return known;
  const { group, remote, device: lower } = device.options;
  const via = (mac: Mac, destination: Ipv4) => (lower !== undefined && mac === ZERO_MAC && destination === (group ?? remote) ? { via: lower } : {});
  return [...known, ...device.fdb.list().map(({ mac, destination, kind }) => ({ mac, device: device.name, destination, ...via(mac, destination), self: true, state: state(kind) }))];
}

function fdbLine(line: FdbLine, deviceKnown: boolean): string {
  const words = [line.mac, ...(deviceKnown ? [] : ['dev', line.device]), ...(line.destination ? ['dst', line.destination] : []), ...(line.vlan === undefined ? [] : ['vlan', String(line.vlan)]), ...(line.via === undefined ? [] : ['via', line.via]), ...(line.bridge ? ['master', line.bridge] : []), ...(line.self ? ['self'] : []), ...(line.state ? [line.state] : [])];
  return `${words.join(' ')}${line.state ? '' : ' '}\n`;
}

function change(ns: NetNamespace, command: 'add' | 'append' | 'replace' | 'delete', words: Words): void {
  let mac: Mac | undefined;
  let name: string | undefined;
  let destination: Ipv4 | undefined;
  let kind: 'static' | 'permanent' = 'permanent';
  while (!words.done) {
    const word = words.next();
    if (word === 'dev') name = words.next();
    else if (word === 'dst') {
      const text = words.next();
      destination = parseIpv4(text);
      if (!destination) throw new IpError(`Error: inet address is expected rather than "${text}".`, 255);
    } else if (word === 'static') kind = 'static';
    else if (['permanent', 'local', 'self', 'master'].includes(word)) continue;
    else if (mac === undefined) {
      mac = parseMac(word);
      if (!mac) throw new IpError(`Invalid mac address ${word}`, 255);
    } else throw new IpError(`Error: either "to" is duplicate, or "${word}" is a garbage.`, 255);
  }
  if (name === undefined || mac === undefined) throw new IpError('Device and address are required arguments.', 255);
  const device = ns.devices.get(name);
  if (!device) throw new IpError(`Cannot find device "${name}"`, 255);
  if (device instanceof Vxlan) {
    if (command === 'delete') return device.fdb.delete(mac, destination);
    if (!destination) throw new NetError('EINVAL');
    return appendOnce(() => device.fdb[command](mac, destination, kind), command);
  }
  const master = device instanceof Bridge ? device : device.master;
  if (!(master instanceof Bridge)) throw new NetError('EOPNOTSUPP');
  if (command === 'delete') {
    if (!master.fdb.delete(mac)) throw new NetError('ENOENT');
  } else master.fdb.add(mac, device, kind);
}

/** Appending what is there already changes nothing and is no error. */
function appendOnce(act: () => void, command: string): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof NetError && error.code === 'EEXIST' && command === 'append')) throw error;
  }
}
