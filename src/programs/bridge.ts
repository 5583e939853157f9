/** `bridge` of iproute2 and `brctl` of bridge-utils: ports and forwarding tables. See bridge(8), brctl(8). */
import type { Process, Program } from '../machine/program.ts';
import { Bridge, createBridge } from '../net/device/bridge.ts';
import type { Device } from '../net/device/device.ts';
import { NetError } from '../net/errors.ts';
import type { NetNamespace } from '../net/namespace.ts';
import { fdb } from './bridge-fdb.ts';
import { setPort, switchesOf } from './bridge-port.ts';
import { fullName } from './ip/device-lines.ts';
import { abbreviated, IpError, Words } from './ip/words.ts';
import { refuse } from './usage.ts';

export const bridge: Program = {
  name: 'bridge',
  async run(process) {
    const args = process.argv.slice(1);
    const flags = new Set<string>();
    let ns = process.netns;
    while (args[0]?.startsWith('-')) {
      const flag = args.shift()!;
      if (flag === '-n') {
        const found = process.machine.namespaces.get(args.shift() ?? '');
        if (!found) return refuse(process, 255, 'Cannot open network namespace: No such file or directory');
        ns = found;
      } else if (['-d', '-s', '-j', '-V', '-o', '-c'].includes(flag)) flags.add(flag);
      else return refuse(process, 255, `Option "${flag}" is unknown, try "bridge help".`);
    }
    const [object, ...rest] = args;
    try {
      if (object === undefined || 'help'.startsWith(object)) throw new IpError(USAGE, 255);
      const name = abbreviated(object, ['link', 'fdb', 'mdb', 'vlan', 'monitor']);
      if (name === 'link') await process.stdout.write(links(ns, new Words(rest), flags.has('-d')));
      else if (name === 'fdb') await process.stdout.write(fdb(ns, new Words(rest), flags.has('-j')));
      else if (name === undefined) throw new IpError(`Object "${object}" is unknown, try "bridge help".`, 255);
      else throw new IpError(`bridge ${name} is not part of this simulator`, 255);
      return 0;
    } catch (error) {
      if (error instanceof NetError) return refuse(process, 255, `RTNETLINK answers: ${error.message}`);
      if (!(error instanceof IpError)) throw error;
      return refuse(process, error.code, error.message);
    }
  },
};

function links(ns: NetNamespace, words: Words, details: boolean): string {
  if (words.take('set')) return setPort(ns, words);
  let only: string | undefined;
  words.take('show', 'list', 'lst');
  while (!words.done) {
    const word = words.next();
    only = word === 'dev' ? words.next() : word;
    if (!ns.devices.get(only)) throw new IpError(`Cannot find device "${only}"`, 255);
  }
  const ports = ns.devices.list().filter((device) => device.master instanceof Bridge && (only === undefined || device.name === only));
  return ports.map((device) => portLine(device, details)).join('');
}

function portLine(device: Device, details: boolean): string {
  const more = `    ${switchesOf(device)}\n`;
  return `${device.index}: ${fullName(device)}: <${device.flags().join(',')}> mtu ${device.mtu} master ${device.master!.name} state ${device.carrier ? 'forwarding' : 'disabled'} priority 32 cost 2 \n${details ? more : ''}`;
}

export const brctl: Program = {
  name: 'brctl',
  async run(process) {
    const [command, first, second] = process.argv.slice(1);
    const { netns } = process;
    const needed = BRCTL_ARGUMENTS[command ?? ''];
    if (needed !== undefined && process.argv.length - 2 < needed) {
      await process.stdout.write(`Incorrect number of arguments for command\nUsage: brctl ${BRCTL_USAGE.split('\n').find((line) => line.trim().startsWith(`${command} `))!.trim().replace(/ +\t/, ' ')}\n`);
      return 1;
    }
    const found = first === undefined ? undefined : netns.devices.get(first);
    const isBridge = found instanceof Bridge;
    try {
      switch (command) {
        case 'show':
          if (first !== undefined && !isBridge) return await refuse(process, 1, found ? `device ${first} is not a bridge!` : `bridge ${first} does not exist!`);
          await process.stdout.write(showBridges(process, found));
          return 0;
        case 'showmacs':
          if (!isBridge) return await refuse(process, 1, `read of forward table failed: No such device`);
          await process.stdout.write(showMacs(process, found));
          return 0;
        case 'addbr':
          createBridge(netns, first ?? '');
          return 0;
        case 'delbr':
          if (!isBridge) return await refuse(process, 1, found ? `can't delete bridge ${first}: Operation not permitted` : `bridge ${first} doesn't exist; can't delete it`);
          if (found.up) return await refuse(process, 1, `bridge ${first} is still up; can't delete it`);
          netns.devices.remove(first!);
          return 0;
        case 'addif':
        case 'delif': {
          if (!isBridge) return await refuse(process, 1, `bridge ${first} does not exist!`);
          const port = netns.devices.get(second ?? '');
          if (!port) return await refuse(process, 1, `interface ${second} does not exist!`);
          if (command === 'addif' && port.master) return await refuse(process, 1, `device ${second} is already a member of a bridge; can't add it to bridge ${first}.`);
          if (command === 'delif' && port.master !== found) return await refuse(process, 1, `device ${second} is not a slave of ${first}`);
          netns.devices.setMaster(second!, command === 'addif' ? first : undefined);
          return 0;
        }
        case 'hairpin': {
          if (!isBridge) return await refuse(process, 1, `bridge ${first} does not exist!`);
          const port = found.ports().find(({ name }) => name === second);
          if (!port) return await refuse(process, 1, `interface ${second} does not exist!`);
          found.port(port)!.hairpin = ['on', 'yes', '1'].includes(process.argv[4] ?? '');
          return 0;
        }
        default:
          await process.stdout.write(BRCTL_USAGE);
          return 1;
      }
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      return refuse(process, 1, error.code === 'EEXIST' ? `device ${first} already exists; can't create bridge with the same name` : `${command} failed: ${error.message}`);
    }
  },
};

function showBridges({ netns }: Process, only: Device | undefined): string {
  const bridges = netns.devices.list().filter((device): device is Bridge => device instanceof Bridge && (only === undefined || device === only)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const rows = bridges.map((one) => {
    const ports = one.ports().map(({ name }) => name);
    return `${one.name}\t\t8000.${one.mac.replaceAll(':', '')}\tno\t\t${ports.join('\n\t\t\t\t\t\t\t')}\n`;
  });
  return `bridge name\tbridge id\t\tSTP enabled\tinterfaces\n${rows.join('')}`;
}

function showMacs({ machine }: Process, found: Bridge): string {
  const number = (port: Device) => String(Math.max(1, found.ports().indexOf(port) + 1)).padStart(3);
  const rows = found.fdb.list().filter(({ port }) => port !== found).map((entry) => {
    const age = entry.kind === 'learned' ? (machine.clock.now() - entry.usedAtMs) / 1000 : 0;
    return `${number(entry.port)}\t${entry.mac}\t${entry.kind === 'permanent' ? 'yes' : 'no'}\t\t${age.toFixed(2).padStart(7)}\n`;
  });
  return `port no\tmac addr\t\tis local?\tageing timer\n${rows.join('')}`;
}

const USAGE = `Usage: bridge [ OPTIONS ] OBJECT { COMMAND | help }
where  OBJECT := { link | fdb }
       OPTIONS := { -d[etails] | -n[etns] name | -j[son] }`;

/** How many words each command needs. */
const BRCTL_ARGUMENTS: Readonly<Record<string, number>> = { addbr: 1, delbr: 1, addif: 2, delif: 2, hairpin: 3, showmacs: 1 };

const BRCTL_USAGE = `Usage: brctl [commands]
commands:
	addbr     	<bridge>		add bridge
	delbr     	<bridge>		delete bridge
	addif     	<bridge> <device>	add interface to bridge
	delif     	<bridge> <device>	delete interface from bridge
	hairpin   	<bridge> <port> {on|off}	turn hairpin on/off
	show      	[ <bridge> ]		show a list of bridges
	showmacs  	<bridge>		show a list of mac addrs
`;
