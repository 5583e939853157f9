/** rmdir: see POSIX, "rmdir". */
import { type Tool, reason, tool } from './tool.ts';

export const rmdir = tool({
  name: 'rmdir', short: 'pv', long: { parents: 'p', verbose: 'v', 'ignore-fail-on-non-empty': 'ignore-fail-on-non-empty' },
  async run(t) {
    if (t.operands.length === 0) return await t.usage('missing operand');
    let status = 0;
    for (const operand of t.operands) status = (await remove(t, operand)) || status;
    return status;
  },
});

async function remove(t: Tool, operand: string): Promise<number> {
  const { files } = t.process;
  // `-p a/b/c` goes on to a/b and a.
  for (let name = operand; name !== ''; name = t.has('p') ? name.replace(/\/*[^/]*\/*$/, '') : '') {
    try {
      if (t.has('v')) await t.write(`rmdir: removing directory, '${name}'\n`);
      // A file in its place is refused as the kernel refuses it.
      if (files.lstat(t.path(name)).type !== 'directory') files.list(t.path(name));
      files.remove(t.path(name));
    } catch (error) {
      const words = reason(error);
      if (words === 'Directory not empty' && t.has('ignore-fail-on-non-empty')) return 0;
      await t.complain(`${t.gnu ? `failed to remove ${name === operand ? '' : 'directory '}` : ''}'${name}': ${words}`);
      return 1;
    }
  }
  return 0;
}
