/** stat, du, df: what a file system knows of itself. */
import { groupName, userName } from '../../machine/users.ts';
import { modeLetters } from './mode.ts';
import { joined } from './names.ts';
import { strftime } from './time.ts';
import { type Tool, reason, tool } from './tool.ts';
import { humanSize } from './units.ts';

export const stat = tool({
  name: 'stat', short: 'Lc:ft', long: { dereference: 'L', format: 'c', 'file-system': 'f', terse: 't' },
  async run(t) {
    if (t.operands.length === 0) return await t.usage('missing operand');
    let status = 0;
    for (const operand of t.operands) {
      try {
        await t.write(describe(t, operand));
      } catch (error) {
        await t.complain(t.gnu ? `cannot statx '${operand}': ${reason(error)}` : `can't stat '${operand}': ${reason(error)}`);
        status = 1;
      }
    }
    return status;
  },
});

function describe(t: Tool, operand: string): string {
  const { files } = t.process;
  const path = t.path(operand);
  const info = t.has('L') ? files.stat(path) : files.lstat(path);
  const kind = { file: info.size === 0 ? 'regular empty file' : 'regular file', directory: 'directory', symlink: 'symbolic link', device: 'character special file' }[info.type];
  const octal = info.mode.toString(8).padStart(4, '0');
  const [user, group] = [userName(info.uid, files), groupName(info.gid, files)];
  const time = strftime('%F %H:%M:%S.%N %z', info.mtimeMs);
  const blocks = info.type === 'file' ? Math.ceil(info.size / 4096) * 8 : 8;
  const format = t.value('c');
  if (format !== undefined) {
    const values: Readonly<Record<string, string>> = { n: operand, N: info.target === undefined ? `'${operand}'` : `'${operand}' -> '${info.target}'`, s: String(info.size), a: info.mode.toString(8), A: modeLetters(info), u: String(info.uid), U: user, g: String(info.gid), G: group, F: kind, i: String(info.ino), h: String(info.links), b: String(blocks), B: '512', Y: String(Math.floor(info.mtimeMs / 1000)), y: time, X: String(Math.floor(info.mtimeMs / 1000)), x: time, Z: String(Math.floor(info.mtimeMs / 1000)), z: time, f: ((info.type === 'directory' ? 0o40000 : 0o100000) | info.mode).toString(16) };
    return `${format.replace(/%([a-zA-Z])/g, (whole, letter: string) => values[letter] ?? whole)}\n`;
  }
  const name = info.target === undefined ? operand : t.gnu ? `${operand} -> ${info.target}` : `'${operand}' -> '${info.target}'`;
  const access = `Access: (${octal}/${modeLetters(info)})  Uid: (${String(info.uid).padStart(5)}/${user.padStart(8)})   Gid: (${String(info.gid).padStart(5)}/${group.padStart(8)})\n`;
  const times = `Access: ${time}\nModify: ${time}\nChange: ${time}\n`;
  if (t.gnu) return `  File: ${name}\n  Size: ${String(info.size).padEnd(10)}\tBlocks: ${String(blocks).padEnd(10)} IO Block: 4096   ${kind}\nDevice: 0,50\tInode: ${String(info.ino).padEnd(11)} Links: ${info.links}\n${access}${times} Birth: -\n`;
  return `  File: ${name}\n  Size: ${String(info.size).padEnd(10)}\tBlocks: ${String(blocks).padEnd(10)} IO Block: 4096   ${kind}\nDevice: 32h/50d\tInode: ${String(info.ino).padEnd(11)} Links: ${info.links}\n${access}${times}`;
}

export const du = tool({
  name: 'du', short: 'ahskmcxbd:H', long: { all: 'a', 'human-readable': 'h', summarize: 's', 'max-depth': 'd', total: 'c', bytes: 'b' },
  async run(t) {
    const { files } = t.process;
    let status = 0;
    let total = 0;
    const depth = t.has('s') ? 0 : Number(t.value('d') ?? Number.POSITIVE_INFINITY);
    const show = (bytes: number, name: string) => t.write(`${t.has('b') ? bytes : t.has('h') ? humanSize(bytes) : t.has('m') ? Math.ceil(bytes / 2 ** 20) : Math.ceil(bytes / 1024)}\t${name}\n`);
    const measure = async (name: string, level: number): Promise<number> => {
      const info = files.lstat(t.path(name));
      if (info.type === 'directory') {
        let sum = t.has('b') ? info.size : 4096;
        for (const child of files.list(t.path(name))) sum += await measure(joined(name, child), level + 1);
        if (level <= depth) await show(sum, name);
        return sum;
      }
      const size = t.has('b') ? info.size : info.type === 'file' ? Math.ceil(info.size / 4096) * 4096 : 0;
      if (level === 0 || (t.has('a') && level <= depth)) await show(size, name);
      return size;
    };
    for (const operand of t.operands.length > 0 ? t.operands : ['.']) {
      try {
        total += await measure(operand, 0);
      } catch (error) {
        await t.complain(t.gnu ? `cannot access '${operand}': ${reason(error)}` : `${operand}: ${reason(error)}`);
        status = 1;
      }
    }
    if (t.has('c')) await show(total, 'total');
    return status;
  },
});

/** What every file system here claims to have: a disk of 40 GiB, a quarter used. Differs from Linux: nothing fills it. */
const DISK_KIB = 40 * 2 ** 20;

export const df = tool({
  name: 'df', short: 'hHkmPTait:x:', long: { 'human-readable': 'h', 'print-type': 'T', portability: 'P', all: 'a' },
  async run(t) {
    const { files } = t.process;
    const absent = t.operands.filter((operand) => !files.exists(t.path(operand)));
    for (const operand of absent) await t.complain(`${operand}: No such file or directory`);
    if (absent.length > 0 && absent.length === t.operands.length) return 1;
    t.operands = t.operands.filter((operand) => !absent.includes(operand));
    const all = [{ path: '/', source: 'overlay', type: 'overlay' }, ...files.mounts()];
    const shown = t.operands.length > 0
      ? t.operands.map((operand) => {
          const real = files.realpath(t.path(operand));
          return all.filter(({ path }) => real === path || path === '/' || real.startsWith(`${path}/`)).at(-1)!;
        })
      : all.filter(({ type }) => t.has('a') || !['proc', 'sysfs', 'cgroup2'].includes(type));
    const cells = shown.map(({ path, source, type }) => {
      const size = type === 'tmpfs' ? t.process.machine.memoryBytes / 2048 : ['proc', 'sysfs'].includes(type) ? 0 : DISK_KIB;
      const used = type === 'tmpfs' || size === 0 ? 0 : size / 4;
      const print = (kib: number) => (t.has('h') ? (kib === 0 ? '0' : humanSize(kib * 1024)) : t.has('m') ? String(Math.ceil(kib / 1024)) : String(kib));
      return [source, ...(t.has('T') ? [type] : []), print(size), print(used), print(size - used), size === 0 ? '-' : `${Math.round((used / size) * 100)}%`, path];
    });
    const unit = t.has('h') ? 'Size' : t.has('m') ? '1M-blocks' : t.has('P') ? '1024-blocks' : '1K-blocks';
    const headings = ['Filesystem', ...(t.has('T') ? ['Type'] : []), unit, 'Used', t.has('h') && t.gnu ? 'Avail' : 'Available', t.gnu ? (t.has('P') ? 'Capacity' : 'Use%') : t.has('P') ? 'Capacity' : 'Use%', 'Mounted on'];
    if (t.gnu) {
      const widths = headings.map((heading, column) => Math.max(heading.length, column === 0 ? 14 : 0, ...cells.map((row) => row[column]!.length)));
      const left = (column: number) => column === 0 || (t.has('T') && column === 1);
      for (const row of [headings, ...cells]) await t.write(`${row.map((cell, column) => (column === row.length - 1 ? cell : left(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(' ')}\n`);
      return 0;
    }
    const line = (row: readonly string[]) => {
      const [name = '', ...rest] = row;
      const kind = t.has('T') ? ` ${rest.shift()!.padEnd(10)}` : '';
      const [size = '', used = '', free = '', percent = '', path = ''] = rest;
      const start = name.length > 20 ? `${name}\n${' '.repeat(20)}` : name.padEnd(20);
      return `${start}${kind} ${size.padStart(9)} ${used.padStart(9)} ${free.padStart(9)} ${percent.padStart(3)}${percent.length > 4 ? '' : ' '.repeat(Math.max(0, 4 - Math.max(3, percent.length)))} ${path}\n`.replace(/ {2}(\/[^ ]*\n)$/, ' $1');
    };
    await t.write(`${'Filesystem'.padEnd(20)}${t.has('T') ? ` ${'Type'.padEnd(10)}` : ''} ${unit.padStart(9)} ${'Used'.padStart(9)} ${'Available'.padStart(9)} ${t.has('P') ? 'Capacity' : 'Use%'} Mounted on\n`);
    for (const row of cells) await t.write(line(row));
    return 0;
  },
});
