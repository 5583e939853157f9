/** touch: see POSIX, "touch". */
import { each } from './paths.ts';
import { parseDate } from './time.ts';
import { tool } from './tool.ts';

export const touch = tool({
  name: 'touch', short: 'acmd:r:t:h', long: { 'no-create': 'c', date: 'd', reference: 'r' },
  async run(t) {
    const { files, machine } = t.process;
    const now = machine.clock.unixMs();
    const when = t.has('d') ? parseDate(t.value('d')!, now) : now;
    if (when === undefined) return await t.usage(t.gnu ? `invalid date format '${t.value('d')}'` : `invalid date '${t.value('d')}'`);
    return await each(t, (_operand, path) => {
      if (!files.exists(path)) {
        if (t.has('c')) return;
        files.write(path, '');
      }
      files.utimes(path, t.has('r') ? files.stat(t.path(t.value('r')!)).mtimeMs : when);
    }, (operand) => (t.gnu ? `cannot touch '${operand}'` : operand));
  },
});
