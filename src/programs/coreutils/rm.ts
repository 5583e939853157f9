/** rm: see POSIX, "rm". */
import { reason, tool } from './tool.ts';

export const rm = tool({
  name: 'rm', short: 'rRfivd', long: { recursive: 'r', force: 'f', verbose: 'v', dir: 'd' },
  async run(t) {
    const { files } = t.process;
    const recursive = t.has('r') || t.has('R');
    if (t.operands.length === 0) return t.has('f') ? 0 : await t.usage('missing operand');
    let status = 0;
    for (const operand of t.operands) {
      const path = t.path(operand);
      try {
        if (/(?:^|\/)\.\.?\/?$/.test(operand)) {
          await t.complain(t.gnu ? `refusing to remove '.' or '..' directory: skipping '${operand}'` : "can't remove '.' or '..'");
          status = 1;
          continue;
        }
        if (files.lstat(path).type === 'directory' && !recursive && !t.has('d')) {
          await t.complain(t.gnu ? `cannot remove '${operand}': Is a directory` : `'${operand}' is a directory`);
          status = 1;
          continue;
        }
        files.remove(path, { recursive });
        if (t.has('v')) await t.write(t.gnu ? `removed '${operand}'\n` : `removed '${operand}'\n`);
      } catch (error) {
        const words = reason(error);
        if (t.has('f') && words === 'No such file or directory') continue;
        await t.complain(t.gnu ? `cannot remove '${operand}': ${words}` : `can't remove '${operand}': ${words}`);
        status = 1;
      }
    }
    return status;
  },
});
