/** `ip link`: list devices, make, change and delete them. See ip-link(8); ip/iplink.c. */
import { parseMac } from '../../base/address.ts';
import type { Device } from '../../net/device/device.ts';
import { deviceKinds } from '../../net/device/index.ts';
import type { NetNamespace } from '../../net/namespace.ts';
import { deviceJson, deviceLines, fullName } from './device-lines.ts';
import { abbreviated, garbage, invalidArgument, integer, IpError, json, netlink, requireDevice, Words, type IpContext } from './words.ts';

const COMMANDS = ['add', 'set', 'change', 'delete', 'show', 'lst', 'list', 'help'] as const;

export async function link(words: Words, context: IpContext): Promise<void> {
  const word = words.done ? 'show' : words.next();
  switch (abbreviated(word, COMMANDS)) {
    case 'add':
      return add(words, context);
    case 'set':
    case 'change':
      return set(words, context);
    case 'delete':
      return remove(words, context);
    case 'show':
    case 'lst':
    case 'list':
      return show(words, context);
    case 'help':
      throw new IpError(HELP, 255);
    case undefined:
      throw new IpError(`Command "${word}" is unknown, try "ip link help".`, 255);
  }
}

/** Which devices a list shows. */
export interface Selection {
  device?: string;
  up?: boolean;
  master?: string;
  type?: string;
}

/** Read `[dev] NAME [up] [master BR] [type KIND]`. */
export function readSelection(words: Words, ns: NetNamespace, other: (word: string) => boolean = () => false): Selection {
  const selection: Selection = {};
  while (!words.done) {
    const word = words.next();
    if (word === 'up') selection.up = true;
    else if (word === 'master') {
      selection.master = words.next();
      if (!ns.devices.get(selection.master)) throw invalidArgument(selection.master, 'Device does not exist');
    } else if (word === 'type') selection.type = words.next();
    else if (!other(word)) {
      if (selection.device !== undefined) throw garbage('dev', word);
      selection.device = word === 'dev' ? words.next() : word;
      if (!ns.devices.get(selection.device)) throw new IpError(`Device "${selection.device}" does not exist.`, 1);
    }
  }
  return selection;
}

export function selected(ns: NetNamespace, { device, up, master, type }: Selection): readonly Device[] {
  return ns.devices.list().filter(
    (one) => (device === undefined || one.name === device) && (!up || one.up) && (master === undefined || one.master?.name === master) && (type === undefined || (one.isVirtual && one.kind === type)),
  );
}

async function show(words: Words, context: IpContext): Promise<void> {
  const { ns, flags, print } = context;
  const devices = selected(ns, readSelection(words, ns));
  if (flags.json) return print(json(devices.map((device) => deviceJson(device, context)), flags));
  for (const device of devices) {
    await print(flags.brief ? `${fullName(device).padEnd(16)} ${device.operState.padEnd(14)} ${device.mac} <${device.flags().join(',')}> \n` : `${deviceLines(device, context, 'link')}\n`);
  }
}

function add(words: Words, context: IpContext): void {
  const { ns } = context;
  let name: string | undefined;
  const settings: ((device: Device) => void)[] = [];
  let under: string | undefined;
  for (;;) {
    if (words.done) throw new IpError('Not enough information: "type" argument is required', 1);
    const word = words.next();
    if (word === 'type') break;
    if (word === 'name' || word === 'dev') name = words.next();
    else if (word === 'link') {
      under = words.next();
      requireDevice(ns, under);
    } else if (word === 'address') {
      const text = words.next();
      const mac = parseMac(text);
      if (!mac) throw new IpError(`"${text}" is invalid lladdr.`, 1);
      settings.push((device) => ns.devices.setMac(device.name, mac));
    } else if (word === 'mtu') {
      const mtu = integer(words.next(), 'Invalid "mtu" value');
      settings.push((device) => ns.devices.setMtu(device.name, mtu));
    } else if (word === 'up' || word === 'down') settings.push((device) => ns.devices.setUp(device.name, word === 'up'));
    else if (name === undefined) name = word;
    else throw garbage('name', word);
  }
  const type = words.next();
  const kind = deviceKinds[type];
  if (!kind) throw new IpError('Error: Unknown device type.', 2);
  // Without a name the kernel numbers the kind: veth0, dummy0.
  const chosen = name ?? freeName(ns, type);
  const rest = under === undefined ? words.rest() : [...words.rest(), 'dev', under];
  const device = netlink(context, () => kind.create(ns, chosen, rest, (wanted) => namespaceNamed(context, wanted)));
  for (const setting of settings) netlink(context, () => setting(device));
}

function set(words: Words, context: IpContext): void {
  const { ns } = context;
  let name: string | undefined;
  const changes: ((name: string) => void)[] = [];
  while (!words.done) {
    const word = words.next();
    const change = settingOf(word, words, context);
    if (change) changes.push(change);
    else if (name === undefined) {
      name = word === 'dev' ? words.next() : word;
    } else throw garbage('dev', word);
  }
  if (name === undefined) throw new IpError('Not enough information: "dev" argument is required.', 255);
  requireDevice(ns, name);
  // A device keeps its identity while its name changes.
  const device = ns.devices.require(name);
  for (const change of changes) netlink(context, () => change(device.name));
}

function settingOf(word: string, words: Words, context: IpContext): ((name: string) => void) | undefined {
  const { ns } = context;
  switch (word) {
    case 'up':
    case 'down':
      return (name) => ns.devices.setUp(name, word === 'up');
    case 'mtu': {
      const mtu = integer(words.next(), 'Invalid "mtu" value');
      return (name) => ns.devices.setMtu(name, mtu);
    }
    case 'address': {
      const text = words.next();
      const mac = parseMac(text);
      if (!mac) throw new IpError(`"${text}" is invalid lladdr.`, 1);
      return (name) => ns.devices.setMac(name, mac);
    }
    case 'name': {
      const newName = words.next();
      if (newName.length > 15 || newName === '' || /[/\s]/.test(newName)) throw new IpError(`Error: argument "${newName}" is wrong: "name" not a valid ifname`, 255);
      return (name) => ns.devices.rename(name, newName);
    }
    case 'master': {
      const master = words.next();
      if (!ns.devices.get(master)) throw invalidArgument(master, 'Device does not exist');
      return (name) => ns.devices.setMaster(name, master);
    }
    case 'nomaster':
      return (name) => ns.devices.setMaster(name, undefined);
    case 'netns': {
      const wanted = words.next();
      const to = namespaceNamed(context, wanted);
      if (!to) throw invalidArgument(wanted, 'Invalid "netns" value');
      return (name) => ns.devices.move(name, to);
    }
    case 'arp': {
      const on = onOff(word, words.next());
      return (name) => ns.devices.setArp(name, on);
    }
    case 'promisc': {
      const on = onOff(word, words.next());
      return (name) => void (ns.devices.require(name).promiscuous = on);
    }
    default:
      return undefined;
  }
}

function onOff(option: string, text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new IpError(`Error: argument of "${option}" must be "on" or "off", not "${text}"`, 255);
  return text === 'on';
}

function remove(words: Words, context: IpContext): void {
  const { ns } = context;
  let name: string | undefined;
  while (!words.done) {
    const word = words.next();
    if (word === 'type') words.next();
    else if (name === undefined) name = word === 'dev' ? words.next() : word;
    else throw garbage('dev', word);
  }
  if (name === undefined) throw new IpError('Not enough information: "dev" argument is required.', 255);
  const target = name;
  requireDevice(ns, target);
  netlink(context, () => ns.devices.remove(target));
}

/** A namespace by its name, or by a process in it. */
export function namespaceNamed({ process }: IpContext, wanted: string): NetNamespace | undefined {
  const named = process.machine.namespaces.get(wanted);
  if (named || !/^\d+$/.test(wanted)) return named;
  return process.machine.processes.get(Number(wanted))?.options.netns;
}

function freeName(ns: NetNamespace, type: string): string {
  for (let n = 0; ; n++) if (!ns.devices.get(`${type}${n}`)) return `${type}${n}`;
}

const HELP = `Usage: ip link add [link DEV] [ name ] NAME
		    [ address LLADDR ]
		    [ mtu MTU ]
		    type TYPE [ ARGS ]

	ip link delete { DEVICE | dev DEVICE } type TYPE [ ARGS ]

	ip link set { DEVICE | dev DEVICE }
			[ { up | down } ]
		[ promisc { on | off } ]
		[ name NEWNAME ]
		[ address LLADDR ]
		[ mtu MTU ]
		[ netns { PID | NAME } ]
		[ master DEVICE ]
		[ nomaster ]

	ip link show [ DEVICE ] [up] [master DEV] [type TYPE]

TYPE := { bridge | dummy | ipip | veth | vxlan }`;
