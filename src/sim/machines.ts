/**
 * Three plain machines beside the cluster, node-0 to node-2, for pod networking by hand: no Kubernetes, one wire, a
 * gateway that resolves names and mirrors the one file that one downloads for it. They are switched on when somebody
 * first asks for one.
 */
import { cidr, ipv4 } from '../base/address.ts';
import type { Clock } from '../base/clock.ts';
import type { Rng } from '../base/rng.ts';
import { alpine } from '../images/bases/alpine.ts';
import { install } from '../images/bases/commands.ts';
import { ubuntu } from '../images/bases/debian.ts';
import { FileSystem } from '../machine/files.ts';
import { Machine } from '../machine/machine.ts';
import { createLan } from '../net/device/lan.ts';
import { Nic } from '../net/device/nic.ts';
import type { World } from '../net/world.ts';
import { programs } from '../programs/index.ts';
import { mirror, MIRRORED_HOST } from './mirror.ts';
import { ADMIN, TOOLS } from './node-machine.ts';
import { PLAIN_MACHINES } from './topology.ts';

/** As multipass and its like number machines on a laptop. */
const NETWORK = cidr('192.168.64.0/24');
const GATEWAY = ipv4('192.168.64.1');
const DEVICE = 'enp0s1';

interface Where {
  readonly world: World;
  readonly clock: Clock;
  readonly rng: Rng;
}

export class PlainMachines {
  #machines: ReadonlyMap<string, Machine> | undefined;

  constructor(private readonly where: Where) {}

  /** @returns undefined for a name that none of them has */
  get(name: string): Machine | undefined {
    if (!PLAIN_MACHINES.has(name)) return undefined;
    this.#machines ??= switchOn(this.where);
    return this.#machines.get(name);
  }

  /** Those that are on: nothing is switched on by looking. */
  running(): readonly Machine[] {
    return [...(this.#machines?.values() ?? [])];
  }
}

function switchOn(where: Where): ReadonlyMap<string, Machine> {
  const lan = createLan(where.world, 'br-machines');
  lan.namespace.addAddress(lan.bridge.name, { address: GATEWAY, prefix: NETWORK.prefix }, { scope: 'global' });
  startGateway(where, lan.namespace);
  const image = new FileSystem({ now: () => where.clock.unixMs() });
  ubuntu(image, '24.04', 'Noble Numbat', '24.04.3 LTS');
  install(image, '/usr/bin', TOOLS);
  install(image, '/usr/sbin', ADMIN);
  const hosts = [...PLAIN_MACHINES].map(([name, address]) => `${address} ${name}\n`).join('');
  return new Map([...PLAIN_MACHINES].map(([name, address]) => {
    const netns = where.world.createNamespace(name);
    netns.devices.setUp('lo', true);
    lan.attach(netns, DEVICE, { as: Nic });
    netns.devices.setUp(DEVICE, true);
    netns.addAddress(DEVICE, { address, prefix: NETWORK.prefix }, { scope: 'global' });
    netns.routes.add({ destination: cidr('0.0.0.0/0'), via: GATEWAY, device: DEVICE, protocol: 'boot' });
    const files = image.clone();
    files.write('/etc/hostname', `${name}\n`);
    files.write('/etc/hosts', `127.0.0.1 localhost\n${hosts}`);
    files.write('/etc/resolv.conf', `nameserver ${GATEWAY}\n`);
    files.write('/root/.bashrc', "PS1='root@\\h:\\w# '\n");
    const machine = new Machine({
      hostname: name, files, netns, clock: where.clock, rng: where.rng, programs,
      modules: new Set(['overlay', 'nf_conntrack', 'nf_tables', 'x_tables', 'ip_tables']),
      memoryBytes: 2 * 1024 ** 3, cpus: 2,
    });
    netns.netfilter.onLog = (line) => machine.units.kernel(line);
    machine.register(['/sbin/init']);
    machine.processes.skipTo(512);
    return [name, machine] as const;
  }));
}

/** The host under the machines: it answers names, and gives out what the one mirrored site offers. */
function startGateway({ clock, rng }: Where, netns: ReturnType<World['createNamespace']>): void {
  const files = new FileSystem({ now: () => clock.unixMs() });
  ubuntu(files, '24.04', 'Noble Numbat', '24.04.3 LTS');
  const root = new FileSystem({ now: () => clock.unixMs() });
  alpine(root, '3.20.3');
  files.mount('/srv/alpine', root);
  files.write('/etc/hosts', `127.0.0.1 localhost\n${GATEWAY} ${MIRRORED_HOST}\n`);
  const machine = new Machine({ hostname: 'gateway', files, netns, clock, rng, programs });
  machine.register(['/sbin/init']);
  machine.start(['mirror'], { program: mirror(GATEWAY), user: 'root' });
}
