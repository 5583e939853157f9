/** mv: see POSIX, "mv". */
import { asked } from './asking.ts';
import { copyTree } from './cp.ts';
import { basename, joined } from './names.ts';
import { type Tool, reason, tool } from './tool.ts';

export const mv = tool({
  name: 'mv', short: 'finuvTt:', gnuOnly: 'u', long: { force: 'f', interactive: 'i', update: 'u', 'no-clobber': 'n', verbose: 'v', 'target-directory': 't', 'no-target-directory': 'T' },
  async run(t) {
    const { files } = t.process;
    const target = t.value('t') ?? t.operands.at(-1);
    const sources = t.has('t') ? t.operands : t.operands.slice(0, -1);
    if (target === undefined) return await t.usage(t.gnu ? 'missing file operand' : 'missing operand');
    if (sources.length === 0) return await t.usage(t.gnu ? `missing destination file operand after '${target}'` : 'missing operand');
    const into = !t.has('T') && files.exists(t.path(target)) && files.stat(t.path(target)).type === 'directory';
    let status = 0;
    if (sources.length > 1 && !into) return await t.usage(t.gnu ? `target '${target}' is not a directory` : `can't rename '${sources[0]}': Not a directory`);
    for (const source of sources) {
      const to = into ? joined(target, basename(source)) : target;
      try {
        files.lstat(t.path(source));
      } catch (error) {
        await t.complain(t.gnu ? `cannot stat '${source}': ${reason(error)}` : `can't rename '${source}': ${reason(error)}`);
        status = 1;
        continue;
      }
      if (files.exists(t.path(to)) && !(await replaces(t, source, to))) continue;
      try {
        move(t, t.path(source), t.path(to));
        if (t.has('v')) await t.write(t.gnu ? `renamed '${source}' -> '${to}'\n` : `'${source}' -> '${to}'\n`);
      } catch (error) {
        await t.complain(t.gnu ? `cannot move '${source}' to '${to}': ${reason(error)}` : `can't rename '${source}': ${reason(error)}`);
        status = 1;
      }
    }
    return status;
  },
});

/** Of -f, -i and -n the last one given counts. */
async function replaces(t: Tool, source: string, to: string): Promise<boolean> {
  const { files } = t.process;
  if (t.has('u') && files.stat(t.path(to)).mtimeMs >= files.lstat(t.path(source)).mtimeMs) return false;
  const protection = t.last('fin');
  return protection !== 'n' && (protection !== 'i' || (await asked(t, `overwrite '${to}'`)));
}

/** Across mounts, a move is a copy and a removal. */
function move(t: Tool, from: string, to: string): void {
  const { files } = t.process;
  try {
    files.rename(from, to);
  } catch (error) {
    if (reason(error) !== 'Invalid cross-device link') throw error;
    copyTree(files, from, to, { preserve: true });
    files.remove(from, { recursive: true });
  }
}
