/** `ip tunnel`, for IP in IP. See ip-tunnel(8); ip/iptunnel.c. */
import type { Ipv4 } from '../../base/address.ts';
import { createIpip, Ipip } from '../../net/device/ipip.ts';
import { abbreviated, address, garbage, IpError, netlink, requireDevice, type IpContext, type Words } from './words.ts';

const COMMANDS = ['add', 'delete', 'show', 'lst', 'list', 'help'] as const;

export async function tunnels(words: Words, context: IpContext): Promise<void> {
  const { ns, print } = context;
  const word = words.done ? 'show' : words.next();
  const command = abbreviated(word, COMMANDS);
  if (command === undefined) throw new IpError(`Command "${word}" is unknown, try "ip tunnel help".`, 255);
  if (command === 'help') throw new IpError('Usage: ip tunnel { add | del | show } [ NAME ]\n\t[ mode ipip ]\n\t[ remote ADDR ] [ local ADDR ]', 255);
  const { name, mode, ends } = read(words);
  if (command === 'add') {
    if (mode !== 'ipip') throw new IpError(mode === undefined ? 'cannot determine tunnel mode (ipip, gre, vti or sit)' : `Error: this simulator has no tunnels of mode "${mode}".`, 1);
    if (name === undefined) throw new IpError('Error: a tunnel needs a name.', 255);
    netlink(context, () => createIpip(ns, name, ends));
  } else if (command === 'delete') {
    if (name !== undefined) requireDevice(ns, name);
    netlink(context, () => ns.devices.remove(name ?? ''));
  } else {
    for (const device of ns.devices.list()) {
      if (!(device instanceof Ipip) || (name !== undefined && device.name !== name)) continue;
      const end = (one: Ipv4) => (one === '0.0.0.0' ? 'any' : one);
      await print(`${device.name}: ip/ip remote ${end(device.remote)} local ${end(device.local)} ttl inherit\n`);
    }
  }
}

function read(words: Words): { name: string | undefined; mode: string | undefined; ends: { local?: Ipv4; remote?: Ipv4 } } {
  let name: string | undefined;
  let mode: string | undefined;
  const ends: { local?: Ipv4; remote?: Ipv4 } = {};
  while (!words.done) {
    const word = words.next();
    if (word === 'mode') mode = words.next().replace('ip/ip', 'ipip');
    else if (word === 'local' || word === 'remote') ends[word] = address(words.next());
    else if (word === 'name' || word === 'dev') name = words.next();
    else if (name === undefined) name = word;
    else throw garbage('name', word);
  }
  return { name, mode, ends };
}
