/**
 * route and ifconfig of net-tools: the old ways to look at what `ip` shows, and to change a little of it.
 * See route(8), ifconfig(8). BusyBox prints the same tables with small differences.
 */
import { mayAdministerNetwork } from '../machine/capabilities.ts';
import { broadcastOf, fromNumber, maskOf, networkOf, parseCidr, parseIpv4, toNumber, type Cidr } from '../base/address.ts';
import type { Process, Program } from '../machine/program.ts';
import type { Device } from '../net/device/device.ts';
import { NetError } from '../net/errors.ts';
import type { Route } from '../net/routes.ts';
import { refuse } from './usage.ts';

/** The table of `route` and of `netstat -r`, which has other columns. */
export function routesTable(process: Process, style: 'route' | 'netstat'): string {
  const head = style === 'route' ? 'Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\n' : 'Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n';
  const rows = process.netns.routes.list('main').flatMap((route) => row(route, style));
  return `Kernel IP routing table\n${head}${rows.join('')}`;
}

function row(route: Route, style: 'route' | 'netstat'): readonly string[] {
  if (route.type !== 'unicast' && route.type !== 'unreachable' && route.type !== 'prohibit' && route.type !== 'blackhole') return [];
  const rejected = route.type === 'unreachable' || route.type === 'prohibit';
  const flags = rejected ? '!' : `U${route.via ? 'G' : ''}${route.destination.prefix === 32 ? 'H' : ''}`;
  const columns = `${networkOf(route.destination).padEnd(15)} ${(rejected ? '-' : (route.via ?? '0.0.0.0')).padEnd(15)} ${fromNumber(maskOf(route.destination.prefix)).padEnd(15)} `;
  const device = route.device ?? (rejected ? '-' : '*');
  if (style === 'route') return [`${columns}${flags.padEnd(5)} ${String(route.metric).padEnd(6)} ${(rejected ? '-' : '0').padEnd(2)} ${'0'.padStart(7)} ${device}\n`];
  return [`${columns}${flags.padEnd(6)} ${rejected ? '   - -          -' : '   0 0          0'} ${device}\n`];
}

export const route: Program = { name: 'route', run: runRoute };
export const busyboxRoute: Program = { name: 'busybox-route', run: runRoute };

async function runRoute(process: Process): Promise<number> {
  const args = process.argv.slice(1).filter((arg) => !/^-[neA4]+$/.test(arg));
  const [verb, ...rest] = args;
  if (verb === undefined) {
    await process.stdout.write(routesTable(process, 'route'));
    return 0;
  }
  if (verb !== 'add' && verb !== 'del') return refuse(process, 4, 'Usage: route [-nNvee] [-FC] [<AF>]           List kernel routing tables\n       route [-v] [-FC] {add|del|flush} ...  Modify routing table for AF.');
  const spec: { destination?: Cidr; via?: ReturnType<typeof parseIpv4>; device?: string; metric?: number } = {};
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i]!;
    if (word === 'gw') spec.via = parseIpv4(rest[++i] ?? '');
    else if (word === 'netmask' && spec.destination) spec.destination = { ...spec.destination, prefix: prefixOf(rest[++i] ?? '') };
    else if (word === 'dev') spec.device = rest[++i] ?? '';
    else if (word === 'metric') spec.metric = Number(rest[++i]);
    else if (word === '-net' || word === '-host') continue;
    else if (word === 'default') spec.destination = { address: '0.0.0.0' as Cidr['address'], prefix: 0 };
    else if (parseCidr(word)) spec.destination = parseCidr(word)!;
    else spec.device = word;
  }
  if (!spec.destination) return refuse(process, 4, 'route: netmask doesn\'t match route address');
  const { destination, via, device, metric } = spec;
  if (!mayAdministerNetwork(process)) return refuse(process, 7, `${verb === 'add' ? 'SIOCADDRT' : 'SIOCDELRT'}: Operation not permitted`);
  const described = { destination, ...(via ? { via } : {}), ...(device ? { device } : {}), ...(metric ? { metric } : {}) };
  try {
    if (verb === 'add') process.netns.routes.add(described);
    else process.netns.routes.delete(described);
    return 0;
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    const words = error.code === 'ESRCH' ? 'No such process' : error.code === 'ENETUNREACH' ? 'Network is unreachable' : error.code === 'EEXIST' ? 'File exists' : error.code === 'ENODEV' ? 'No such device' : error.message;
    return refuse(process, 7, `${verb === 'add' ? 'SIOCADDRT' : 'SIOCDELRT'}: ${words}`);
  }
}

const prefixOf = (mask: string) => Array.from({ length: 33 }, (_, prefix) => prefix).find((prefix) => fromNumber(maskOf(prefix)) === mask) ?? 32;

export const ifconfig: Program = { name: 'ifconfig', run: (process) => runIfconfig(process, 'net-tools') };
export const busyboxIfconfig: Program = { name: 'busybox-ifconfig', run: (process) => runIfconfig(process, 'busybox') };

async function runIfconfig(process: Process, flavour: 'net-tools' | 'busybox'): Promise<number> {
  const { devices } = process.netns;
  const all = process.argv.includes('-a');
  const [name, ...changes] = process.argv.slice(1).filter((arg) => arg !== '-a');
  if (name !== undefined && flavour === 'net-tools' && name.startsWith('-')) return refuse(process, 1, `ifconfig: option \`${name}' not recognised.\nifconfig: \`--help' gives usage information.`);
  if (name !== undefined && flavour === 'net-tools' && changes.length > 0 && !devices.get(name)) return refuse(process, 255, `${name}: ERROR while getting interface flags: No such device`);
  if (name !== undefined && !devices.get(name)) return refuse(process, 1, `${flavour === 'busybox' ? 'ifconfig: ' : ''}${name}: error fetching interface information: Device not found`);
  if (name !== undefined && changes.length > 0) return changeDevice(process, name, changes);
  // net-tools sorts by name; BusyBox too.
  const shown = devices.list().filter((device) => (name === undefined ? all || device.up : device.name === name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  await process.stdout.write(shown.map((device) => (flavour === 'busybox' ? oldStyle(process, device) : newStyle(process, device))).join(''));
  return 0;
}

async function changeDevice(process: Process, name: string, words: readonly string[]): Promise<number> {
  const { netns } = process;
  if (!mayAdministerNetwork(process)) return refuse(process, 255, `${parseCidr(words[0] ?? '') ? 'SIOCSIFADDR' : words[0] === 'mtu' ? 'SIOCSIFMTU' : 'SIOCSIFFLAGS'}: Operation not permitted`);
  try {
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!;
      const address = parseCidr(word);
      if (word === 'up' || word === 'down') netns.devices.setUp(name, word === 'up');
      else if (word === 'mtu') {
        const mtu = Number(words[++i]);
        if (!(mtu > 0)) return refuse(process, 1, 'SIOCSIFMTU: Invalid argument');
        netns.devices.setMtu(name, mtu);
      }
      else if (address) {
        const mask = words[i + 1] === 'netmask' ? prefixOf(words[i + 2] ?? '') : word.includes('/') ? address.prefix : classful(address.address);
        if (words[i + 1] === 'netmask') i += 2;
        for (const old of netns.addresses(name)) netns.deleteAddress(name, old.address);
        const chosen = { address: address.address, prefix: mask };
        netns.addAddress(name, chosen, { broadcast: broadcastOf(chosen) });
        netns.devices.setUp(name, true);
      } else return await refuse(process, 1, `${word}: Unknown host\nifconfig: \`--help' gives usage information.`);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    return refuse(process, 255, `SIOCSIFFLAGS: ${error.message}`);
  }
}

const classful = (address: Cidr['address']) => (toNumber(address) < 0x80000000 ? 8 : toNumber(address) < 0xc0000000 ? 16 : 24);

function newStyle({ netns }: Process, device: Device): string {
  const flags = flagsOf(device);
  const { counters } = device;
  const addresses = netns.addresses(device.name).slice(0, 1).map(({ address, broadcast }) => `        inet ${address.address}  netmask ${fromNumber(maskOf(address.prefix))}${device.kind === 'loopback' ? '' : `  broadcast ${broadcast ?? '0.0.0.0'}`}\n`);
  const hardware = device.kind === 'loopback' ? '        loop  txqueuelen 1000  (Local Loopback)\n' : `        ether ${device.mac}  txqueuelen 1000  (Ethernet)\n`;
  return (
    `${device.name}: flags=${flags.number}<${flags.names.join(',')}>  mtu ${device.mtu}\n${addresses.join('')}${hardware}` +
    `        RX packets ${counters.rxPackets}  bytes ${counters.rxBytes} (${amount(counters.rxBytes)})\n        RX errors 0  dropped ${counters.rxDropped}  overruns 0  frame 0\n` +
    `        TX packets ${counters.txPackets}  bytes ${counters.txBytes} (${amount(counters.txBytes)})\n        TX errors 0  dropped ${counters.txDropped} overruns 0  carrier 0  collisions 0\n\n`
  );
}

function oldStyle({ netns }: Process, device: Device): string {
  const { counters } = device;
  const loopback = device.kind === 'loopback';
  const addresses = netns.addresses(device.name).slice(0, 1).map(({ address, broadcast }) => `          inet addr:${address.address}  ${loopback ? '' : `Bcast:${broadcast ?? '0.0.0.0'}  `}Mask:${fromNumber(maskOf(address.prefix))}\n`);
  return (
    `${device.name.padEnd(9)} Link encap:${loopback ? 'Local Loopback' : `Ethernet  HWaddr ${device.mac.toUpperCase()}`}  \n${addresses.join('')}` +
    `          ${flagsOf(device).names.map((flag) => (flag === 'UP' || flag === 'BROADCAST' || flag === 'LOOPBACK' || flag === 'RUNNING' || flag === 'MULTICAST' ? flag : '')).filter(Boolean).join(' ')}  MTU:${device.mtu}  Metric:1\n` +
    `          RX packets:${counters.rxPackets} errors:0 dropped:${counters.rxDropped} overruns:0 frame:0\n          TX packets:${counters.txPackets} errors:0 dropped:${counters.txDropped} overruns:0 carrier:0\n` +
    `          collisions:0 txqueuelen:1000 \n          RX bytes:${counters.rxBytes} (${amount(counters.rxBytes)})  TX bytes:${counters.txBytes} (${amount(counters.txBytes)})\n\n`
  );
}

/** The kernel's flag bits, by the names and in the order of net-tools. */
function flagsOf(device: Device): { readonly number: number; readonly names: readonly string[] } {
  const loopback = device.kind === 'loopback';
  const bits: readonly (readonly [name: string, bit: number, set: boolean])[] = [
    ['UP', 1, device.up], ['BROADCAST', 2, !loopback], ['LOOPBACK', 8, loopback], ['RUNNING', 64, device.carrier], ['MULTICAST', 4096, !loopback],
  ];
  const set = bits.filter(([, , present]) => present);
  return { number: set.reduce((sum, [, bit]) => sum + bit, 0), names: set.map(([name]) => name) };
}

function amount(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < 3) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}
