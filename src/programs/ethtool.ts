/**
 * ethtool: what a device says of its link, its driver and its counters. See ethtool(8) and drivers/net/veth.c.
 * Differs from Linux: features (`-k`) and everything that sets something are missing; nothing here has any.
 */
import type { Process, Program } from '../machine/program.ts';
import type { Device } from '../net/device/device.ts';
import { refuse } from './usage.ts';

const DRIVERS: Readonly<Record<string, string>> = { veth: 'veth', bridge: 'bridge', vxlan: 'vxlan', dummy: 'dummy', ipip: 'ipip' };
const BAD = 'ethtool: bad command line argument(s)\nFor more information run ethtool -h';

export const ethtool: Program = {
  name: 'ethtool',
  async run(process) {
    const [first, second] = process.argv.slice(1);
    if (first === '--version') return print(process, 'ethtool version 6.1\n');
    const [option, name] = first?.startsWith('-') ? [first, second] : ['', first];
    const report = REPORTS[option];
    if (!report || name === undefined) return refuse(process, 1, BAD);
    return report(process, process.netns.devices.get(name));
  },
};

const REPORTS: Readonly<Record<string, (process: Process, device: Device | undefined) => Promise<number>>> = { '': settings, '-i': driver, '--driver': driver, '-S': statistics, '--statistics': statistics, '-P': permanent, '--show-permaddr': permanent, '-a': unsupported, '--show-pause': unsupported, '-g': unsupported, '--show-ring': unsupported, '-c': unsupported, '--show-coalesce': unsupported };

async function print(process: Process, text: string): Promise<number> {
  await process.stdout.write(text);
  return 0;
}

async function settings(process: Process, device: Device | undefined): Promise<number> {
  if (!device) return refuse(process, 75, 'netlink error: no device matches name (offset 24)\nnetlink error: No such device\nNo data available');
  const detected = `\tLink detected: ${device.up && device.carrier ? 'yes' : 'no'}\n`;
  if (device.kind !== 'veth' && device.kind !== 'bridge') return print(process, `Settings for ${device.name}:\n${detected}`);
  const medium = device.kind === 'veth' ? '\tSpeed: 10000Mb/s\n\tDuplex: Full\n\tAuto-negotiation: off\n\tPort: Twisted Pair\n' : `\tSpeed: ${device.carrier ? '10000Mb/s' : 'Unknown!'}\n\tDuplex: Unknown! (255)\n\tAuto-negotiation: off\n\tPort: Other\n`;
  const modes = ['Supported ports: [  ]', 'Supported link modes:   Not reported', 'Supported pause frame use: No', 'Supports auto-negotiation: No', 'Supported FEC modes: Not reported', 'Advertised link modes:  Not reported', 'Advertised pause frame use: No', 'Advertised auto-negotiation: No', 'Advertised FEC modes: Not reported'];
  return print(process, `Settings for ${device.name}:\n${modes.map((mode) => `\t${mode}\n`).join('')}${medium}\tPHYAD: 0\n\tTransceiver: internal\n${device.kind === 'veth' ? '\tMDI-X: Unknown\n' : ''}${detected}`);
}

async function driver(process: Process, device: Device | undefined): Promise<number> {
  if (!device) return refuse(process, 71, 'Cannot get driver information: No such device');
  const name = DRIVERS[device.kind];
  if (!name) return refuse(process, 71, 'Cannot get driver information: Operation not supported');
  return print(process, `driver: ${name}\nversion: 1.0\nfirmware-version: \nexpansion-rom-version: \nbus-info: \nsupports-statistics: yes\nsupports-test: no\nsupports-eeprom-access: no\nsupports-register-dump: no\nsupports-priv-flags: no\n`);
}

/** Of a veth, the number of its other end, and counters of XDP, of which there is none. */
async function statistics(process: Process, device: Device | undefined): Promise<number> {
  if (!device) return refuse(process, 96, 'Cannot get stats strings information: No such device');
  const peer = device.kind === 'veth' ? (device as Device & { readonly peer?: Device }).peer : undefined;
  if (!peer) return refuse(process, 94, 'no stats available');
  const queues = ['rx_queue_0_xdp_packets', 'rx_queue_0_xdp_bytes', 'rx_queue_0_drops', 'rx_queue_0_xdp_redirect', 'rx_queue_0_xdp_drops', 'rx_queue_0_xdp_tx', 'rx_queue_0_xdp_tx_errors', 'tx_queue_0_xdp_xmit', 'tx_queue_0_xdp_xmit_errors'];
  return print(process, `NIC statistics:\n     peer_ifindex: ${peer.index}\n${queues.map((queue) => `     ${queue}: 0\n`).join('')}`);
}

/** Pause frames, rings and interrupts are what cards have; virtual devices do not. */
async function unsupported(process: Process, device: Device | undefined): Promise<number> {
  return refuse(process, 1, device ? 'netlink error: Operation not supported' : 'netlink error: no device matches name (offset 24)\nnetlink error: No such device');
}

async function permanent(process: Process, device: Device | undefined): Promise<number> {
  if (!device) return refuse(process, 1, 'Cannot read permanent address: No such device');
  return print(process, 'Permanent address: not set\n');
}
