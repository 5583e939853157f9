/** Runs a topology's script in real network namespaces, with the machine's own ip, iptables and ping. Needs root. */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { type Probe, readProbe, readScript, type Step, type Topology, trimmed } from './topologies/script.ts';

const run = promisify(execFile);

/** Why this machine cannot run the real arm; undefined when it can. */
export function whyNotReal(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are Linux';
  if (process.getuid?.() !== 0) return 'making network namespaces needs root';
  for (const [file, ...args] of [['ip', '-V'], ['iptables', '--version'], ['ping', '-V'], ['bridge', '-V'], ['sysctl', '--version'], ['sh', '-c', 'command -v nc'], ['conntrack', '-V'], ['ipset', '-v'], ['unshare', '-n', 'true'], ['unshare', '-n', 'iptables', '-t', 'nat', '-L']] as const) {
    try {
      execFileSync(file, args, { stdio: 'ignore' });
    } catch {
      return `\`${[file, ...args].join(' ')}\` does not work here`;
    }
  }
  return undefined;
}

/** One process serves everything that a namespace serves: `tcp/80 udp/53`. */
const SERVER = `const [name, ...what] = process.argv.slice(1);
let waiting = what.length;
const up = () => --waiting === 0 && process.stdout.write('ready');
for (const [kind, port] of what.map((one) => one.split('/'))) {
  if (kind === 'udp') {
    const s = require('dgram').createSocket('udp4', (d, from) => s.send(name + ': ' + d + ' from ' + from.address, from.port, from.address));
    s.bind(Number(port), up);
  } else {
    require('net').createServer({ allowHalfOpen: true }, (s) => {
      let said = '';
      s.on('data', (d) => (said += d)).on('end', () => s.end(name + ': ' + said + ' from ' + s.remoteAddress)).on('error', () => {});
    }).listen(Number(port), '0.0.0.0', up);
  }
}`;

/** One process asks everything that a namespace asks, and prints the outcomes in order. */
const CLIENT = `const questions = process.argv.slice(1).map((one) => one.split('/'));
const outcomes = questions.map(([kind, host, port, patience]) => new Promise((resolve) => {
  setTimeout(() => resolve('timeout'), Number(patience));
  if (kind === 'udp') {
    const s = require('dgram').createSocket('udp4');
    s.on('message', (d) => resolve(String(d))).on('error', (e) => resolve(e.code)).connect(Number(port), host, (failed) => (failed ? resolve(failed.code) : s.send('hello', (e) => e && resolve(e.code))));
  } else {
    let said = '';
    const s = require('net').connect({ host, port: Number(port), allowHalfOpen: true }, () => s.end('hello'));
    s.on('data', (d) => (said += d)).on('error', (e) => { said = e.code; }).on('close', () => resolve(said));
  }
}));
Promise.all(outcomes).then((all) => { process.stdout.write(JSON.stringify(all)); process.exit(); });`;

/**
 * A link is settled when what the kernel says of its carrier is what it acts upon. In between, up to a second on a
 * busy machine, it forgets whom it asks for addresses without a word (linkwatch_do_dev, neigh_carrier_down).
 */
const SETTLED = `for turn in $(seq 500); do ip -o link | grep 'state UP' | grep -qv LOWER_UP || ip -o link | grep LOWER_UP | grep -qE 'state (DOWN|LOWERLAYERDOWN)' || break; sleep 0.02; done`;

/** Three questions a second apart are long when nobody answers. */
const HURRIED = 'for knob in /proc/sys/net/ipv4/neigh/*/retrans_time_ms; do echo 100 > $knob; done';

/**
 * For whom silence is expected, this long is silence; all others are waited for until something comes, so that a busy
 * machine is only slow.
 */
const SILENCE_MS = 1500;
const PATIENCE_MS = 20_000;

export class RealRig {
  /** One process per namespace keeps it alive; its network is entered by the process's number. */
  readonly #holders = new Map<string, ChildProcess>();
  readonly #servers: ChildProcess[] = [];
  readonly #services = new Map<string, readonly string[]>();

  /** @returns why this kernel cannot, when it lacks a module that the script needs */
  async build(script: string): Promise<string | undefined> {
    for (const step of readScript(script)) {
      try {
        await this.#do(step);
      } catch (error) {
        const { stderr = '' } = error as { stderr?: string };
        if (!/Unknown device type|cannot stat/.test(stderr)) throw error;
        return stderr.trim();
      }
    }
    await Promise.all([...this.#services].map(([name, services]) => this.#serve(name, services)));
    await Promise.all([...this.#holders.keys()].map((name) => this.#in(name, ['sh', '-c', `${HURRIED}; ${SETTLED}`])));
    return undefined;
  }

  /** All probes at once, since most of their time is waiting; what somebody `says` comes last. @returns outcomes in order */
  async probeAll(rows: Topology['probes']): Promise<readonly string[]> {
    const outcomes: string[] = [];
    const asked = new Map<string, { readonly index: number; readonly question: string }[]>();
    const waiting: Promise<void>[] = [];
    const probes = rows.map(([text, expected]) => ({ probe: readProbe(text), patience: expected === 'timeout' ? SILENCE_MS : PATIENCE_MS }));
    for (const [index, { probe, patience }] of probes.entries()) {
      if (probe.kind === 'ping') waiting.push(this.#ping(probe, patience).then((outcome) => void (outcomes[index] = outcome)));
      else if (probe.kind !== 'says') asked.set(probe.host, [...(asked.get(probe.host) ?? []), { index, question: [probe.kind, probe.to, probe.port, patience].join('/') }]);
    }
    for (const [host, all] of asked) {
      waiting.push(
        this.#in(host, [process.execPath, '-e', CLIENT, ...all.map(({ question }) => question)]).then((printed) => {
          const answers = JSON.parse(printed) as readonly string[];
          all.forEach(({ index }, position) => (outcomes[index] = answers[position]!.replaceAll('::ffff:', '')));
        }),
      );
    }
    await Promise.all(waiting);
    for (const [index, { probe }] of probes.entries()) if (probe.kind === 'says') outcomes[index] = trimmed(await this.#in(probe.host, ['sh', '-c', probe.command]));
    return outcomes;
  }

  #ping(probe: Extract<Probe, { kind: 'ping' }>, patienceMs: number): Promise<string> {
    const { size, ttl } = probe;
    const options = [...(size === undefined ? [] : ['-s', String(size)]), ...(ttl === undefined ? [] : ['-t', String(ttl)]), ...(probe.dontFragment ? ['-M', 'do'] : [])];
    // Whoever pings many, asks them all: only the first answer counts. For one, -b would forbid fragments.
    return this.#in(probe.host, ['ping', '-n', '-c', '1', ...(probe.to.endsWith('.255') ? ['-b'] : []), '-W', String(patienceMs / 1000), ...options, probe.to]).then(readPing);
  }

  close(): void {
    for (const child of [...this.#servers, ...this.#holders.values()]) child.kill('SIGKILL');
  }

  async #do(step: Step): Promise<void> {
    switch (step.do) {
      case 'namespaces':
        await Promise.all(step.names.map((name) => this.#namespace(name)));
        return;
      case 'cable': {
        const [a, b] = step.ends;
        await run('nsenter', ['-t', this.#pid(a!.host), '-n', 'ip', 'link', 'add', a!.device, 'type', 'veth', 'peer', 'name', b!.device, 'netns', this.#pid(b!.host)]);
        return;
      }
      case 'serve':
        this.#services.set(step.host, [...(this.#services.get(step.host) ?? []), `${step.protocol}/${step.port}`]);
        return;
      case 'run':
        await run('nsenter', ['-t', this.#pid(step.host), '-n', 'sh', '-e', '-c', step.commands]);
    }
  }

  async #namespace(name: string): Promise<void> {
    // Without its limits on errors the kernel answers every probe of a row, not only the first, however many rows run at
    // once; rp_filter is what some distributions set for every new namespace.
    const settings = 'net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_ratemask=0 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.lo.rp_filter=0';
    const holder = spawn('unshare', ['-n', 'sh', '-c', `ip link set lo up; sysctl -qw ${settings}; echo ready; exec sleep 300`], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#holders.set(name, holder);
    await ready(holder);
  }

  async #serve(name: string, services: readonly string[]): Promise<void> {
    const server = spawn('nsenter', ['-t', this.#pid(name), '-n', process.execPath, '-e', SERVER, name, ...services], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#servers.push(server);
    await ready(server);
  }

  #pid(name: string): string {
    return String(this.#holders.get(name)!.pid);
  }

  /** What a command printed, whatever its exit code. */
  async #in(name: string, args: readonly string[]): Promise<string> {
    try {
      const { stdout, stderr } = await run('nsenter', ['-t', this.#pid(name), '-n', ...args]);
      return stdout + stderr;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      return stdout + stderr;
    }
  }
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout!.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`ended with ${code} before it was ready`)));
  });
}

const ERRORS: readonly (readonly [pattern: RegExp, outcome: (match: RegExpExecArray) => string])[] = [
  [/bytes from ([\d.]+): icmp_seq=1 ttl=(\d+)/, (m) => `reply from ${m[1]} ttl ${m[2]}`],
  [/From ([\d.]+) icmp_seq=1 Frag needed and DF set \(mtu = (\d+)\)/i, (m) => `fragmentation-needed from ${m[1]} mtu ${m[2]}`],
  [/From ([\d.]+) icmp_seq=1 Destination Host Unreachable/, (m) => `host-unreachable from ${m[1]}`],
  [/From ([\d.]+) icmp_seq=1 Destination Net Unreachable/, (m) => `network-unreachable from ${m[1]}`],
  [/From ([\d.]+) icmp_seq=1 Destination Port Unreachable/, (m) => `port-unreachable from ${m[1]}`],
  [/From ([\d.]+) icmp_seq=1 Destination Protocol Unreachable/, (m) => `protocol-unreachable from ${m[1]}`],
  [/From ([\d.]+) icmp_seq=1 Destination Host Prohibited/, (m) => `host-prohibited from ${m[1]}`],
  [/From ([\d.]+) icmp_seq=1 Destination Net Prohibited/, (m) => `network-prohibited from ${m[1]}`],
  [/From ([\d.]+) icmp_seq=1 Packet filtered/, (m) => `communication-prohibited from ${m[1]}`],
  [/From ([\d.]+) icmp_seq=1 Time to live exceeded/, (m) => `ttl-zero-during-transit from ${m[1]}`],
  [/Network is unreachable/, () => 'ENETUNREACH'],
  [/Operation not permitted/, () => 'EPERM'],
  [/Permission denied/, () => 'EACCES'],
  [/Invalid argument/, () => 'EINVAL'],
  [/No route to host/, () => 'EHOSTUNREACH'],
  [/message too long/i, () => 'EMSGSIZE'],
];

function readPing(output: string): string {
  for (const [pattern, outcome] of ERRORS) {
    const match = pattern.exec(output);
    if (match) return outcome(match);
  }
  return 'timeout';
}
