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

const SERVER = `const [port, name] = process.argv.slice(1);
require('net').createServer({ allowHalfOpen: true }, (s) => {
  let said = '';
  s.on('data', (d) => (said += d)).on('end', () => s.end(name + ': ' + said + ' from ' + s.remoteAddress)).on('error', () => {});
}).listen(Number(port), '0.0.0.0', () => process.stdout.write('ready'));`;

const CLIENT = `const [host, port] = process.argv.slice(1);
let said = '';
const s = require('net').connect({ host, port: Number(port), allowHalfOpen: true }, () => s.end('hello'));
const timer = setTimeout(() => { process.stdout.write('timeout'); process.exit(); }, 2500);
s.on('data', (d) => (said += d)).on('error', (e) => { said = e.code; }).on('close', () => { process.stdout.write(said); clearTimeout(timer); });`;

const UDP_SERVER = `const [port, name] = process.argv.slice(1);
const s = require('dgram').createSocket('udp4', (d, from) => s.send(name + ': ' + d + ' from ' + from.address, from.port, from.address));
s.bind(Number(port), () => process.stdout.write('ready'));`;

const UDP_CLIENT = `const [host, port] = process.argv.slice(1);
const s = require('dgram').createSocket('udp4');
const end = (text) => { process.stdout.write(String(text)); process.exit(); };
s.on('message', end).on('error', (e) => end(e.code)).connect(Number(port), host, () => s.send('hello', (e) => e && end(e.code)));
setTimeout(() => end('timeout'), 1500);`;

export class RealRig {
  /** One process per namespace keeps it alive; its network is entered by the process's number. */
  readonly #holders = new Map<string, ChildProcess>();
  readonly #servers: ChildProcess[] = [];

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
    // Links need a moment to notice that their other end is up.
    await new Promise((resolve) => setTimeout(resolve, 30));
    // Three questions a second apart are long when nobody answers.
    await Promise.all([...this.#holders.keys()].map((name) => this.#in(name, ['sh', '-c', 'for knob in /proc/sys/net/ipv4/neigh/*/retrans_time_ms; do echo 100 > $knob; done'])));
    return undefined;
  }

  async probe(text: string): Promise<string> {
    const [host, kind, ...words] = text.split(' ');
    if (kind === 'tcp') return (await this.#in(host!, [process.execPath, '-e', CLIENT, words[0]!, words[1]!])).replaceAll('::ffff:', '');
    if (kind === 'udp') return this.#in(host!, [process.execPath, '-e', UDP_CLIENT, words[0]!, words[1]!]);
    const option = (name: string) => (words.includes(name) ? words[words.indexOf(name) + 1]! : undefined);
    const size = option('-s');
    const ttl = option('-t');
    const args = ['ping', '-n', '-c', '1', '-W', '2', ...(size ? ['-s', size] : []), ...(ttl ? ['-t', ttl] : []), ...(words.includes('-D') ? ['-M', 'do'] : []), words.at(-1)!];
    return readPing(await this.#in(host!, args));
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
    else if (verb === 'serve') await this.#serve(SERVER, words[0]!, words[1]!);
    else if (verb === 'serveudp') await this.#serve(UDP_SERVER, words[0]!, words[1]!);
    else {
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

  async #serve(source: string, name: string, port: string): Promise<void> {
    const server = spawn('nsenter', ['-t', this.#pid(name), '-n', process.execPath, '-e', source, port, name], { stdio: ['ignore', 'pipe', 'ignore'] });
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
