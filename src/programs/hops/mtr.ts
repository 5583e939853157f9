/**
 * mtr: traceroute that goes on counting. As a report (`-r`, `-w`), as CSV (`-C`), and as a screen of a terminal that is
 * drawn anew until `q`. Words of 0.95; see mtr(8), ui/report.c and ui/curses.c.
 *
 * Differs from Linux: the screen knows the keys q, p, space, r and n; the graphs of `d` and the JSON and XML of `-j` and
 * `-x` are missing, so they are refused.
 */
import type { Ipv4 } from '../../base/address.ts';
import type { Process, Program } from '../../machine/program.ts';
import { NetError } from '../../net/errors.ts';
import { lookupAddress, lookupFailureText, lookupHost } from '../dns/resolver.ts';
import { type OptionError, parseOptions, type ParsedOptions } from '../options.ts';
import { refuse, withOptions } from '../usage.ts';
import { type Hop, hopCount, HopStatistics } from './hop-statistics.ts';
import { csv, MTR_USAGE, report, screen } from './mtr-print.ts';
import { probe } from './probe.ts';

const LONG = {
  udp: 'u', 'first-ttl': 'f:', 'max-ttl': 'm:', 'max-unknown': 'U:', port: 'P:', psize: 's:', interval: 'i:', gracetime: 'G:', timeout: 'Z:', report: 'r', 'report-wide': 'w', 'report-cycles': 'c:', csv: 'C', curses: 't', 'no-dns': 'n', 'show-ips': 'b', help: 'h', version: 'v',
};
/** After so many silent ones in a row, nothing further is asked. */
const MOST_UNKNOWN = 12;

export const mtr: Program = {
  name: 'mtr',
  run: (process) => withOptions(() => main(process), (error: OptionError) => refuse(process, 1, `${error.sentence('mtr')}\n\n${MTR_USAGE.trimEnd()}`)),
};

async function main(process: Process): Promise<number> {
  const options = parseOptions(process.argv.slice(1), { short: '4uf:m:U:P:s:i:G:Z:rwc:Ctnbhv', long: LONG });
  if (options.has('v')) return print(process, 'mtr 0.95\n');
  if (options.has('h')) return print(process, `\n${MTR_USAGE}`);
  const host = options.operands[0] ?? 'localhost';
  const found = await lookupHost(process, host);
  if (found.outcome !== 'found') {
    await process.stderr.write(`mtr: Failed to resolve host: ${host}: ${lookupFailureText(found.outcome)}\n`);
    return 0;
  }
  const run = new Run(process, options, { host, address: found.addresses[0]! });
  const cycles = Number(options.value('c') ?? 10);
  if (options.has('r') || options.has('w')) return run.report(cycles);
  if (options.has('C')) return run.csv(cycles);
  if (!process.terminal) return refuse(process, 1, 'Error opening terminal: unknown.');
  return run.onScreen(options.has('c') ? cycles : Number.POSITIVE_INFINITY);
}

async function print(process: Process, text: string): Promise<number> {
  await process.stdout.write(text);
  return 0;
}

class Run {
  readonly #hops: HopStatistics[] = [];
  readonly #names = new Map<Ipv4, string>();
  #last: number;
  #stopped = false;

  constructor(
    private readonly process: Process,
    private readonly options: ParsedOptions,
    private readonly target: { readonly host: string; readonly address: Ipv4 },
  ) {
    this.#last = Number(options.value('m') ?? 30);
  }

  async report(cycles: number): Promise<number> {
    const start = new Date(this.process.machine.clock.unixMs()).toISOString().replace(/\.\d+Z$/, '+0000');
    await this.process.stdout.write(`Start: ${start}\n`);
    await this.#count(cycles);
    await this.process.stdout.write(report(await this.#named(), this.process.hostname, this.options.has('w')));
    return 0;
  }

  async csv(cycles: number): Promise<number> {
    const startedAt = Math.floor(this.process.machine.clock.unixMs() / 1000);
    await this.#count(cycles);
    await this.process.stdout.write(csv(await this.#named(), startedAt, this.target.host));
    return 0;
  }

  async onScreen(cycles: number): Promise<number> {
    const terminal = this.process.terminal!;
    let paused = false;
    let numeric = this.options.has('n');
    terminal.mode = 'raw';
    await this.process.stdout.write('\x1b[?1049h');
    const draw = async () => {
      const text = screen(numeric ? this.#numbered() : await this.#named(), { title: `${this.process.hostname} -> ${this.target.host} (${this.target.address})`, now: this.process.machine.clock.unixMs(), columns: terminal.columns });
      await this.process.stdout.write(`\x1b[H\x1b[2J${text}`);
    };
    const keys = this.#listen((key) => {
      if (key === 'q' || key === '\x03') this.#stopped = true;
      else if (key === 'p') paused = true;
      else if (key === ' ') paused = false;
      else if (key === 'r') this.#hops.length = 0;
      else if (key === 'n') numeric = !numeric;
    });
    try {
      for (let cycle = 0; cycle < cycles && !this.#stopped; cycle++) {
        if (!paused) await this.#cycle();
        await draw();
      }
    } finally {
      keys.abort();
      terminal.mode = 'cooked';
      await this.process.stdout.write('\x1b[?1049l');
    }
    return 0;
  }

  #listen(onKey: (key: string) => void): AbortController {
    const stop = new AbortController();
    const read = async (): Promise<void> => {
      for (;;) {
        const keys = await this.process.stdin.read(stop.signal);
        if (keys === undefined) break;
        for (const key of keys) onKey(key);
      }
      this.#stopped = true;
    };
    // Whoever ends the program ends the reading with it.
    read().catch(() => undefined);
    return stop;
  }

  async #count(cycles: number): Promise<void> {
    for (let cycle = 0; cycle < cycles; cycle++) await this.#cycle();
    // What is still on its way is waited for.
    await this.process.machine.clock.sleep(Number(this.options.value('G') ?? 5) * 1000, this.process.signal);
  }

  /** One packet to every hop, spread over the interval. */
  async #cycle(): Promise<void> {
    const { clock } = this.process.machine;
    const intervalMs = Number(this.options.value('i') ?? 1) * 1000;
    const endsAt = clock.now() + intervalMs;
    let unknown = 0;
    for (let ttl = Number(this.options.value('f') ?? 1); ttl <= this.#last && unknown < MOST_UNKNOWN && !this.#stopped; ttl++) {
      const hop = (this.#hops[ttl - 1] ??= new HopStatistics());
      void this.#ask(ttl, hop);
      await clock.sleep(Math.min(100, intervalMs / 10), this.process.signal);
      unknown = hop.address === undefined ? unknown + 1 : 0;
      if (hop.final) break;
    }
    if (clock.now() < endsAt && !this.#stopped) await clock.sleep(endsAt - clock.now(), this.process.signal);
  }

  async #ask(ttl: number, hop: HopStatistics): Promise<void> {
    const { options } = this;
    const number = hop.begin();
    try {
      const waitMs = Number(options.value('Z') ?? 10) * 1000;
      const answer = await probe(this.process, { destination: this.target.address, ttl, method: options.has('u') ? 'udp' : 'icmp', port: Number(options.value('P') ?? 33_434) + ttl, size: Math.max(0, Number(options.value('s') ?? 64) - 28), waitMs });
      if (answer) hop.answered(number, answer);
    } catch (error) {
      // A packet that the kernel does not send is one that is lost.
      if (!(error instanceof NetError) && !this.process.signal.aborted) throw error;
    }
  }

  #numbered(): readonly Hop[] {
    const first = Number(this.options.value('f') ?? 1);
    return this.#hops.slice(first - 1, hopCount(this.#hops)).map((statistics, at) => ({ number: first + at, name: statistics.address ?? '???', address: statistics.address ?? '???', statistics }));
  }

  async #named(): Promise<readonly Hop[]> {
    const hops = this.#numbered();
    if (this.options.has('n')) return hops;
    for (const { statistics: { address } } of hops) if (address !== undefined && !this.#names.has(address)) this.#names.set(address, (await lookupAddress(this.process, address)) ?? address);
    return hops.map((hop) => {
      const { address } = hop.statistics;
      const name = address === undefined ? '???' : this.#names.get(address)!;
      return { ...hop, name: this.options.has('b') && name !== hop.address ? `${name} (${hop.address})` : name };
    });
  }
}
