/** `bridge link set` and what `bridge -d link` says of a port. See bridge(8), "bridge link"; bridge/link.c. */
import { Bridge } from '../net/device/bridge.ts';
import { isPortSwitch, type PortSwitch } from '../net/device/bridge-port.ts';
import type { Device } from '../net/device/device.ts';
import { NetError } from '../net/errors.ts';
import type { NetNamespace } from '../net/namespace.ts';
import { IpError, type Words } from './ip/words.ts';

/** Those that the tool knows and that nothing here obeys. */
const UNSUPPORTED = ['guard', 'fastleave', 'root_block', 'learning_sync', 'mcast_router', 'mcast_to_unicast', 'neigh_suppress', 'vlan_tunnel', 'locked', 'hwmode', 'backup_port', 'nobackup_port', 'cost', 'priority', 'state'];

/** @returns what it prints: nothing @throws IpError, NetError EOPNOTSUPP the device is no port */
export function setPort(ns: NetNamespace, words: Words): string {
  let name: string | undefined;
  const switched = new Map<PortSwitch, boolean>();
  while (!words.done) {
    const word = words.next();
    if (word === 'dev') name = words.next();
    else if (isPortSwitch(word)) {
      const value = words.next();
      if (value !== 'on' && value !== 'off') throw new IpError(`Error: argument of "${word}" must be one of "off", "on", not "${value}"`, 234);
      switched.set(word, value === 'on');
    } else if (UNSUPPORTED.includes(word)) throw new IpError(`bridge link set ${word} is not part of this simulator`, 255);
    else if (word !== 'self' && word !== 'master') throw new IpError(USAGE, 255);
  }
  if (name === undefined) throw new IpError('Device is a required argument.', 255);
  const device = ns.devices.get(name);
  if (!device) throw new IpError(`Cannot find bridge device "${name}"`, 255);
  const port = portOf(device);
  if (!port) throw new NetError('EOPNOTSUPP');
  for (const [which, on] of switched) port[which] = on;
  return '';
}

/** All switches of a port, those included that nobody here can turn. */
export function switchesOf(device: Device): string {
  const port = portOf(device);
  const word = (which: PortSwitch) => (port?.[which] ? 'on' : 'off');
  return [
    `hairpin ${word('hairpin')} guard off root_block off fastleave off learning ${word('learning')} flood ${word('flood')} mcast_flood ${word('mcast_flood')}`,
    `bcast_flood ${word('bcast_flood')} mcast_router 1 mcast_to_unicast off neigh_suppress off vlan_tunnel off isolated ${word('isolated')} locked off `,
  ].join(' ');
}

const portOf = (device: Device) => (device.master instanceof Bridge ? device.master.port(device) : undefined);

const USAGE = `Usage: bridge link set dev DEV [ cost COST ] [ priority PRIO ] [ state STATE ]
                               [ guard {on | off} ]
                               [ hairpin {on | off} ]
                               [ fastleave {on | off} ]
                               [ root_block {on | off} ]
                               [ learning {on | off} ]
                               [ learning_sync {on | off} ]
                               [ flood {on | off} ]
                               [ mcast_router MULTICAST_ROUTER ]
                               [ mcast_flood {on | off} ]
                               [ bcast_flood {on | off} ]
                               [ mcast_to_unicast {on | off} ]
                               [ neigh_suppress {on | off} ]
                               [ vlan_tunnel {on | off} ]
                               [ isolated {on | off} ]
                               [ locked {on | off} ]
                               [ hwmode {vepa | veb} ]
                               [ backup_port DEVICE ] [ nobackup_port ]
                               [ self ] [ master ]
       bridge link show [dev DEV]`;
