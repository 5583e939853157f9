/** `/proc/net` of one namespace: devices, routes, neighbors and sockets in the kernel's own tables. See proc_net(5). */
import { ANY, type Ipv4, maskOf, toNumber } from '../base/address.ts';
import type { NetNamespace } from '../net/namespace.ts';
import { type ComputedNode, entriesOf } from './computed-files.ts';

export function procNet(netns: NetNamespace): ReadonlyMap<string, ComputedNode> {
  return entriesOf({
    arp: () => arp(netns),
    dev: () => devices(netns),
    route: () => routes(netns),
    tcp: () => sockets(netns, 'tcp'),
    udp: () => sockets(netns, 'udp'),
  });
}

/** An address as the kernel prints it here: the bytes in the order of a little-endian machine. */
function hex(address: Ipv4): string {
  const number = toNumber(address);
  const swapped = (((number & 255) << 24) | ((number & 0xff00) << 8) | ((number >>> 8) & 0xff00) | (number >>> 24)) >>> 0;
  return hex32(swapped);
}

const hex32 = (number: number) => (number >>> 0).toString(16).toUpperCase().padStart(8, '0');

function devices(netns: NetNamespace): string {
  const rows = netns.devices.list().map((device) => {
    const { rxBytes, rxPackets, rxDropped, txBytes, txPackets, txDropped } = device.counters;
    const cell = (value: number, width: number) => String(value).padStart(width);
    return `${device.name.padStart(6)}: ${cell(rxBytes, 7)} ${cell(rxPackets, 7)}    0 ${cell(rxDropped, 4)}    0     0          0         0 ${cell(txBytes, 8)} ${cell(txPackets, 7)}    0 ${cell(txDropped, 4)}    0     0       0          0\n`;
  });
  return 'Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n' + rows.join('');
}

function routes(netns: NetNamespace): string {
  const rows = netns.routes.list('main').filter((route) => route.type === 'unicast' && route.device !== undefined).map((route) => {
    const flags = 1 + (route.via ? 2 : 0) + (route.destination.prefix === 32 ? 4 : 0);
    const mask = hexMask(route.destination.prefix);
    return [route.device, hex(route.destination.address), hex(route.via ?? ANY), String(flags).padStart(4, '0'), '0', '0', String(route.metric), mask, '0', '0', '0'].join('\t').padEnd(127) + '\n';
  });
  return 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT'.padEnd(127) + '\n' + rows.join('');
}

function hexMask(prefix: number): string {
  const mask = maskOf(prefix);
  return hex32(((mask & 255) << 24) | ((mask & 0xff00) << 8) | ((mask >>> 8) & 0xff00) | (mask >>> 24));
}

function arp(netns: NetNamespace): string {
  const rows = netns.neighbors.list().filter((entry) => !entry.proxy).map((entry) => {
    const flags = entry.state === 'PERMANENT' ? '0x6' : entry.mac ? '0x2' : '0x0';
    return `${entry.address.padEnd(16)} 0x1         ${flags.padEnd(9)}   ${entry.mac ?? '00:00:00:00:00:00'}     *        ${entry.device}\n`;
  });
  return 'IP address       HW type     Flags       HW address            Mask     Device\n' + rows.join('');
}

/** include/net/tcp_states.h. */
const STATES: Readonly<Record<string, string>> = {
  ESTABLISHED: '01', 'SYN-SENT': '02', SYN_SENT: '02', 'SYN-RECV': '03', SYN_RECV: '03', 'FIN-WAIT-1': '04', FIN_WAIT1: '04', 'FIN-WAIT-2': '05', FIN_WAIT2: '05',
  'TIME-WAIT': '06', TIME_WAIT: '06', CLOSE: '07', 'CLOSE-WAIT': '08', CLOSE_WAIT: '08', 'LAST-ACK': '09', LAST_ACK: '09', LISTEN: '0A', CLOSING: '0B',
};

function sockets(netns: NetNamespace, protocol: 'tcp' | 'udp'): string {
  const endpoint = (end: { readonly address: Ipv4; readonly port: number } | undefined) => `${hex(end?.address ?? ANY)}:${(end?.port ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = netns.sockets.list().filter((socket) => socket.protocol === protocol).map((socket, index) => {
    const state = STATES[String(socket.state).toUpperCase()] ?? '07';
    return `${String(index).padStart(4)}: ${endpoint(socket.local)} ${endpoint(socket.remote)} ${state} ${hex32(socket.sendQueue)}:${hex32(socket.recvQueue)} 00:00000000 00000000     0        0 ${20_000 + index} 1 0000000000000000 100 0 0 10 0`.padEnd(149) + '\n';
  });
  return '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'.padEnd(149) + '\n' + rows.join('');
}
