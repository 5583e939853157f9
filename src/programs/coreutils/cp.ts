/** cp: see POSIX, "cp", with `-a`, `-R`, `-p`, `-L`, `-H`, `-i`, `-l`, `-n`, `-s`, `-u`, `-v`, `-t`, `-T`. */
import type { FileSystem } from '../../machine/files.ts';
import { FileError } from '../../machine/file-error.ts';
import { asked } from './asking.ts';
import { basename, joined } from './names.ts';
import { type Tool, reason, tool } from './tool.ts';

export const cp = tool({
  name: 'cp', short: 'aRrpfinuvLPHdt:Tsl',
  long: { archive: 'a', recursive: 'R', force: 'f', interactive: 'i', link: 'l', 'no-clobber': 'n', 'no-dereference': 'P', 'symbolic-link': 's', verbose: 'v', update: 'u', dereference: 'L', 'target-directory': 't', 'no-target-directory': 'T', preserve: 'p' },
  async run(t) {
    const { files } = t.process;
    const target = t.value('t') ?? t.operands.at(-1);
    const sources = t.has('t') ? t.operands : t.operands.slice(0, -1);
    if (target === undefined) return await t.usage(t.gnu ? 'missing file operand' : 'missing operand');
    if (sources.length === 0) return await t.usage(t.gnu ? `missing destination file operand after '${target}'` : 'missing operand');
    const into = !t.has('T') && files.exists(t.path(target)) && files.stat(t.path(target)).type === 'directory';
    if (sources.length > 1 && !into) return await t.usage(t.gnu ? `target '${target}': ${files.exists(t.path(target)) ? 'Not a directory' : 'No such file or directory'}` : `'${target}' is not a directory`);
    let status = 0;
    for (const source of sources) status = (await one(t, source, into ? joined(target, basename(source) || '.') : target)) || status;
    return status;
  },
});

async function one(t: Tool, source: string, to: string): Promise<number> {
  const { files } = t.process;
  const recursive = t.has('a') || t.has('R') || t.has('r');
  const follow = followed(t, recursive);
  try {
    if ((follow ? files.stat(t.path(source)) : files.lstat(t.path(source))).type === 'directory' && !recursive) {
      await t.complain(t.gnu ? `-r not specified; omitting directory '${source}'` : `omitting directory '${source}'`);
      return 1;
    }
  } catch (error) {
    await t.complain(t.gnu ? `cannot stat '${source}': ${reason(error)}` : `can't stat '${source}': ${reason(error)}`);
    return 1;
  }
  if (files.exists(t.path(to))) {
    const protection = t.last('inf');
    if (protection === 'n' || (t.has('u') && files.stat(t.path(to)).mtimeMs >= files.stat(t.path(source)).mtimeMs)) return 0;
    if (files.realpath(t.path(to)) === files.realpath(t.path(source))) {
      await t.complain(`'${source}' and '${to}' are the same file`);
      return 1;
    }
    if (t.has('i') && protection !== 'n' && files.stat(t.path(to)).type !== 'directory' && !(await asked(t, `overwrite '${to}'`))) return 0;
  }
  try {
    if (t.has('l') || t.has('s')) linkTo(t, source, to);
    else copy(t, source, to, { preserve: t.has('p') || t.has('a'), follow, followBelow: t.has('L') });
    if (t.has('v')) await t.write(`'${source}' -> '${to}'\n`);
    return 0;
  } catch (error) {
    await t.complain(t.has('l') || t.has('s') ? `${t.gnu ? 'cannot' : "can't"} create ${t.has('s') ? 'symbolic' : 'hard'} link '${to}'${t.gnu ? ` to '${source}'` : ''}: ${reason(error)}` : t.gnu ? `cannot create regular file '${to}': ${reason(error)}` : `can't create '${to}': ${reason(error)}`);
    return 1;
  }
}

/** Is a link on the command line copied as what it points to? Without -R always; with it only by -H and -L. */
function followed(t: Tool, recursive: boolean): boolean {
  const letter = t.last('LHPda');
  if (letter === 'L' || letter === 'H') return true;
  return letter === undefined && !recursive;
}

/** `-l` and `-s`: another name instead of another file. */
function linkTo(t: Tool, source: string, to: string): void {
  const { files } = t.process;
  if (t.has('f') && files.exists(t.path(to))) files.remove(t.path(to));
  if (t.has('s')) files.symlink(source, t.path(to));
  else files.link(t.path(source), t.path(to));
}

function copy(t: Tool, source: string, to: string, options: CopyOptions): void {
  const { files } = t.process;
  try {
    copyTree(files, t.path(source), t.path(to), options);
  } catch (error) {
    // -f: a file that may not be written may still be replaced.
    if (!t.has('f') || reason(error) !== 'Permission denied') throw error;
    files.remove(t.path(to));
    copyTree(files, t.path(source), t.path(to), options);
  }
}

interface CopyOptions {
  readonly preserve?: boolean;
  /** Links are copied as what they point to: the first one, and those below it. */
  readonly follow?: boolean;
  readonly followBelow?: boolean;
}

/** Copy a file, a link, or a directory with everything in it. */
export function copyTree(files: FileSystem, from: string, to: string, options: CopyOptions): void {
  const stat = options.follow ? files.stat(from) : files.lstat(from);
  switch (stat.type) {
    case 'directory': {
      if (`${to}/`.startsWith(`${from}/`)) throw new FileError('EINVAL', to);
      if (!files.exists(to)) files.mkdir(to, { mode: stat.mode });
      for (const name of files.list(from)) copyTree(files, joined(from, name), joined(to, name), { ...options, follow: options.followBelow ?? false });
      break;
    }
    case 'symlink':
      if (files.exists(to)) files.remove(to);
      files.symlink(stat.target!, to);
      return;
    case 'file':
      files.write(to, files.read(from), files.exists(to) && !options.preserve ? {} : { mode: stat.mode });
      break;
    case 'device':
      if (stat.device) files.device(to, stat.device, stat.mode);
  }
  if (options.preserve) files.utimes(to, stat.mtimeMs);
}
