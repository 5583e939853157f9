/** nl: numbers before lines. See POSIX, "nl". */
import { lines } from '../../machine/streams.ts';
import { tool } from './tool.ts';

export const nl = tool({
  name: 'nl', short: 'b:w:s:v:i:',
  async run(t) {
    let status = 0;
    let number = Number(t.value('v') ?? 1);
    const width = Number(t.value('w') ?? 6);
    for await (const { input } of t.inputs(() => (status = 1))) {
      for await (const line of lines(input)) {
        const numbered = t.value('b') === 'a' || line !== '';
        await t.write(numbered ? `${String(number).padStart(width)}${t.value('s') ?? '\t'}${line}\n` : `${' '.repeat(width + 1)}${line}\n`);
        if (numbered) number += Number(t.value('i') ?? 1);
      }
    }
    return status;
  },
});
