/** Runs a topology's script in real network namespaces, with the machine's own ip, iptables and ping. Needs root. */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Why this machine cannot run the real arm; undefined when it can. */
export function whyNotReal(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are Linux';
  if (process.getuid?.() !== 0) return 'making network namespaces needs root';
  for (const [file, ...args] of [['ip', '-V'], ['iptables', '--version'], ['ping', '-V'], ['bridge', '-V'], ['sysctl', '--version'], ['unshare', '-n', 'true'], ['unshare', '-n', 'iptables', '-t', 'nat', '-L']] as const) {
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
const outcomes = questions.map(([kind, host, port]) => new Promise((resolve) => {
  setTimeout(() => resolve('timeout'), 2500);
  if (kind === 'udp') {
    const s = require('dgram').createSocket('udp4');
    s.on('message', (d) => resolve(String(d))).on('error', (e) => resolve(e.code)).connect(Number(port), host, () => s.send('hello', (e) => e && resolve(e.code)));
  } else {
    let said = '';
    const s = require('net').connect({ host, port: Number(port), allowHalfOpen: true }, () => s.end('hello'));
    s.on('data', (d) => (said += d)).on('error', (e) => { said = e.code; }).on('close', () => resolve(said));
  }
}));
Promise.all(outcomes).then((all) => { process.stdout.write(JSON.stringify(all)); process.exit(); });`;

export class RealRig {
  /** One process per namespace keeps it alive; its network is entered by the process's number. */
  readonly #holders = new Map<string, ChildProcess>();
  readonly #servers: ChildProcess[] = [];
  readonly #services = new Map<string, readonly string[]>();

  /** @returns why this kernel cannot, when it lacks a module that the script needs */
  async build(script: string): Promise<string | undefined> {
    for (const line of batches(script)) {
      try {
        await this.#line(line);
      } catch (error) {
        const { stderr = '' } = error as { stderr?: string };
        if (!/Unknown device type|cannot stat/.test(stderr)) throw error;
        return stderr.trim();
      }
    }
    await Promise.all([...this.#services].map(([name, services]) => this.#serve(name, services)));
    // Links need a moment to notice that their other end is up.
    await new Promise((resolve) => setTimeout(resolve, 30));
    // Three questions a second apart are long when nobody answers.
    await Promise.all([...this.#holders.keys()].map((name) => this.#in(name, ['sh', '-c', 'for knob in /proc/sys/net/ipv4/neigh/*/retrans_time_ms; do echo 100 > $knob; done'])));
    return undefined;
  }

  /** All probes at once, since most of their time is waiting; outcomes in order. */
  async probeAll(probes: readonly string[]): Promise<readonly string[]> {
    const outcomes: string[] = [];
    const asked = new Map<string, { readonly index: number; readonly question: string }[]>();
    const pings: Promise<void>[] = [];
    probes.forEach((text, index) => {
      const [host, kind, ...words] = text.split(' ') as [string, string, ...string[]];
      if (kind === 'ping') pings.push(this.#ping(host, words).then((outcome) => void (outcomes[index] = outcome)));
      else asked.set(host, [...(asked.get(host) ?? []), { index, question: `${kind}/${words[0]}/${words[1]}` }]);
    });
    const questions = [...asked].map(async ([host, all]) => {
      const answers = JSON.parse(await this.#in(host, [process.execPath, '-e', CLIENT, ...all.map(({ question }) => question)])) as readonly string[];
      all.forEach(({ index }, position) => (outcomes[index] = answers[position]!.replaceAll('::ffff:', '')));
    });
    await Promise.all([...pings, ...questions]);
    return outcomes;
  }

  #ping(host: string, words: readonly string[]): Promise<string> {
    const option = (name: string) => (words.includes(name) ? words[words.indexOf(name) + 1]! : undefined);
    const size = option('-s');
    const ttl = option('-t');
    const args = ['ping', '-n', '-c', '1', '-W', '2', ...(size ? ['-s', size] : []), ...(ttl ? ['-t', ttl] : []), ...(words.includes('-D') ? ['-M', 'do'] : []), words.at(-1)!];
    return this.#in(host, args).then(readPing);
  }

  close(): void {
    for (const child of [...this.#servers, ...this.#holders.values()]) child.kill('SIGKILL');
  }

  async #line(line: string): Promise<void> {
    const command = /^(\w+): ([^]*)$/.exec(line);
    if (command) {
      await run('nsenter', ['-t', this.#pid(command[1]!), '-n', 'sh', '-e', '-c', command[2]!]);
      return;
    }
    const [verb, ...words] = line.split(' ');
    if (verb === 'ns') for (const name of words) await this.#namespace(name);
    else if (verb === 'serve' || verb === 'serveudp') {
      const [name, port] = words as [string, string];
      this.#services.set(name, [...(this.#services.get(name) ?? []), `${verb === 'serve' ? 'tcp' : 'udp'}/${port}`]);
    }
    else if (verb === 'veth') {
      const [a, b] = words.map((end) => end.split(':') as [string, string]) as [[string, string], [string, string]];
      await run('nsenter', ['-t', this.#pid(a[0]), '-n', 'ip', 'link', 'add', a[1], 'type', 'veth', 'peer', 'name', b[1], 'netns', this.#pid(b[0])]);
    }
  }

  async #namespace(name: string): Promise<void> {
    // Without its limit on errors the kernel answers every probe of a row, not only the first.
    const holder = spawn('unshare', ['-n', 'sh', '-c', 'ip link set lo up; sysctl -qw net.ipv4.icmp_ratelimit=0; echo ready; exec sleep 120'], { stdio: ['ignore', 'pipe', 'ignore'] });
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

/** Lines of a script, with commands for the same namespace that follow each other in one: starting processes is what costs. */
function batches(script: string): readonly string[] {
  const batched: string[] = [];
  for (const raw of script.split('\n')) {
    const line = raw.trim();
    const name = /^(\w+): /.exec(line)?.[0];
    const last = batched.at(-1);
    if (name && last?.startsWith(name)) batched[batched.length - 1] = `${last}\n${line.slice(name.length).replaceAll(' ! ', " '!' ")}`;
    else if (line !== '') batched.push(line.replaceAll(' ! ', " '!' "));
  }
  return batched;
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
  [/From ([\d.]+) icmp_seq=1 Packet filtered/, (m) => `communication-prohibited from ${m[1]}`],
  [/From ([\d.]+) icmp_seq=1 Time to live exceeded/, (m) => `ttl-zero-during-transit from ${m[1]}`],
  [/Network is unreachable/, () => 'ENETUNREACH'],
  [/Operation not permitted/, () => 'EPERM'],
  [/message too long/i, () => 'EMSGSIZE'],
];

function readPing(output: string): string {
  for (const [pattern, outcome] of ERRORS) {
    const match = pattern.exec(output);
    if (match) return outcome(match);
  }
  return 'timeout';
}
