/** ls: see POSIX, "ls". Long lines, sorting, recursion, colours; columns on a terminal. */
import type { FileStat } from '../../machine/files.ts';
import { DEVICE_NUMBERS } from '../../machine/inode.ts';
import { groupName, userName } from '../../machine/users.ts';
import { modeLetters } from './mode.ts';
import { listDate, strftime } from './time.ts';
import { type Tool, reason, tool } from './tool.ts';
import { humanSize } from './units.ts';

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly stat: FileStat;
}

export const ls = tool({
  name: 'ls', short: '1aAcCdFghHilLnopqrRsStuUvw:xX', gnuOnly: 'oqU', usageStatus: 2,
  long: { all: 'a', 'almost-all': 'A', 'human-readable': 'h', recursive: 'R', reverse: 'r', directory: 'd', color: 'color::', inode: 'i', size: 's', classify: 'F', 'hide-control-chars': 'q', dereference: 'L', width: 'w', 'numeric-uid-gid': 'n', 'group-directories-first': 'group-directories-first', 'full-time': 'full-time' },
  absent: ['Z', 'context', 'm', 'Q', 'quote-name', 'b', 'escape', 'B', 'ignore-backups', 'I', 'ignore', 'k', 'kibibytes', 'N', 'literal', 'T', 'D', 'f', 'G', 'no-group', 'sort', 'time', 'time-style', 'format', 'block-size', 'si', 'author', 'hide', 'indicator-style', 'file-type', 'quoting-style', 'zero', 'hyperlink'],
  withoutEffect: { c: 'a file has one time', u: 'a file has one time', q: 'names are written as they are to what is no terminal' },
  async run(t) {
    let status = 0;
    const files: Entry[] = [];
    const directories: Entry[] = [];
    for (const operand of t.operands.length > 0 ? t.operands : ['.']) {
      try {
        const path = t.path(operand);
        const follow = !t.has('l') || t.has('L') || t.has('H') || operand.endsWith('/');
        const stat = follow && t.process.files.exists(path) ? t.process.files.stat(path) : t.process.files.lstat(path);
        (stat.type === 'directory' && !t.has('d') ? directories : files).push({ name: operand, path, stat });
      } catch (error) {
        await t.complain(t.gnu ? `cannot access '${operand}': ${reason(error)}` : `${operand}: ${reason(error)}`);
        status = t.gnu ? 2 : 1;
      }
    }
    if (files.length > 0) await print(t, sorted(t, files), false);
    const headed = t.operands.length > 1 || t.has('R');
    let first = files.length === 0;
    for (const directory of sorted(t, directories)) {
      status = (await listDirectory(t, directory, headed, first)) || status;
      first = false;
    }
    return status;
  },
});

async function listDirectory(t: Tool, directory: Entry, headed: boolean, first: boolean): Promise<number> {
  const { files } = t.process;
  let names: string[];
  try {
    names = files.list(directory.path);
  } catch (error) {
    await t.complain(t.gnu ? `cannot open directory '${directory.name}': ${reason(error)}` : `can't open '${directory.name}': ${reason(error)}`);
    return t.gnu ? 2 : 1;
  }
  if (headed) await t.write(`${first ? '' : '\n'}${directory.name}:\n`);
  if (t.has('a')) names = ['.', '..', ...names];
  const entries = names.filter((name) => !name.startsWith('.') || t.has('a') || t.has('A')).map((name) => {
    const path = `${directory.path === '/' ? '' : directory.path}/${name}`;
    return { name, path, stat: t.has('L') && files.exists(path) ? files.stat(path) : files.lstat(path) };
  });
  await print(t, sorted(t, entries), true);
  let status = 0;
  if (t.has('R')) {
    for (const entry of sorted(t, entries)) {
      if (entry.stat.type !== 'directory' || entry.name === '.' || entry.name === '..') continue;
      status = (await listDirectory(t, { ...entry, name: `${directory.name === '/' ? '' : directory.name}/${entry.name}` }, true, false)) || status;
    }
  }
  return status;
}

function sorted(t: Tool, entries: readonly Entry[]): readonly Entry[] {
  if (t.has('U')) return entries;
  const by = t.last('tSvX');
  const extension = ({ name }: Entry) => /\.[^.]*$/.exec(name)?.[0] ?? '';
  const byName = (a: Entry, b: Entry) => compareText(a.name, b.name);
  const order = [...entries].sort((a, b) => {
    if (by === 't') return b.stat.mtimeMs - a.stat.mtimeMs || byName(a, b);
    if (by === 'S') return b.stat.size - a.stat.size || byName(a, b);
    if (by === 'X') return compareText(extension(a), extension(b)) || byName(a, b);
    if (by === 'v') return a.name.localeCompare(b.name, 'en', { numeric: true });
    return byName(a, b);
  });
  const ordered = t.has('r') ? order.reverse() : order;
  return t.has('group-directories-first') ? [...ordered.filter(({ stat }) => stat.type === 'directory'), ...ordered.filter(({ stat }) => stat.type !== 'directory')] : ordered;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function print(t: Tool, entries: readonly Entry[], total: boolean): Promise<void> {
  const isLong = t.has('l') || t.has('n') || t.has('o') || t.has('g') || t.has('full-time');
  if (total && (isLong || t.has('s'))) await t.write(`total ${blocksText(t, entries.reduce((sum, { stat }) => sum + blocksOf(stat), 0))}\n`);
  if (!isLong) return await printNames(t, entries);
  const { files } = t.process;
  const rows = entries.map(({ name, stat }) => ({
    inode: before(t, entries, stat),
    mode: modeLetters(stat),
    links: String(stat.links),
    user: t.has('g') ? '' : t.has('n') ? String(stat.uid) : userName(stat.uid, files),
    group: t.has('o') ? '' : t.has('n') ? String(stat.gid) : groupName(stat.gid, files),
    size: stat.device ? DEVICE_NUMBERS[stat.device].join(', ').replace(', ', t.gnu ? ', ' : ',   ') : t.has('h') ? humanSize(stat.size) : String(stat.size),
    date: t.has('full-time') ? strftime('%F %T.%N %z', stat.mtimeMs) : listDate(stat.mtimeMs, t.process.machine.clock.unixMs()),
    name: painted(t, stat, marked(t, name, stat)) + (stat.type === 'symlink' ? ` -> ${stat.target}` : ''),
  }));
  const width = (column: 'links' | 'user' | 'group' | 'size') => Math.max(...rows.map((row) => row[column].length));
  // GNU makes columns as narrow as they can be, busybox has fixed ones.
  const widths = t.gnu ? { links: width('links'), user: width('user'), group: width('group'), size: width('size') } : { links: 4, user: 8, group: 8, size: t.has('h') ? 6 : 9 };
  for (const row of rows) {
    const names = t.gnu ? `${row.user.padEnd(widths.user)} ${row.group.padEnd(widths.group)}` : `${row.user.padEnd(widths.user)} ${row.group.padEnd(widths.group)}`;
    const links = t.gnu ? ` ${row.links.padStart(widths.links)} ` : `${row.links.padStart(widths.links + 1)} `;
    await t.write(`${row.inode}${row.mode}${links}${names} ${row.size.padStart(widths.size)} ${row.date} ${row.name}\n`);
  }
}

const blocksOf = (stat: FileStat): number => (stat.type === 'symlink' || stat.type === 'device' ? 0 : Math.ceil(stat.size / 4096) * 4);
const blocksText = (t: Tool, blocks: number): string => (t.has('h') && blocks > 0 ? humanSize(blocks * 1024) : String(blocks));

/** What `-i` and `-s` put before each name. */
function before(t: Tool, entries: readonly Entry[], stat: FileStat): string {
  const width = t.gnu ? Math.max(...entries.map((entry) => blocksText(t, blocksOf(entry.stat)).length)) : 6;
  return `${t.has('i') ? `${stat.ino} ` : ''}${t.has('s') ? `${blocksText(t, blocksOf(stat)).padStart(width)} ` : ''}`;
}

/** The colours that dircolors(1) begins with. */
function painted(t: Tool, stat: FileStat, text: string): string {
  const when = t.value('color') ?? 'never';
  if (!['always', 'yes', 'force', ''].includes(when) && !(['auto', 'tty', 'if-tty'].includes(when) && t.process.terminal)) return text;
  const code = { directory: '01;34', symlink: '01;36', device: '40;33;01', file: (stat.mode & 0o111) !== 0 ? '01;32' : undefined }[stat.type];
  return code === undefined ? text : `\x1b[${code}m${text}\x1b[0m`;
}

async function printNames(t: Tool, entries: readonly Entry[]): Promise<void> {
  const cells = entries.map(({ name, stat }) => {
    const head = before(t, entries, stat);
    const plain = marked(t, name, stat);
    return { length: head.length + plain.length, text: head + painted(t, stat, plain) };
  });
  const layout = t.last('1Cx') ?? (t.process.terminal ? 'C' : '1');
  if (layout === '1') {
    if (cells.length > 0) await t.write(`${cells.map(({ text }) => text).join('\n')}\n`);
    return;
  }
  const widths = columnWidths(cells.map(({ length }) => length), Number(t.value('w') ?? t.process.terminal?.columns ?? 80), layout, t.gnu);
  const rows = Math.ceil(cells.length / widths.length);
  for (let row = 0; row < rows; row++) {
    const line = cells.filter((_cell, index) => (layout === 'C' ? index % rows === row : Math.floor(index / widths.length) === row));
    await t.write(`${line.map(({ text, length }, column) => (column === line.length - 1 ? text : text + ' '.repeat(widths[column]! - length))).join('')}\n`);
  }
}

/** As many columns as go into a line. -C goes down, -x across; GNU's columns are as narrow as they can be, busybox's all alike. */
function columnWidths(lengths: readonly number[], room: number, layout: string, isNarrow: boolean): readonly number[] {
  const widest = Math.max(0, ...lengths) + 2;
  if (!isNarrow) return Array.from({ length: Math.max(1, Math.floor((room + 1) / widest)) }, () => widest);
  for (let count = lengths.length; count > 1; count--) {
    const rows = Math.ceil(lengths.length / count);
    // GNU's never makes a column narrower than three.
    const widths = Array.from({ length: count }, () => 3);
    const filled = new Set<number>();
    for (const [index, length] of lengths.entries()) {
      const column = layout === 'C' ? Math.floor(index / rows) : index % count;
      filled.add(column);
      widths[column] = Math.max(widths[column]!, length + (column === count - 1 ? 0 : 2));
    }
    // Whole rows can leave the last columns empty.
    if (filled.size === count && widths.reduce((sum, width) => sum + width, 0) < room) return widths;
  }
  return [widest];
}

function marked(t: Tool, name: string, stat: FileStat): string {
  if (stat.type === 'directory' && (t.has('p') || t.has('F'))) return `${name}/`;
  if (!t.has('F')) return name;
  if (stat.type === 'symlink') return t.has('l') ? name : `${name}@`;
  return stat.type === 'file' && (stat.mode & 0o111) !== 0 ? `${name}*` : name;
}
