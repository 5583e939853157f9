/** rmdir: see POSIX, "rmdir". */
import { each } from './paths.ts';
import { tool } from './tool.ts';

export const rmdir = tool({
  name: 'rmdir', short: 'pi', long: { parents: 'p', 'ignore-fail-on-non-empty': 'i' },
  run: (t) => each(t, (_operand, path) => {
    // A file in its place is refused as the kernel refuses it.
    if (t.process.files.lstat(path).type !== 'directory') t.process.files.list(path);
    t.process.files.remove(path);
  }, (operand) => (t.gnu ? `failed to remove '${operand}'` : `'${operand}'`)),
});
