/** install: copy, and say at once whose it is and who may what. See install(1). */
import { FileError } from '../../machine/file-error.ts';
import { findUser } from '../../machine/users.ts';
import { basename, joined } from './names.ts';
import { changeMode } from './mode.ts';
import { type Tool, reason, tool } from './tool.ts';

export const install = tool({
  name: 'install', short: 'dDm:o:g:t:vcpT', withoutEffect: { c: 'copying is all that it does' }, absent: ['b', 'backup', 'C', 'compare', 's', 'strip', 'S', 'suffix'], long: { directory: 'd', mode: 'm', owner: 'o', group: 'g', 'target-directory': 't', verbose: 'v', 'preserve-timestamps': 'p', 'no-target-directory': 'T' },
  async run(t) {
    const mode = changeMode(t.value('m') ?? '755', 0, false);
    if (mode === undefined) return await t.usage(t.gnu ? `invalid mode '${t.value('m')}'` : `invalid mode '${t.value('m')}'`);
    if (t.operands.length === 0) return await t.usage('missing file operand');
    if (t.has('o') && !findUser(t.value('o')!, t.process.files)) return await t.refuse(`invalid user '${t.value('o')}'`);
    if (t.has('g') && !findUser(`0:${t.value('g')}`, t.process.files)) return await t.refuse(`invalid group '${t.value('g')}'`);
    if (t.has('d')) return await each(t, t.operands, (path) => {
      t.process.files.mkdir(t.path(path), { recursive: true });
      own(t, path, mode);
    });
    const { files } = t.process;
    const into = t.value('t') ?? (t.operands.length > 1 ? t.operands.at(-1)! : undefined);
    if (into === undefined) return await t.usage(`missing destination file operand after '${t.operands[0]}'`);
    const sources = t.has('t') ? t.operands : t.operands.slice(0, -1);
    const isDirectory = t.has('t') || t.has('T') ? t.has('t') : files.exists(t.path(into)) && files.stat(t.path(into)).type === 'directory';
    if (sources.length > 1 && !isDirectory) {
      await t.complain(`target '${into}' is not a directory`);
      return 1;
    }
    return await each(t, sources, async (source) => {
      if (!files.exists(t.path(source))) throw new FileError('ENOENT', source);
      const target = isDirectory ? joined(into, basename(source)) : into;
      if (t.has('D')) files.mkdir(t.path(target).replace(/\/[^/]*$/, '') || '/', { recursive: true });
      files.write(t.path(target), files.read(t.path(source)));
      own(t, target, mode);
      if (t.has('p')) files.utimes(t.path(target), files.stat(t.path(source)).mtimeMs);
      if (t.has('v')) await t.write(`'${source}' -> '${target}'\n`);
    });
  },
});

function own(t: Tool, path: string, mode: number): void {
  const { files } = t.process;
  files.chmod(t.path(path), mode);
  const { uid, gid } = files.stat(t.path(path));
  if (t.has('o') || t.has('g')) files.chown(t.path(path), findUser(t.value('o') ?? String(uid), files)?.uid ?? uid, findUser(`0:${t.value('g') ?? gid}`, files)?.gid ?? gid);
}

async function each(t: Tool, paths: readonly string[], act: (path: string) => void | Promise<void>): Promise<number> {
  let status = 0;
  for (const path of paths) {
    try {
      await act(path);
    } catch (error) {
      const words = reason(error);
      await t.complain(t.has('d') ? `cannot create directory '${path}': ${words}` : words === 'No such file or directory' ? `cannot stat '${path}': ${words}` : `cannot create regular file '${path}': ${words}`);
      status = 1;
    }
  }
  return status;
}
