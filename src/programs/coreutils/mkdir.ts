/** mkdir: see POSIX, "mkdir". */
import { changeMode } from './mode.ts';
import { each } from './paths.ts';
import { tool } from './tool.ts';

export const mkdir = tool({
  name: 'mkdir', short: 'pm:v', long: { parents: 'p', mode: 'm', verbose: 'v' },
  async run(t) {
    const mode = t.has('m') ? changeMode(t.value('m')!, 0o777, true) : 0o755;
    if (mode === undefined) return await t.usage(t.gnu ? `invalid mode '${t.value('m')}'` : `invalid mode '${t.value('m')}'`);
    return await each(t, async (operand, path) => {
      t.process.files.mkdir(path, { recursive: t.has('p'), mode });
      if (t.has('v')) await t.write(t.gnu ? `mkdir: created directory '${operand}'\n` : `created directory: '${operand}'\n`);
    }, (operand) => (t.gnu ? `cannot create directory '${operand}'` : `can't create directory '${operand}'`));
  },
});
