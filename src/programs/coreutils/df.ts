/** df: what file systems hold, and how much of that is used. See df(1). */
import { type Tool, tool } from './tool.ts';
import { humanSize } from './units.ts';

/** What every file system here claims to have: a disk of 40 GiB, a quarter used. Differs from Linux: nothing fills it. */
const DISK = { kib: 40 * 2 ** 20, inodes: 2_621_440 };

interface Mounted {
  readonly path: string;
  readonly source: string;
  readonly type: string;
}

export const df = tool({
  name: 'df', short: 'hHkmPTait:x:l', gnuOnly: 'Hxl', long: { 'human-readable': 'h', si: 'H', 'print-type': 'T', portability: 'P', all: 'a', inodes: 'i', type: 't', 'exclude-type': 'x', local: 'l' },
  absent: ['B', 'block-size', 'total', 'output', 'sync', 'no-sync'], withoutEffect: { l: 'every file system here is local' },
  async run(t) {
    const { files } = t.process;
    const absent = t.operands.filter((operand) => !files.exists(t.path(operand)));
    for (const operand of absent) await t.complain(t.gnu ? `${operand}: No such file or directory` : `${operand}: can't find mount point`);
    if (absent.length > 0 && absent.length === t.operands.length) return 1;
    t.operands = t.operands.filter((operand) => !absent.includes(operand));
    const shown = chosen(t);
    if (shown.length === 0 && t.gnu) {
      await t.complain('no file systems processed');
      return 1;
    }
    const unit = t.last('hHkm') ?? 'k';
    const heading = t.has('i') ? 'Inodes' : { h: 'Size', H: 'Size', m: t.has('P') ? '1048576-blocks' : '1M-blocks', k: t.has('P') ? '1024-blocks' : '1K-blocks' }[unit as 'h' | 'H' | 'm' | 'k'];
    const percent = t.has('P') ? 'Capacity' : 'Use%';
    const rows = shown.map((one) => cells(t, one, unit));
    if (t.gnu) await gnuTable(t, [['Filesystem', ...(t.has('T') ? ['Type'] : []), heading, ...(t.has('i') ? ['IUsed', 'IFree', 'IUse%'] : ['Used', unit === 'h' || unit === 'H' ? 'Avail' : 'Available', percent]), 'Mounted on'], ...rows]);
    else await busyboxTable(t, heading, percent, rows);
    return 0;
  },
});

/** All that are worth showing, or those that hold the operands; of the wanted types. */
function chosen(t: Tool): readonly Mounted[] {
  const { files } = t.process;
  const all: readonly Mounted[] = [{ path: '/', source: 'overlay', type: 'overlay' }, ...files.mounts()];
  const named = t.operands.map((operand) => {
    const real = files.realpath(t.path(operand));
    return all.filter(({ path }) => real === path || path === '/' || real.startsWith(`${path}/`)).at(-1)!;
  });
  const wanted = named.length > 0 ? named : all.filter(({ type }) => t.has('a') || !['proc', 'sysfs', 'cgroup2'].includes(type));
  return wanted.filter(({ type }) => (!t.has('t') || t.values('t').includes(type)) && !t.values('x').includes(type));
}

function cells(t: Tool, { path, source, type }: Mounted, unit: string): readonly string[] {
  const whole = t.has('i') ? DISK.inodes : DISK.kib;
  const isVirtual = ['proc', 'sysfs', 'cgroup2'].includes(type);
  const size = isVirtual ? 0 : type === 'tmpfs' && !t.has('i') ? t.process.machine.memoryBytes / 2048 : whole;
  const used = type === 'tmpfs' || isVirtual ? 0 : size / 4;
  const print = (amount: number) => {
    const bytes = t.has('i') ? amount : amount * 1024;
    if (unit === 'h' || unit === 'H') return bytes === 0 ? '0' : unit === 'h' ? humanSize(bytes) : siSize(bytes);
    return String(unit === 'm' && !t.has('i') ? Math.ceil(amount / 1024) : amount);
  };
  return [source, ...(t.has('T') ? [type] : []), print(size), print(used), print(size - used), size === 0 ? '-' : `${Math.round((used / size) * 100)}%`, path];
}

/** `-H`: powers of a thousand. */
function siSize(bytes: number): string {
  let value = bytes;
  let at = -1;
  for (; value >= 1000 && at < 4; at++) value /= 1000;
  const rounded = value < 10 && at >= 0 ? Math.ceil(value * 10) / 10 : Math.ceil(value);
  return `${at >= 0 && rounded < 10 ? rounded.toFixed(1) : rounded}${at < 0 ? '' : 'kMGTP'[at]}`;
}

async function gnuTable(t: Tool, rows: readonly (readonly string[])[]): Promise<void> {
  const widths = rows[0]!.map((_heading, column) => Math.max(column === 0 ? 14 : 0, ...rows.map((row) => row[column]!.length)));
  const isLeft = (column: number) => column === 0 || (t.has('T') && column === 1);
  for (const row of rows) await t.write(`${row.map((cell, column) => (column === row.length - 1 ? cell : isLeft(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(' ')}\n`);
}

async function busyboxTable(t: Tool, unit: string, percent: string, rows: readonly (readonly string[])[]): Promise<void> {
  const line = (row: readonly string[]) => {
    const [name = '', ...rest] = row;
    const kind = t.has('T') ? ` ${rest.shift()!.padEnd(10)}` : '';
    const [size = '', used = '', free = '', share = '', path = ''] = rest;
    const start = name.length > 20 ? `${name}\n${' '.repeat(20)}` : name.padEnd(20);
    return `${start}${kind} ${size.padStart(9)} ${used.padStart(9)} ${free.padStart(9)} ${share.padStart(3)}${share.length > 4 ? '' : ' '.repeat(Math.max(0, 4 - Math.max(3, share.length)))} ${path}\n`.replace(/ {2}(\/[^ ]*\n)$/, ' $1');
  };
  await t.write(`${'Filesystem'.padEnd(20)}${t.has('T') ? ` ${'Type'.padEnd(10)}` : ''} ${unit.padStart(9)} ${'Used'.padStart(9)} ${'Available'.padStart(9)} ${percent} Mounted on\n`);
  for (const row of rows) await t.write(line(row));
}
