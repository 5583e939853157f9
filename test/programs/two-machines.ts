/** Two simulated machines on one wire, 10.0.0.1 (`alpha`) and 10.0.0.2 (`beta`), and how to run commands on them. */
import { cidr } from '../../src/base/address.ts';
import { EventClock } from '../../src/base/clock.ts';
import { seededRng } from '../../src/base/rng.ts';
import { findImage, imageEnv, unpack } from '../../src/images/index.ts';
import { Machine, type RunningProcess } from '../../src/machine/machine.ts';
import { collect } from '../../src/machine/streams.ts';
import { createVeth } from '../../src/net/device/veth.ts';
import { World } from '../../src/net/world.ts';
import { programs } from '../../src/programs/index.ts';

/** Saturday, 21 November 2026, 07:49:40 UTC. */
export const NOW = Date.UTC(2026, 10, 21, 7, 49, 40);

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export class TwoMachines {
  readonly clock = new EventClock(NOW);
  readonly world = new World({ clock: this.clock, rng: seededRng(7) });
  readonly alpha: Machine;
  readonly beta: Machine;

  constructor(images: { readonly alpha?: string; readonly beta?: string } = {}) {
    const a = this.world.createNamespace('alpha');
    const b = this.world.createNamespace('beta');
    createVeth({ ns: a, name: 'eth0' }, { ns: b, name: 'eth0' });
    for (const [ns, address] of [[a, '10.0.0.1/24'], [b, '10.0.0.2/24']] as const) {
      ns.devices.setUp('lo', true);
      ns.addAddress('eth0', cidr(address));
      ns.devices.setUp('eth0', true);
    }
    this.alpha = this.machine('alpha', a, images.alpha ?? 'nicolaka/netshoot');
    this.beta = this.machine('beta', b, images.beta ?? 'nginx:1.27');
  }

  private machine(hostname: string, netns: Machine['netns'], reference: string): Machine {
    const image = findImage(reference);
    if ('missing' in image) throw new Error(image.message);
    const files = unpack(image);
    files.mkdir('/etc', { recursive: true });
    files.write('/etc/hosts', `127.0.0.1\tlocalhost\n`);
    files.write('/etc/resolv.conf', 'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.0.0.2\noptions ndots:5\n');
    const machine = new Machine({ hostname, files, netns, clock: this.clock, rng: seededRng(11), programs });
    Object.assign(machine, { imageEnv: imageEnv(image) });
    return machine;
  }

  /** Start without waiting. */
  start(machine: Machine, argv: readonly string[], stdin?: string): { process: RunningProcess; out: ReturnType<typeof collect>; err: ReturnType<typeof collect> } {
    const out = collect();
    const err = collect();
    const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/', ...(machine as unknown as { imageEnv: Record<string, string> }).imageEnv };
    let rest: string | undefined = stdin;
    const input = { read: () => { const text = rest; rest = undefined; return Promise.resolve(text); }, unread: (bytes: string) => { rest = bytes + (rest ?? ''); } };
    const process = machine.start(argv, { env, stdout: out, stderr: err, ...(stdin === undefined ? {} : { stdin: input }) });
    return { process, out, err };
  }

  /** Run to the end, moving time along as far as it takes. */
  async run(machine: Machine, command: string | readonly string[], stdin?: string): Promise<Ran> {
    const { process, out, err } = this.start(machine, typeof command === 'string' ? command.split(' ') : command, stdin);
    let code: number | undefined;
    void process.exited.then((status) => { code = status.code; });
    for (let turn = 0; code === undefined && turn < 100_000; turn++) {
      await drain();
      if (code !== undefined) break;
      const due = this.clock.nextDue();
      if (due === undefined) throw new Error(`${String(command)} waits for nothing; so far: ${out.text}${err.text}`);
      this.clock.advanceTo(due);
    }
    await drain();
    return { code: code!, out: out.text, err: err.text };
  }

  /** Let what is under way for `ms` happen. */
  async settle(ms = 100): Promise<void> {
    const end = this.clock.now() + ms;
    await drain();
    for (let due = this.clock.nextDue(); due !== undefined && due <= end; due = this.clock.nextDue()) {
      this.clock.advanceTo(due);
      await drain();
    }
    this.clock.advanceTo(end);
    await drain();
  }
}

/** Let every promise that can go on do so. */
export async function drain(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve));
}
