/** cp: see POSIX, "cp", with `-a`, `-R`, `-p`, `-L`, `-n`, `-u`, `-v`, `-t`, `-T`. */
import type { FileSystem } from '../../machine/files.ts';
import { FileError } from '../../machine/file-error.ts';
import { basename, joined } from './names.ts';
import { reason, tool } from './tool.ts';

export const cp = tool({
  name: 'cp', short: 'aRrpfinuvLPHdt:Tsl', long: { archive: 'a', recursive: 'R', force: 'f', 'no-clobber': 'n', verbose: 'v', update: 'u', dereference: 'L', 'target-directory': 't', 'no-target-directory': 'T', preserve: 'p' },
  async run(t) {
    const { files } = t.process;
    const target = t.value('t') ?? t.operands.at(-1);
    const sources = t.has('t') ? t.operands : t.operands.slice(0, -1);
    if (target === undefined) return await t.usage(t.gnu ? 'missing file operand' : 'missing operand');
    if (sources.length === 0) return await t.usage(t.gnu ? `missing destination file operand after '${target}'` : 'missing operand');
    const into = !t.has('T') && files.exists(t.path(target)) && files.stat(t.path(target)).type === 'directory';
    if (sources.length > 1 && !into) return await t.usage(t.gnu ? `target '${target}': ${files.exists(t.path(target)) ? 'Not a directory' : 'No such file or directory'}` : `'${target}' is not a directory`);
    const recursive = t.has('a') || t.has('R') || t.has('r');
    let status = 0;
    for (const source of sources) {
      const to = into ? joined(target, basename(source) || '.') : target;
      try {
        const stat = (recursive || t.has('P') || t.has('d')) && !t.has('L') ? files.lstat(t.path(source)) : files.stat(t.path(source));
        if (stat.type === 'directory' && !recursive) {
          await t.complain(t.gnu ? `-r not specified; omitting directory '${source}'` : `omitting directory '${source}'`);
          status = 1;
          continue;
        }
      } catch (error) {
        await t.complain(t.gnu ? `cannot stat '${source}': ${reason(error)}` : `can't stat '${source}': ${reason(error)}`);
        status = 1;
        continue;
      }
      if (t.has('n') && files.exists(t.path(to))) continue;
      if (files.exists(t.path(to)) && files.realpath(t.path(to)) === files.realpath(t.path(source))) {
        await t.complain(`'${source}' and '${to}' are the same file`);
        status = 1;
        continue;
      }
      try {
        copyTree(files, t.path(source), t.path(to), { preserve: t.has('p') || t.has('a'), follow: !recursive || t.has('L') });
        if (t.has('v')) await t.write(`'${source}' -> '${to}'\n`);
      } catch (error) {
        await t.complain(t.gnu ? `cannot create regular file '${to}': ${reason(error)}` : `can't create '${to}': ${reason(error)}`);
        status = 1;
      }
    }
    return status;
  },
});

/** Copy a file, a link, or a directory with everything in it. */
export function copyTree(files: FileSystem, from: string, to: string, options: { readonly preserve?: boolean; readonly follow?: boolean }): void {
  const stat = options.follow ? files.stat(from) : files.lstat(from);
  switch (stat.type) {
    case 'directory': {
      if (`${to}/`.startsWith(`${from}/`)) throw new FileError('EINVAL', to);
      if (!files.exists(to)) files.mkdir(to, { mode: stat.mode });
      for (const name of files.list(from)) copyTree(files, joined(from, name), joined(to, name), { ...options, follow: false });
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
