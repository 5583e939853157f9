/** chroot: run a command with another directory as `/`. See chroot(1). */
import { absolute } from '../../machine/executable.ts';
import { FileError } from '../../machine/file-error.ts';
import { findUser } from '../../machine/users.ts';
import { tool } from '../coreutils/tool.ts';
import { orFailedStart, ownShell } from './failed-start.ts';

export const chroot = tool({
  name: 'chroot', short: '', long: { userspec: 'userspec:' }, absent: ['groups', 'skip-chdir'], usageStatus: 125, stopAtOperand: true,
  async run(t) {
    const { process } = t;
    const [root, ...command] = t.operands;
    if (root === undefined) return await t.usage('missing operand');
    const cannot = async (words: string) => {
      await t.complain(t.gnu ? `cannot change root directory to '${root}': ${words}` : `can't change root directory to '${root}': ${words}`);
      return t.gnu ? 125 : 1;
    };
    if (process.user.uid !== 0) return await cannot('Operation not permitted');
    const user = t.value('userspec');
    if (user !== undefined && user !== 'root' && findUser(user, process.files)?.uid !== 0) {
      await t.complain(`--userspec=${user}: only root can be asked for in this simulator`);
      return 125;
    }
    try {
      const files = process.files.chroot(absolute(process.cwd, root));
      return await orFailedStart(process, 'chroot', () => process.exec(command.length > 0 ? command : [ownShell(process), '-i'], { files, cwd: '/' }));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return await cannot(error.message);
    }
  },
});
