/** Runs a topology's script on our kernel, each host a machine with our shell, our `ip`, our `iptables`. */
import { drain } from '../support/box.ts';
import { FileSystem } from '../../src/machine/files.ts';
import { Machine, programFile } from '../../src/machine/machine.ts';
import { collect } from '../../src/machine/streams.ts';
import { createVeth } from '../../src/net/device/veth.ts';
import { seededRng } from '../../src/base/rng.ts';
import { programs } from '../../src/programs/index.ts';
import { type Lab, makeLab, ping, serveTcp, serveUdp, tcp, udp } from './support.ts';
import { readProbe, readScript, type Step, trimmed } from './topologies/script.ts';

/** Those that scripts call. */
const PROGRAMS = ['sh', 'sysctl', 'ip', 'bridge', 'iptables', 'iptables-save', 'iptables-restore', 'ipset', 'conntrack', 'true', 'grep', 'sed', 'sleep', 'printf', 'nc', 'ping', 'sort', 'uniq', 'head', 'tail', 'echo'];

export class SimulatedRig {
  readonly lab: Lab = makeLab();
  readonly #hosts = new Map<string, Machine>();
  readonly #files = new FileSystem();

  constructor() {
    this.#files.mkdir('/bin');
    for (const program of PROGRAMS) this.#files.write(`/bin/${program}`, programFile(program), { mode: 0o755 });
  }

  async build(script: string): Promise<void> {
    for (const step of readScript(script)) await this.#do(step);
  }

  /** One after the other, each with a trace of its own. */
  async probe(text: string): Promise<string> {
    const probe = readProbe(text);
    const { netns } = this.#host(probe.host);
    this.lab.trace.length = 0;
    switch (probe.kind) {
      case 'says':
        return trimmed((await this.#run(probe.host, probe.command)).output);
      case 'tcp':
        return (await tcp(this.lab, netns, probe.to, probe.port)).replace('ETIMEDOUT', 'timeout');
      case 'udp':
        return udp(this.lab, netns, probe.to, probe.port);
      case 'ping':
        return ping(this.lab, netns, probe.to, probe);
    }
  }

  async #do(step: Step): Promise<void> {
    switch (step.do) {
      case 'namespaces':
        for (const name of step.names) this.#hosts.set(name, this.#machine(name));
        return;
      case 'cable': {
        const [a, b] = step.ends.map(({ host, device }) => ({ ns: this.#host(host).netns, name: device }));
        createVeth(a!, b!);
        return;
      }
      case 'serve': {
        const { netns } = this.#host(step.host);
        if (step.protocol === 'tcp') serveTcp(netns, step.port);
        else serveUdp(netns, step.port);
        return;
      }
      case 'run': {
        const { code, output } = await this.#run(step.host, step.commands);
        if (code !== 0) throw new Error(`${step.host}: ${step.commands}\nended with ${code}: ${output}`);
      }
    }
  }

  #machine(name: string): Machine {
    const netns = this.lab.host(name);
    // As on the machine that runs the other arm: the module is there, and the scripts say whether it is used.
    netns.sysctl.loadBridgeNetfilter();
    const machine = new Machine({ hostname: name, files: this.#files, netns, clock: this.lab.clock, rng: seededRng(1), programs });
    machine.register(['/sbin/init']);
    return machine;
  }

  #host(name: string): Machine {
    const found = this.#hosts.get(name);
    if (!found) throw new Error(`no namespace ${name}`);
    return found;
  }

  async #run(host: string, commands: string): Promise<{ readonly code: number; readonly output: string }> {
    const output = collect();
    const running = this.#host(host).start(['sh', '-e', '-c', commands], { stdout: output, stderr: output });
    let code: number | undefined;
    void running.exited.then((status) => (code = status.code));
    for (let turn = 0; code === undefined; turn++) {
      if (turn > 10_000) throw new Error(`${commands} does not end`);
      await drain();
      const due = this.lab.clock.nextDue();
      if (code === undefined && due !== undefined) this.lab.clock.advanceTo(due);
    }
    return { code, output: output.text };
  }
}
