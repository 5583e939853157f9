/** stat and du: what a file system knows of its files. */
import { groupName, userName } from '../../machine/users.ts';
import { modeLetters } from './mode.ts';
import { joined } from './names.ts';
import { strftime } from './time.ts';
import { type Tool, reason, tool } from './tool.ts';
import { humanSize } from './units.ts';

export const stat = tool({
  name: 'stat', short: 'Lc:', long: { dereference: 'L', format: 'c', printf: 'printf:' }, absent: ['f', 'file-system', 't', 'terse', 'cached'],
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
  const format = t.value('c') ?? t.value('printf');
  if (format !== undefined) {
    const values: Readonly<Record<string, string>> = { n: operand, N: info.target === undefined ? `'${operand}'` : `'${operand}' -> '${info.target}'`, s: String(info.size), a: info.mode.toString(8), A: modeLetters(info), u: String(info.uid), U: user, g: String(info.gid), G: group, F: kind, i: String(info.ino), h: String(info.links), b: String(blocks), B: '512', Y: String(Math.floor(info.mtimeMs / 1000)), y: time, X: String(Math.floor(info.mtimeMs / 1000)), x: time, Z: String(Math.floor(info.mtimeMs / 1000)), z: time, f: ((info.type === 'directory' ? 0o40000 : 0o100000) | info.mode).toString(16) };
    const text = format.replace(/%([a-zA-Z])/g, (whole, letter: string) => values[letter] ?? whole);
    // --printf writes escapes and no newline of its own.
    return t.has('printf') ? text.replace(/\\([nt\\])/g, (_whole, letter: string) => ({ n: '\n', t: '\t' })[letter] ?? '\\') : `${text}\n`;
  }
  const name = info.target === undefined ? operand : t.gnu ? `${operand} -> ${info.target}` : `'${operand}' -> '${info.target}'`;
  const access = `Access: (${octal}/${modeLetters(info)})  Uid: (${String(info.uid).padStart(5)}/${user.padStart(8)})   Gid: (${String(info.gid).padStart(5)}/${group.padStart(8)})\n`;
  const times = `Access: ${time}\nModify: ${time}\nChange: ${time}\n`;
  if (t.gnu) return `  File: ${name}\n  Size: ${String(info.size).padEnd(10)}\tBlocks: ${String(blocks).padEnd(10)} IO Block: 4096   ${kind}\nDevice: 0,50\tInode: ${String(info.ino).padEnd(11)} Links: ${info.links}\n${access}${times} Birth: -\n`;
  return `  File: ${name}\n  Size: ${String(info.size).padEnd(10)}\tBlocks: ${String(blocks).padEnd(10)} IO Block: 4096   ${kind}\nDevice: 32h/50d\tInode: ${String(info.ino).padEnd(11)} Links: ${info.links}\n${access}${times}`;
}

export const du = tool({
  name: 'du', short: 'ahskmcxbd:HL0', gnuOnly: '0', absent: ['S', 'separate-dirs', 'X', 'exclude', 't', 'threshold', 'B', 'block-size', 'l', 'count-links', 'apparent-size', 'time', 'inodes', 'D', 'P', 'si'], long: { null: '0', dereference: 'L', 'one-file-system': 'x', all: 'a', 'human-readable': 'h', summarize: 's', 'max-depth': 'd', total: 'c', bytes: 'b' },
  async run(t) {
    const { files } = t.process;
    let status = 0;
    let total = 0;
    const depth = t.has('s') ? 0 : Number(t.value('d') ?? Number.POSITIVE_INFINITY);
    if (t.gnu && t.has('s') && t.has('a')) return await t.usage('cannot both summarize and show all entries');
    const unit = t.last('bhkm') ?? 'k';
    const show = (bytes: number, name: string) => t.write(`${unit === 'h' ? humanSize(bytes) : Math.ceil(bytes / { b: 1, k: 1024, m: 2 ** 20 }[unit as 'b' | 'k' | 'm'])}\t${name}${t.has('0') ? '\0' : '\n'}`);
    const isElsewhere = (path: string) => t.has('x') && files.mounts().some((one) => one.path === path);
    const measure = async (name: string, level: number): Promise<number> => {
      const info = t.has('L') || (t.has('H') && level === 0) ? files.stat(t.path(name)) : files.lstat(t.path(name));
      // -x stays in the file system in which it began.
      if (level > 0 && isElsewhere(t.path(name))) return 0;
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
