/** arp of net-tools and of BusyBox: the table of neighbors in the old layouts, entries made and removed by hand. See arp(8). */
import { type Ipv4, parseIpv4, parseMac } from '../base/address.ts';
import type { Process, Program } from '../machine/program.ts';
import { NetError } from '../net/errors.ts';
import type { Neighbor } from '../net/neighbors.ts';
import { type OptionError, parseOptions, type ParsedOptions } from './options.ts';
import { refuse, withOptions } from './usage.ts';

export const arp: Program = { name: 'arp', run: (process) => withOptions(() => main(process, 'net-tools'), (error: OptionError) => refuse(process, 3, `${error.sentence('arp')}\n${USAGE}`)) };
export const busyboxArp: Program = { name: 'busybox-arp', run: (process) => withOptions(() => main(process, 'busybox'), (error: OptionError) => refuse(process, 1, error.sentence('arp'))) };

type Flavour = 'net-tools' | 'busybox';

async function main(process: Process, flavour: Flavour): Promise<number> {
  const options = parseOptions(process.argv.slice(1), { short: 'vnaei:ds', long: { verbose: 'v', numeric: 'n', device: 'i:', delete: 'd', set: 's', all: 'a' } });
  if (options.has('d')) return remove(process, options, flavour);
  if (options.has('s')) return add(process, options);
  return show(process, options, flavour);
}

async function remove(process: Process, options: ParsedOptions, flavour: Flavour): Promise<number> {
  const [address = ''] = options.operands;
  const known = process.netns.neighbors.list().find((entry) => entry.address === address && fits(entry, options));
  if (!known) {
    if (flavour === 'busybox') return refuse(process, 1, `No ARP entry for ${address}`);
    await process.stdout.write(`No ARP entry for ${address}\n`);
    return 255;
  }
  process.netns.neighbors.delete(known.address, known.device);
  return 0;
}

async function add(process: Process, options: ParsedOptions): Promise<number> {
  const [host = '', hardware] = options.operands;
  const address = parseIpv4(host);
  if (!address) return refuse(process, 255, `${host}: Unknown host`);
  if (hardware === undefined) return refuse(process, 255, 'arp: need hardware address');
  const mac = parseMac(hardware);
  if (!mac) return refuse(process, 255, 'arp: invalid hardware address');
  const device = options.value('i') ?? neighborDevice(process, address);
  if (device === undefined) return refuse(process, 255, 'SIOCSARP: Network is unreachable');
  try {
    process.netns.neighbors.replace(address, device, mac, 'PERMANENT');
    return 0;
  } catch (error) {
    if (error instanceof NetError) return refuse(process, 255, `SIOCSARP: ${error.message}`);
    throw error;
  }
}

/** The interface behind which the address is a neighbor. */
function neighborDevice(process: Process, address: Ipv4): string | undefined {
  const answer = process.netns.routes.lookup(address);
  return answer.kind === 'unreachable' || !('device' in answer) || ('via' in answer && answer.via !== undefined) ? undefined : nameOf(answer.device);
}

const nameOf = (device: unknown): string | undefined => (typeof device === 'string' ? device : (device as { readonly name?: string } | undefined)?.name);

async function show(process: Process, options: ParsedOptions, flavour: Flavour): Promise<number> {
  const [wanted] = options.operands;
  const entries = process.netns.neighbors.list().filter((entry) => entry.state !== 'NOARP' && (wanted === undefined || entry.address === wanted) && fits(entry, options));
  if (options.has('a') || flavour === 'busybox') {
    const blank = flavour === 'busybox' ? '  ' : ' ';
    await process.stdout.write(entries.map(({ address, mac, device, state }) => `? (${address}) at ${mac ?? '<incomplete>'}${mac ? ' [ether]' : ''}${state === 'PERMANENT' ? ' PERM' : ''}${blank}on ${device}\n`).join(''));
    return 0;
  }
  if (entries.length === 0) {
    const all = process.netns.neighbors.list().length;
    await process.stdout.write(wanted !== undefined ? `${wanted} (${wanted}) -- no entry\n` : options.has('i') ? `arp: in ${all} entries no match found.\n` : '');
    return 0;
  }
  const rows = entries.map(({ address, mac, device, state }) => `${address.padEnd(23)}  ${mac ? 'ether   ' : '        '}${(mac ?? '(incomplete)').padEnd(20)}${(mac ? (state === 'PERMANENT' ? 'CM' : 'C') : '').padEnd(22)}${device}\n`);
  await process.stdout.write(`Address                  HWtype  HWaddress           Flags Mask            Iface\n${rows.join('')}`);
  return 0;
}

const fits = (entry: Neighbor, options: ParsedOptions): boolean => !options.has('i') || entry.device === options.value('i');

const USAGE = `Usage:
  arp [-vn]  [<HW>] [-i <if>] [-a] [<hostname>]             <-Display ARP cache
  arp [-v]          [-i <if>] -d  <host> [pub]               <-Delete ARP entry
  arp [-vnD] [<HW>] [-i <if>] -f  [<filename>]            <-Add entry from file
  arp [-v]   [<HW>] [-i <if>] -s  <host> <hwaddr> [temp]            <-Add entry
  arp [-v]   [<HW>] [-i <if>] -Ds <host> <if> [netmask <nm>] pub          <-''-

        -a                       display (all) hosts in alternative (BSD) style
        -e                       display (all) hosts in default (Linux) style
        -s, --set                set a new ARP entry
        -d, --delete             delete a specified entry
        -v, --verbose            be verbose
        -n, --numeric            don't resolve names
        -i, --device             specify network interface (e.g. eth0)
        -D, --use-device         read <hwaddr> from given device
        -A, -p, --protocol       specify protocol family
        -f, --file               read new entries from file or from /etc/ethers

  <HW>=Use '-H <hw>' to specify hardware address type. Default: ether
  List of possible hardware types (which support ARP):
    ash (Ash) ether (Ethernet) ax25 (AMPR AX.25) 
    netrom (AMPR NET/ROM) rose (AMPR ROSE) arcnet (ARCnet) 
    dlci (Frame Relay DLCI) fddi (Fiber Distributed Data Interface) hippi (HIPPI) 
    irda (IrLAP) x25 (generic X.25) eui64 (Generic EUI-64) `;
