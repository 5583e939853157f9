/** rm: see POSIX, "rm". With `-i`, everything is asked about by itself; with `-I` of GNU's, once. */
import { FileError } from '../../machine/file-error.ts';
import { asked } from './asking.ts';
import { joined } from './names.ts';
import { type Tool, reason, tool } from './tool.ts';

export const rm = tool({
  name: 'rm', short: 'rRfiIvd', gnuOnly: 'Id', long: { recursive: 'r', force: 'f', verbose: 'v', dir: 'd' }, absent: ['interactive', 'one-file-system', 'no-preserve-root'],
  async run(t) {
    const recursive = t.has('r') || t.has('R');
    const { length } = t.operands;
    if (length === 0) return t.has('f') ? 0 : await t.usage('missing operand');
    if (t.last('fiI') === 'I' && (length > 3 || recursive) && !(await asked(t, `remove ${length} argument${length === 1 ? '' : 's'}${recursive ? ' recursively' : ''}`))) return 0;
    let status = 0;
    for (const operand of t.operands) {
      if (/(?:^|\/)\.\.?\/?$/.test(operand)) {
        await t.complain(t.gnu ? `refusing to remove '.' or '..' directory: skipping '${operand}'` : "can't remove '.' or '..'");
        status = 1;
        continue;
      }
      try {
        await remove(t, operand, recursive);
      } catch (error) {
        const words = reason(error);
        if (t.has('f') && words === 'No such file or directory') continue;
        await t.complain(t.gnu || words !== 'Is a directory' ? `${t.gnu ? 'cannot' : "can't"} remove '${operand}': ${words}` : `'${operand}' is a directory`);
        status = 1;
      }
    }
    return status;
  },
});

async function remove(t: Tool, name: string, recursive: boolean): Promise<void> {
  const { files } = t.process;
  const path = t.path(name);
  const { type, size } = files.lstat(path);
  const asks = t.last('fiI') === 'i';
  if (type === 'directory') {
    if (!recursive && !t.has('d')) throw new FileError('EISDIR', name);
    if (recursive && (asks || t.has('v'))) {
      const names = files.list(path);
      if (asks && names.length > 0 && !(await asked(t, `descend into directory '${name}'`))) return;
      for (const child of names) await remove(t, joined(name, child), recursive);
    }
    if (asks && !(await asked(t, `remove directory '${name}'`))) return;
    // Something that was to be kept keeps its directory.
    files.remove(path, { recursive: recursive && !asks });
    if (t.has('v')) await t.write(`removed directory${t.gnu ? '' : ':'} '${name}'\n`);
    return;
  }
  const kind = { file: size === 0 ? 'regular empty file' : 'regular file', symlink: 'symbolic link', device: 'character special file' }[type];
  if (asks && !(await asked(t, `remove ${t.gnu ? `${kind} ` : ''}'${name}'`))) return;
  files.remove(path);
  if (t.has('v')) await t.write(`removed '${name}'\n`);
}
