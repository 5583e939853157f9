/**
 * How iproute2 prints a device: for `ip link`, `ip address`, and in JSON. See ip/ipaddress.c, print_linkinfo.
 * Differs from Linux: a device that went down shows `qdisc noop`, as one that has never been up; the real one keeps `noqueue`.
 */
import { printCidr } from '../../base/address.ts';
import type { InterfaceAddress } from '../../net/addresses.ts';
import { Bridge } from '../../net/device/bridge.ts';
import type { Device } from '../../net/device/device.ts';
import { Ipip } from '../../net/device/ipip.ts';
import type { IpContext } from './words.ts';

/** What both lists show of a device: its first two lines. */
export function deviceLines(device: Device, context: IpContext, kind: 'link' | 'address' | 'address-alone'): string {
  const { flags } = context;
  const separator = flags.oneline ? '\\' : '\n';
  const mode = kind === 'link' ? ' mode DEFAULT' : '';
  const first = `${device.index}: ${fullName(device)}: <${device.flags().join(',')}> mtu ${device.mtu} qdisc ${device.qdisc}${device.master ? ` master ${device.master.name}` : ''} state ${device.operState}${mode} group default qlen 1000`;
  const elsewhere = linkNamespace(device, context);
  // With -4, or where only some addresses are wanted, the link layer is left out, and the namespace of the other end follows at once.
  if (kind === 'address-alone' || (kind === 'address' && flags.family === 4)) return first + elsewhere;
  const [hardware, broadcast] = hardwareAddresses(device);
  const second = `${separator}    link/${device.linkType} ${hardware} ${device instanceof Ipip && device.remote !== '0.0.0.0' ? 'peer' : 'brd'} ${broadcast}${elsewhere}`;
  return first + second + (flags.details ? details(device, separator) : '') + (flags.statistics ? statistics(device, separator) : '');
}

/** `eth0@if5`: the other end is in another namespace; `veth1@veth0`: it is here. */
export function fullName(device: Device): string {
  const { peerIndex } = device;
  // A tunnel could be bound to a device and is not: the kernel says that its link is nobody.
  if (device instanceof Ipip) return `${device.name}@NONE`;
  if (peerIndex === undefined) return device.name;
  const here = device.linkNamespace === undefined || device.linkNamespace === device.namespace;
  return `${device.name}@${here ? (device.namespace.devices.byIndex(peerIndex)?.name ?? `if${peerIndex}`) : `if${peerIndex}`}`;
}

/** ` link-netns b` for a namespace with a name, ` link-netnsid 0` for one without. */
function linkNamespace(device: Device, { process, ns }: IpContext): string {
  const other = device.linkNamespace;
  if (!other || other === device.namespace) return '';
  const named = [...process.machine.namespaces].find(([, namespace]) => namespace === other)?.[0];
  return named === undefined ? ` link-netnsid ${namespaceIds(ns).indexOf(other)}` : ` link-netns ${named}`;
}

/** Identifiers are given in the order in which devices first referred to a namespace. */
function namespaceIds(ns: IpContext['ns']): readonly unknown[] {
  return [...new Set(ns.devices.list().flatMap((device) => (device.linkNamespace && device.linkNamespace !== ns ? [device.linkNamespace] : [])))];
}

function hardwareAddresses(device: Device): readonly [hardware: string, broadcast: string] {
  if (device instanceof Ipip) return [device.local, device.remote];
  if (device.kind === 'loopback') return [device.mac, '00:00:00:00:00:00'];
  return [device.mac, 'ff:ff:ff:ff:ff:ff'];
}

const word = (on: boolean) => (on ? 'on' : 'off');

/** What `-d` adds: limits, the kind's own words, and those of a bridge port. */
function details(device: Device, separator: string): string {
  const port = device.master instanceof Bridge ? device.master.port(device) : undefined;
  const queues = device.kind === 'veth' ? 2 : 1;
  const tail = `addrgenmode eui64 numtxqueues ${queues} numrxqueues ${queues} gso_max_size 65536 gso_max_segs 65535 tso_max_size 524280 tso_max_segs 65535 gro_max_size 65536 `;
  const limits = device.kind === 'loopback' ? 'minmtu 0 maxmtu 0 ' : 'minmtu 68 maxmtu 65535 ';
  const slave = port ? `${separator}    bridge_slave state ${device.carrier ? 'forwarding' : 'disabled'} priority 32 cost 2 hairpin ${word(port.hairpin)} guard off root_block off fastleave off learning ${word(port.learning)} flood ${word(port.flood)} ` : '';
  const own = device.details();
  return ` promiscuity ${port ? 1 : 0}  allmulti ${port ? 1 : 0} ${limits}${own ? `${separator}    ${own} ` : ''}${slave}${tail}`;
}

/** Columns as wide as their titles or their numbers. */
function statistics(device: Device, separator: string): string {
  const { counters } = device;
  const block = (mark: string, titles: readonly string[], values: readonly number[]) => {
    const widths = titles.map((title, i) => Math.max([6, 7, 6, 7, 7, 7][i]!, title.length, String(values[i]).length));
    const row = (cells: readonly (string | number)[]) => cells.map((cell, i) => ` ${String(cell).padStart(widths[i]!)}`).join('');
    return `${separator}    ${mark}:${row(titles)}           ${separator}       ${row(values)} `;
  };
  return (
    block('RX', ['bytes', 'packets', 'errors', 'dropped', 'missed', 'mcast'], [counters.rxBytes, counters.rxPackets, 0, counters.rxDropped, 0, 0]) +
    block('TX', ['bytes', 'packets', 'errors', 'dropped', 'carrier', 'collsns'], [counters.txBytes, counters.txPackets, 0, counters.txDropped, 0, 0])
  );
}

/** `inet 10.0.0.1/24 brd 10.0.0.255 scope global eth0`, without the indentation. */
export function addressWords(entry: InterfaceAddress): string {
  const local = entry.peer ? `${entry.address.address} peer ${printCidr(entry.peer)}` : printCidr(entry.address);
  return `inet ${local}${entry.broadcast ? ` brd ${entry.broadcast}` : ''} scope ${entry.scope}${entry.secondary ? ' secondary' : ''} ${entry.label ?? entry.device}`;
}

/** A device as `-j` shows it; `addresses` only for `ip -j address`. */
export function deviceJson(device: Device, context: IpContext, addresses?: readonly InterfaceAddress[]): Record<string, unknown> {
  const [hardware, broadcast] = hardwareAddresses(device);
  const here = device.linkNamespace === undefined || device.linkNamespace === device.namespace;
  const peer = device.peerIndex === undefined ? {} : here ? { link: context.ns.devices.byIndex(device.peerIndex)?.name } : { link_index: device.peerIndex };
  return {
    ifindex: device.index, ...peer, ifname: device.name, flags: device.flags(), mtu: device.mtu, qdisc: device.qdisc,
    ...(device.master ? { master: device.master.name } : {}), operstate: device.operState, ...(addresses ? {} : { linkmode: 'DEFAULT' }), group: 'default', txqlen: 1000,
    ...(addresses && context.flags.family === 4 ? {} : { link_type: device.linkType, address: hardware, broadcast }),
    ...(here ? {} : { link_netnsid: namespaceIds(context.ns).indexOf(device.linkNamespace) }),
    ...(context.flags.details ? { linkinfo: { info_kind: device.kind } } : {}),
    ...(context.flags.statistics
      ? { stats64: { rx: { bytes: device.counters.rxBytes, packets: device.counters.rxPackets, dropped: device.counters.rxDropped }, tx: { bytes: device.counters.txBytes, packets: device.counters.txPackets, dropped: device.counters.txDropped } } }
      : {}),
    ...(addresses
      ? {
          addr_info: addresses.map((entry) => ({
            family: 'inet', local: entry.address.address, prefixlen: entry.address.prefix, ...(entry.broadcast ? { broadcast: entry.broadcast } : {}), scope: entry.scope,
            ...(entry.secondary ? { secondary: true } : {}), label: entry.label ?? entry.device, valid_life_time: 4_294_967_295, preferred_life_time: 4_294_967_295,
          })),
        }
      : {}),
  };
}
