/** tar: create, list and extract ustar archives, plain or over standard streams, as `kubectl cp` does. See POSIX, "pax", ustar format. */
import { readAll } from '../../machine/streams.ts';
import type { FileStat } from '../../machine/files.ts';
import { groupName, userName } from '../../machine/users.ts';
import { gunzip, gzip, GzipError, isGzip } from './deflate.ts';
import { modeLetters } from './mode.ts';
import { joined } from './names.ts';
import { strftime } from './time.ts';
import { type Tool, reason, tool, withArguments } from './tool.ts';
import { FileError } from '../../machine/file-error.ts';
import { Exit, type Program } from '../../machine/program.ts';

const BLOCK = 512;

const tarTool = tool({
  name: 'tar', hint: "Try 'tar --help' or 'tar --usage' for more information.", short: 'cxtf:C:vmpozjJaOkhPT:', gnuOnly: 'PT', usageStatus: 2,
  absent: ['A', 'catenate', 'r', 'append', 'u', 'update', 'd', 'diff', 'delete', 'Z', 'w', 'interactive', 'l', 'W', 'verify', 'g', 'i', 'N', 'newer', 'K', 'X', 'exclude-from', 'S', 'sparse', 's', 'b', 'B', 'H', 'I', 'use-compress-program', 'transform', 'owner', 'group', 'mode', 'wildcards', 'remove-files', 'keep-newer-files', 'overwrite', 'numeric-owner', 'no-recursion', 'zstd'],
  withoutEffect: { 'same-order': 'members are looked for in the whole archive' },
  long: { create: 'c', extract: 'x', get: 'x', list: 't', file: 'f', directory: 'C', verbose: 'v', touch: 'm', 'preserve-permissions': 'p', 'no-same-owner': 'o', gzip: 'z', 'to-stdout': 'O', 'keep-old-files': 'k', dereference: 'h', 'strip-components': 'strip-components:', exclude: 'exclude:', 'no-same-permissions': 'no-same-permissions', 'absolute-names': 'P', 'files-from': 'T', 'auto-compress': 'a', bzip2: 'j', xz: 'J', 'preserve-order': 'same-order', 'same-order': 'same-order' },
  async run(t) {
    for (const letter of [...'jJ'].filter((one) => t.has(one))) {
      const program = { j: 'bzip2', J: 'xz' }[letter]!;
      await t.process.stderr.write(`tar (child): ${program}: Cannot exec: No such file or directory\ntar (child): Error is not recoverable: exiting now\n`);
      return 2;
    }
    const mode = [...'cxt'].filter((letter) => t.has(letter));
    if (mode.length !== 1) {
      if (t.gnu) return await t.usage(mode.length === 0 ? "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options" : "You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option");
      await t.complain('bad usage: one of -c, -x, -t is needed');
      return 1;
    }
    return mode[0] === 'c' ? await create(t) : await extract(t, mode[0] === 't');
  },
});

/** `tar xf` is `tar -x -f`: the first word may lack its dash. */
export const tar: Program = {
  name: 'tar',
  run: (process) => {
    const [first = '', ...rest] = process.argv.slice(1);
    if (!/^[cxt][a-zA-Z]*$|^[a-zA-Z]*[cxt][a-zA-Z]*$/.test(first)) return tarTool.run(process);
    const values = [...first].filter((letter) => 'fCT'.includes(letter)).flatMap((letter, index) => [`-${letter}`, rest[index] ?? '']);
    const flags = [...first].filter((letter) => !'fCT'.includes(letter)).join('');
    const argv = [process.argv[0]!, `-${flags}`, ...values, ...rest.slice(values.length / 2)];
    return tarTool.run(withArguments(process, argv));
  },
};

async function create(t: Tool): Promise<number> {
  const { files } = t.process;
  const base = t.has('C') ? t.path(t.value('C')!) : t.process.cwd;
  const named = t.has('T') ? namesIn(t, t.value('T')!) : [];
  if (t.operands.length === 0 && !t.has('T')) {
    await t.complain(t.gnu ? 'Cowardly refusing to create an empty archive' : 'empty archive');
    return t.gnu ? 2 : 1;
  }
  const target = t.value('f') ?? '-';
  const output = target === '-' ? t.process.stdout : await t.output(target, false);
  if (!output) return 2;
  // A compressed archive is written when it is whole.
  const isPacked = t.has('z') || (t.has('a') && /\.(?:gz|tgz|taz)$/.test(target));
  let whole = '';
  const put = async (bytes: string): Promise<void> => {
    if (isPacked) whole += bytes;
    else await output.write(bytes);
  };
  let status = 0;
  let warned = false;
  const add = async (name: string): Promise<void> => {
    const path = name.startsWith('/') ? name : joined(base, name);
    let stat: FileStat;
    try {
      stat = t.has('h') ? files.stat(path) : files.lstat(path);
    } catch (error) {
      await t.complain(t.gnu ? `${name}: Cannot stat: ${reason(error)}` : `${name}: ${reason(error)}`);
      status = t.gnu ? 2 : 1;
      return;
    }
    if (t.values('exclude').some((pattern) => name.split('/').includes(pattern))) return;
    let stored = name;
    if (name.startsWith('/') && !t.has('P')) {
      stored = name.replace(/^\/+/, '');
      if (!warned) await t.complain(t.gnu ? "Removing leading `/' from member names" : "removing leading '/' from member names");
      warned = true;
    }
    if (stat.type === 'directory' && !stored.endsWith('/')) stored += '/';
    if (t.has('v')) await (target === '-' ? t.process.stderr : t.process.stdout).write(`${stored}\n`);
    const content = stat.type === 'file' ? files.read(path) : '';
    // Files of /proc have content but no size.
    if (stored !== '') await put(header(stored, { ...stat, size: content.length }, userName(stat.uid, files), groupName(stat.gid, files)) + content + '\0'.repeat((BLOCK - (content.length % BLOCK)) % BLOCK));
    if (stat.type === 'directory') for (const child of files.list(path)) await add(joined(name, child));
  };
  for (const operand of [...t.operands, ...named]) await add(operand);
  await put('\0'.repeat(BLOCK * 2));
  if (isPacked) await output.write(gzip(whole));
  if (status !== 0) await t.complain(t.gnu ? 'Exiting with failure status due to previous errors' : 'error exit delayed from previous errors');
  return status;
}

/** `-T`: names from a file, one a line. */
function namesIn(t: Tool, path: string): readonly string[] {
  return t.process.files.read(t.path(path)).split('\n').filter((line) => line !== '');
}

function header(name: string, stat: FileStat, user: string, group: string): string {
  const long = name.length > 100;
  const cut = long ? name.lastIndexOf('/', Math.min(155, name.length - 2)) : -1;
  const [prefix, short] = long && cut > 0 ? [name.slice(0, cut), name.slice(cut + 1)] : ['', name];
  const octal = (value: number, width: number) => `${Math.floor(value).toString(8).padStart(width - 1, '0')}\0`;
  const text = (value: string, width: number) => value.slice(0, width).padEnd(width, '\0');
  const kind = stat.type === 'directory' ? '5' : stat.type === 'symlink' ? '2' : '0';
  const fields = text(short, 100) + octal(stat.mode, 8) + octal(stat.uid, 8) + octal(stat.gid, 8) + octal(kind === '0' ? stat.size : 0, 12) + octal(stat.mtimeMs / 1000, 12);
  const rest = kind + text(stat.target ?? '', 100) + 'ustar\x0000' + text(user, 32) + text(group, 32) + octal(0, 8) + octal(0, 8) + text(prefix, 155) + '\0'.repeat(12);
  let sum = 8 * 32;
  for (const c of fields + rest) sum += c.charCodeAt(0);
  return `${fields}${sum.toString(8).padStart(6, '0')}\0 ${rest}`;
}

interface Member {
  readonly name: string;
  readonly stat: Pick<FileStat, 'mode' | 'uid' | 'gid' | 'size' | 'mtimeMs' | 'type'> & { readonly target?: string };
  readonly user: string;
  readonly group: string;
  readonly content: string;
  readonly hard: boolean;
}

function* members(archive: string): Generator<Member> {
  let longName: string | undefined;
  let longLink: string | undefined;
  let pax: Record<string, string> = {};
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const block = archive.slice(at, at + BLOCK);
    const text = (from: number, width: number) => block.slice(from, from + width).replace(/\0[\s\S]*$/, '');
    const number = (from: number, width: number) => Number.parseInt(text(from, width).trim() || '0', 8);
    if (/^\0*$/.test(block)) return;
    if (text(257, 5) !== 'ustar' && !/^[ 0-7]+$/.test(text(148, 6))) throw new SyntaxError('This does not look like a tar archive');
    const size = number(124, 12);
    const content = archive.slice(at + BLOCK, at + BLOCK + size);
    if (content.length < size) throw new SyntaxError('Unexpected EOF in archive');
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const kind = block[156]!;
    if (kind === 'L') longName = content.replace(/\0.*$/s, '');
    else if (kind === 'K') longLink = content.replace(/\0.*$/s, '');
    else if (kind === 'x') pax = Object.fromEntries([...content.matchAll(/\d+ ([^=]+)=([^\n]*)\n/g)].map((match) => [match[1]!, match[2]!]));
    else if (kind !== 'g') {
      const prefix = text(345, 155);
      const name = pax['path'] ?? longName ?? (prefix && block.slice(257, 263) === 'ustar\0' ? `${prefix}/${text(0, 100)}` : text(0, 100));
      const type = kind === '5' ? 'directory' : kind === '2' ? 'symlink' : 'file';
      yield { name, content, hard: kind === '1', user: text(265, 32), group: text(297, 32), stat: { type, size, mode: number(100, 8) & 0o7777, uid: number(108, 8), gid: number(116, 8), mtimeMs: number(136, 12) * 1000, target: pax['linkpath'] ?? longLink ?? text(157, 100) } };
      longName = longLink = undefined;
      pax = {};
    }
  }
}

async function extract(t: Tool, list: boolean): Promise<number> {
  const { files } = t.process;
  const base = t.has('C') ? t.path(t.value('C')!) : t.process.cwd;
  if (t.has('C') && !files.exists(base)) {
    await t.complain(t.gnu ? `${t.value('C')}: Cannot open: No such file or directory` : `can't change directory to '${t.value('C')}': No such file or directory`);
    if (t.gnu) await t.complain('Error is not recoverable: exiting now');
    return t.gnu ? 2 : 1;
  }
  const archive = await source(t);
  const wanted = (name: string) => t.operands.length === 0 || t.operands.some((operand) => name === operand || name === `${operand}/` || name.startsWith(`${operand.replace(/\/$/, '')}/`));
  const strip = Number(t.value('strip-components') ?? 0);
  let status = 0;
  try {
    for (const member of members(archive)) {
      if (!wanted(member.name)) continue;
      if (list) {
        await t.write(t.has('v') ? `${modeLetters(member.stat)} ${member.user || member.stat.uid}/${member.group || member.stat.gid} ${String(member.stat.size).padStart(9)} ${strftime('%F %H:%M', member.stat.mtimeMs)} ${member.name}${member.stat.type === 'symlink' ? ` -> ${member.stat.target}` : ''}\n` : `${member.name}\n`);
        continue;
      }
      const name = member.name.replace(/^\/+/, '').split('/').slice(strip).join('/');
      if (name === '' || name.split('/').includes('..')) continue;
      if (t.has('v')) await (t.has('O') ? t.process.stderr : t.process.stdout).write(`${member.name}\n`);
      if (t.has('O')) {
        await t.write(member.content);
        continue;
      }
      try {
        place(t, member, joined(base, name), base);
      } catch (error) {
        await t.complain(t.gnu ? `${name}: Cannot open: ${reason(error)}` : `can't open '${name}': ${reason(error)}`);
        status = t.gnu ? 2 : 1;
      }
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    await t.complain(t.gnu ? error.message : error.message === 'Unexpected EOF in archive' ? 'short read' : 'invalid tar magic');
    if (t.gnu) await t.complain(error.message.startsWith('Unexpected') ? 'Error is not recoverable: exiting now' : 'Exiting with failure status due to previous errors');
    return t.gnu ? 2 : 1;
  }
  if (status !== 0 && t.gnu) await t.complain('Exiting with failure status due to previous errors');
  return status;
}

async function source(t: Tool): Promise<string> {
  const name = t.value('f') ?? '-';
  if (name === '-') return await unpacked(t, await readAll(t.process.stdin));
  try {
    return await unpacked(t, t.process.files.read(t.path(name)));
  } catch (error) {
    if (error instanceof Exit) throw error;
    await t.complain(t.gnu ? `${name}: Cannot open: ${reason(error)}` : `can't open '${name}': ${reason(error)}`);
    if (t.gnu) await t.complain('Error is not recoverable: exiting now');
    throw new Exit(t.gnu ? 2 : 1);
  }
}

/** Compressed archives are known by their first bytes; `-z` insists. */
async function unpacked(t: Tool, archive: string): Promise<string> {
  if (!t.has('z') && !isGzip(archive)) return archive;
  try {
    return gunzip(archive);
  } catch (error) {
    if (!(error instanceof GzipError)) throw error;
    await t.process.stderr.write(t.gnu ? `\ngzip: stdin: ${error.message}\ntar: Child returned status 1\ntar: Error is not recoverable: exiting now\n` : `tar: ${error.message === 'not in gzip format' ? 'invalid magic' : error.message}\n`);
    throw new Exit(t.gnu ? 2 : 1);
  }
}

function place(t: Tool, { stat, content, hard }: Member, path: string, base: string): void {
  const { files, user } = t.process;
  // Who is not root, or is told so, leaves out what the umask takes away.
  const mode = (user.uid === 0 && !t.has('no-same-permissions')) || t.has('p') ? stat.mode : stat.mode & ~0o022;
  const plain = path.replace(/\/$/, '');
  const above = plain.slice(0, plain.lastIndexOf('/')) || '/';
  if (!files.exists(above)) files.mkdir(above, { recursive: true });
  if (t.has('k') && stat.type !== 'directory' && files.exists(plain)) throw new FileError('EEXIST', plain);
  if (stat.type === 'directory') {
    if (!files.exists(plain)) files.mkdir(plain, { mode });
  } else if (stat.type === 'symlink') {
    try {
      files.remove(plain);
    } catch {
      // Nothing was there.
    }
    return files.symlink(stat.target ?? '', plain);
  } else if (hard) {
    if (files.exists(plain)) files.remove(plain);
    return files.link(joined(base, stat.target ?? ''), plain);
  } else files.write(plain, content, { mode });
  if (user.uid === 0 && !t.has('o')) files.chown(plain, stat.uid, stat.gid);
  if (!t.has('m')) files.utimes(plain, stat.mtimeMs);
}
