/** tcpdump 4.99: what passes by a device, as it passes. See tcpdump(1). */
import type { Process, Program } from '../../machine/program.ts';
import type { Captured } from '../../net/namespace.ts';
import { OptionError, parseOptions } from '../options.ts';
import { untilExit } from '../lifetime.ts';
import { refuse, withOptions } from '../usage.ts';
import { Arrivals, until } from '../waiting.ts';
import { FilterError, parseFilter, type FrameFilter } from './filter.ts';
import { printFrame, type Sequences } from './print.ts';

export const tcpdump: Program = {
  name: 'tcpdump',
  run: (process) => withOptions(() => main(process), (error: OptionError) => refuse(process, 1, `${error.sentence('tcpdump')}\ntcpdump version 4.99.3\nUsage: tcpdump [-ADelnqtv] [ -c count ] [ -i interface ] [ expression ]`)),
};

async function main(process: Process): Promise<number> {
  const options = parseOptions(process.argv.slice(1), { short: 'i:c:nevqAtDlUp', long: { interface: 'i:', count: 'c:', 'list-interfaces': 'D' } });
  const { netns } = process;
  if (options.has('D')) {
    const devices = netns.devices.list();
    const lines = [...devices.map((device) => `${device.name}${device.up ? ` [Up, Running${device.kind === 'loopback' ? ', Loopback' : ', Connected'}]` : ' [none, Disconnected]'}`), 'any (Pseudo-device that captures on all interfaces) [Up, Running]'];
    await process.stdout.write(lines.map((line, index) => `${index + 1}.${line}\n`).join(''));
    return 0;
  }
  const device = options.value('i') ?? netns.devices.list().find((one) => one.up && one.kind !== 'loopback')?.name ?? 'any';
  if (device !== 'any' && !netns.devices.get(device)) return refuse(process, 1, `tcpdump: ${device}: No such device exists\n(No such device exists)`);
  if (process.user.uid !== 0 || !process.machine.capabilities.has('NET_RAW')) return refuse(process, 1, `tcpdump: ${device}: You don't have permission to capture on that device\n(socket: Operation not permitted)`);
  let filter: FrameFilter;
  try {
    filter = parseFilter(options.operands);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    return refuse(process, 1, "tcpdump: can't parse filter expression: syntax error");
  }
  const any = device === 'any';
  const verbose = options.has('v');
  const head = any ? 'tcpdump: data link type LINUX_SLL2\n' : '';
  await process.stderr.write(`${head}tcpdump: ${verbose ? '' : 'verbose output suppressed, use -v[v]... for full protocol decode\n'}listening on ${device}, link-type ${any ? 'LINUX_SLL2 (Linux cooked v2)' : 'EN10MB (Ethernet)'}, snapshot length 262144 bytes\n`);
  const captured = await capture(process, device, filter, {
    count: options.has('c') ? Number(options.value('c')) : undefined,
    line: (frame, sequences) => {
      const time = options.has('t') ? '' : `${timeOf(process, frame.atMs)} `;
      const where = any ? `${frame.device.padEnd(5)} ${frame.direction === 'in' ? 'In ' : 'Out'} ` : '';
      return `${time}${where}${printFrame(frame.frame, { numeric: options.has('n'), link: options.has('e'), verbose, quiet: options.has('q'), ascii: options.has('A') }, sequences)}\n`;
    },
  });
  await process.stderr.write(`${captured.interrupted && process.terminal ? '\n' : ''}${captured.count} packet${captured.count === 1 ? '' : 's'} captured\n${captured.count} packet${captured.count === 1 ? '' : 's'} received by filter\n0 packets dropped by kernel\n`);
  return 0;
}

interface Capture {
  readonly count: number | undefined;
  readonly line: (captured: Captured, sequences: Sequences) => string;
}

async function capture(process: Process, device: string, filter: FrameFilter, { count, line }: Capture): Promise<{ readonly count: number; readonly interrupted: boolean }> {
  const arrivals = new Arrivals<Captured | 'stop'>();
  const stop = process.netns.capture(device, (frame) => {
    if (filter(frame.frame)) arrivals.put(frame);
  });
  const release = untilExit(process, stop);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.onSignal(signal, () => arrivals.put('stop'));
  const sequences: Sequences = new Map();
  let seen = 0;
  try {
    while (count === undefined || seen < count) {
      const next = await until(process, arrivals.next());
      if (next === 'stop') return { count: seen, interrupted: true };
      seen++;
      await process.stdout.write(line(next, sequences));
    }
    return { count: seen, interrupted: false };
  } finally {
    release();
    stop();
  }
}

/** `07:49:40.123456`. */
function timeOf(process: Process, atMs: number): string {
  const { clock } = process.machine;
  const unixMs = clock.unixMs() - (clock.now() - atMs);
  const micros = String(Math.floor((unixMs * 1000) % 1_000_000)).padStart(6, '0');
  return `${new Date(unixMs).toISOString().slice(11, 19)}.${micros}`;
}
