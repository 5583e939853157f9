/** ln: see POSIX, "ln". */
import { basename, joined } from './names.ts';
import { type Tool, reason, tool } from './tool.ts';

export const ln = tool({
  name: 'ln', short: 'sfnvTt:', gnuOnly: 't', long: { symbolic: 's', 'target-directory': 't', 'no-target-directory': 'T', force: 'f', 'no-dereference': 'n', verbose: 'v' },
  async run(t) {
    const { files } = t.process;
    const [first] = t.operands;
    if (first === undefined) return await t.usage(t.gnu ? 'missing file operand' : 'missing operand');
    const target = t.value('t') ?? (t.operands.length > 1 ? t.operands.at(-1)! : '.');
    const sources = t.operands.length > 1 && !t.has('t') ? t.operands.slice(0, -1) : t.operands;
    let status = 0;
    for (const source of sources) {
      const at = t.path(target);
      const into = !t.has('T') && files.exists(at) && files.stat(at).type === 'directory' && !(t.has('n') && files.lstat(at).type === 'symlink');
      const name = into ? joined(target, basename(source)) : target;
      if (t.has('T') && isDirectory(t, name) && (t.has('f') || !t.gnu)) {
        await t.complain(t.gnu ? `${name}: cannot overwrite directory` : `'${name}' is a directory`);
        status = 1;
        continue;
      }
      try {
        if (t.has('f') && existsAtAll(t, name)) files.remove(t.path(name));
        if (t.has('s')) files.symlink(source, t.path(name));
        else files.link(t.path(source), t.path(name));
        if (t.has('v')) await t.write(`'${name}' -> '${source}'\n`);
      } catch (error) {
        await t.complain(t.gnu ? `failed to create ${t.has('s') ? 'symbolic' : 'hard'} link '${name}'${t.has('s') ? '' : ` => '${source}'`}: ${reason(error)}` : `${name}: ${reason(error)}`);
        status = 1;
      }
    }
    return status;
  },
});

function isDirectory(t: Tool, name: string): boolean {
  return existsAtAll(t, name) && t.process.files.lstat(t.path(name)).type === 'directory';
}

function existsAtAll(t: Tool, path: string): boolean {
  try {
    t.process.files.lstat(t.path(path));
    return true;
  } catch {
    return false;
  }
}
