/**
 * Every kind of device that `ip link add NAME type KIND …` can make, each reading the words behind its name.
 * Adding one is a file beside this one and an entry here.
 */
import { type Ipv4, type Mac, parseIpv4, parseMac } from '../../base/address.ts';
import { NetError } from '../errors.ts';
import type { NetNamespace } from '../namespace.ts';
import { createBridge } from './bridge.ts';
import type { Device } from './device.ts';
import { createDummy } from './dummy.ts';
import { createIpip } from './ipip.ts';
import { createVeth } from './veth.ts';
import { createVxlan } from './vxlan.ts';

/** What `ip link add` was told before `type`. */
export interface LinkOptions {
  readonly mac?: Mac;
  readonly mtu?: number;
}

/** How `ip link add` makes one kind. */
export interface DeviceFactory {
  /**
   * @param args the words behind `type KIND`
   * @param find a namespace by name or by the PID of a process in it
   * @throws NetError EINVAL with the words of `ip` as its message, EEXIST, ENODEV
   */
  create(ns: NetNamespace, name: string, args: readonly string[], find: (nsNameOrPid: string) => NetNamespace | undefined, options?: LinkOptions): Device;
}

/** Words in pairs, as iproute2 takes them, and some that stand alone. */
class Words {
  #index = 0;
  constructor(private readonly words: readonly string[]) {}

  next(): string | undefined {
    return this.words[this.#index++];
  }

  value(): string {
    const word = this.next();
    if (word === undefined) throw new NetError('EINVAL', 'Command line is not complete. Try option "help"');
    return word;
  }

  address(): Ipv4 {
    const word = this.value();
    const address = parseIpv4(word);
    if (!address) throw new NetError('EINVAL', `any valid address is expected rather than "${word}".`);
    return address;
  }

  number(option: string, maximum: number): number {
    const word = this.value();
    const value = Number(word);
    if (!/^\d+$/.test(word) || value > maximum) throw new NetError('EINVAL', `argument "${word}" is wrong: invalid ${option}`);
    return value;
  }
}

const unknown = (kind: string, word: string) => new NetError('EINVAL', `${kind}: unknown command "${word}"?`);

/** By the word behind `type`. */
export const deviceKinds: Readonly<Record<string, DeviceFactory>> = {
  bridge: {
    create(ns, name, args, _find, options = {}) {
      if (args[0] !== undefined) throw unknown('bridge', args[0]);
      return createBridge(ns, name, options);
    },
  },
  dummy: {
    create(ns, name, args, _find, options = {}) {
      if (args[0] !== undefined) throw new NetError('EINVAL', `Garbage instead of arguments "${args[0]} ...". Try "ip link help".`);
      return createDummy(ns, name, options);
    },
  },
  ipip: {
    create(ns, name, args, _find, options = {}) {
      const words = new Words(args);
      const ends: { local?: Ipv4; remote?: Ipv4 } = {};
      for (let word = words.next(); word !== undefined; word = words.next()) {
        if (word === 'local') ends.local = words.address();
        else if (word === 'remote') ends.remote = words.address();
        else throw unknown('ipip', word);
      }
      return createIpip(ns, name, { ...ends, ...(options.mtu === undefined ? {} : { mtu: options.mtu }) });
    },
  },
  veth: {
    create(ns, name, args, find, options = {}) {
      const words = new Words(args);
      let peerName: string | undefined;
      let peerNs = ns;
      const peer: { mac?: Mac; mtu?: number } = {};
      for (let word = words.next(); word !== undefined; word = words.next()) {
        if (word === 'peer') continue;
        if (word === 'name') peerName = words.value();
        else if (word === 'netns') {
          const named = words.value();
          const found = find(named);
          if (!found) throw new NetError('EINVAL', `Invalid "netns" value "${named}"`);
          peerNs = found;
        } else if (word === 'address') {
          const text = words.value();
          const mac = parseMac(text);
          if (!mac) throw new NetError('EINVAL', `"${text}" is invalid lladdr.`);
          peer.mac = mac;
        } else if (word === 'mtu') peer.mtu = words.number('mtu', 65535);
        else if (peerName === undefined) peerName = word;
        else throw unknown('veth', word);
      }
      return createVeth({ ns, name, ...options }, { ns: peerNs, name: peerName ?? freeName(peerNs, name), ...peer }).a;
    },
  },
  vxlan: {
    create(ns, name, args, _find, options = {}) {
      const words = new Words(args);
      const made: { vni?: number; local?: Ipv4; device?: string; port: number; learning: boolean; group?: Ipv4; remote?: Ipv4 } = { port: 8472, learning: true };
      for (let word = words.next(); word !== undefined; word = words.next()) {
        if (word === 'id' || word === 'vni') made.vni = words.number('id', 2 ** 24 - 1);
        else if (word === 'local') made.local = words.address();
        else if (word === 'group') made.group = words.address();
        else if (word === 'remote') made.remote = words.address();
        else if (word === 'dev') made.device = words.value();
        else if (word === 'dstport') made.port = words.number('dstport', 65535);
        else if (word === 'nolearning') made.learning = false;
        else if (word === 'learning') made.learning = true;
        else throw unknown('vxlan', word);
      }
      const { vni, ...rest } = made;
      if (vni === undefined) throw new NetError('EINVAL', 'vxlan: missing virtual network identifier');
      return createVxlan(ns, name, { vni, ...rest, ...options });
    },
  },
};

/** Without a name the kernel counts: veth0, veth1 … */
function freeName(ns: NetNamespace, taken: string): string {
  let count = 0;
  while (ns.devices.get(`veth${count}`) || taken === `veth${count}`) count++;
  return `veth${count}`;
}
