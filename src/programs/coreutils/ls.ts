/** ls: see POSIX, "ls". Long lines, sorting, recursion; columns on a terminal. No colours, as in containers by default. */
import type { FileStat } from '../../machine/files.ts';
import { DEVICE_NUMBERS } from '../../machine/inode.ts';
import { groupName, userName } from '../../machine/users.ts';
import { modeLetters } from './mode.ts';
import { listDate } from './time.ts';
import { type Tool, reason, tool } from './tool.ts';
import { humanSize } from './units.ts';

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly stat: FileStat;
}

export const ls = tool({
  name: 'ls', short: '1aAcCdFghHilLnopqrRsStuUvw:xXZ', long: { all: 'a', 'almost-all': 'A', 'human-readable': 'h', recursive: 'R', reverse: 'r', directory: 'd', color: 'Z', inode: 'i', size: 's', classify: 'F' }, usageStatus: 2,
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
  const byName = (a: Entry, b: Entry) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const order = [...entries].sort((a, b) => {
    if (by === 't') return b.stat.mtimeMs - a.stat.mtimeMs || byName(a, b);
    if (by === 'S') return b.stat.size - a.stat.size || byName(a, b);
    if (by === 'v') return a.name.localeCompare(b.name, 'en', { numeric: true });
    return byName(a, b);
  });
  return t.has('r') ? order.reverse() : order;
}

async function print(t: Tool, entries: readonly Entry[], total: boolean): Promise<void> {
  if (!t.has('l') && !t.has('n') && !t.has('o') && !t.has('g')) return await printNames(t, entries);
  if (total) {
    const blocks = entries.reduce((sum, { stat }) => sum + (stat.type === 'symlink' ? 0 : Math.ceil(stat.size / 4096) * 4), 0);
    await t.write(`total ${t.has('h') ? humanSize(blocks * 1024) : blocks}\n`);
  }
  const { files } = t.process;
  const rows = entries.map(({ name, stat }) => ({
    inode: t.has('i') ? `${stat.ino} ` : '',
    mode: modeLetters(stat),
    links: String(stat.links),
    user: t.has('g') ? '' : t.has('n') ? String(stat.uid) : userName(stat.uid, files),
    group: t.has('o') ? '' : t.has('n') ? String(stat.gid) : groupName(stat.gid, files),
    size: stat.device ? DEVICE_NUMBERS[stat.device].join(', ').replace(', ', t.gnu ? ', ' : ',   ') : t.has('h') ? humanSize(stat.size) : String(stat.size),
    date: listDate(stat.mtimeMs, t.process.machine.clock.unixMs()),
    name: marked(t, name, stat) + (stat.type === 'symlink' ? ` -> ${stat.target}` : ''),
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

async function printNames(t: Tool, entries: readonly Entry[]): Promise<void> {
  const names = entries.map(({ name, stat }) => (t.has('i') ? `${stat.ino} ` : '') + marked(t, name, stat));
  if (!t.process.terminal || t.has('1')) {
    if (names.length > 0) await t.write(`${names.join('\n')}\n`);
    return;
  }
  const columns = t.process.terminal.columns;
  const widest = Math.max(0, ...names.map((name) => name.length)) + 2;
  const across = Math.max(1, Math.floor(columns / widest));
  const rows = Math.ceil(names.length / across);
  for (let row = 0; row < rows; row++) {
    const line = names.filter((_name, index) => index % rows === row);
    await t.write(`${line.map((name, index) => (index === line.length - 1 ? name : name.padEnd(widest))).join('')}\n`);
  }
}

function marked(t: Tool, name: string, stat: FileStat): string {
  if (stat.type === 'directory' && (t.has('p') || t.has('F'))) return `${name}/`;
  if (!t.has('F')) return name;
  if (stat.type === 'symlink') return t.has('l') ? name : `${name}@`;
  return stat.type === 'file' && (stat.mode & 0o111) !== 0 ? `${name}*` : name;
}
