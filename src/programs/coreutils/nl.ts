/** nl: numbers before lines. See POSIX, "nl". */
import { posixToRegExp } from '../../base/posix-regex.ts';
import { lines } from '../../machine/streams.ts';
import { tool } from './tool.ts';

export const nl = tool({
  name: 'nl', short: 'b:w:s:v:i:n:', gnuOnly: 'n', long: { 'body-numbering': 'b', 'number-width': 'w', 'number-separator': 's', 'starting-line-number': 'v', 'line-increment': 'i', 'number-format': 'n' }, absent: ['d', 'f', 'h', 'l', 'p'],
  async run(t) {
    const style = t.value('b') ?? 't';
    if (t.gnu && !/^([atn]$|p)/.test(style)) return await t.usage(`invalid body numbering style: '${style}'`);
    const format = t.value('n') ?? 'rn';
    if (!['ln', 'rn', 'rz'].includes(format)) return await t.usage(`invalid line numbering format: '${format}'`);
    const pattern = style.startsWith('p') ? posixToRegExp(style.slice(1), { extended: false }) : undefined;
    const isNumbered = (line: string) => (pattern ? t.gnu && pattern.test(line) : style === 'a' || (style === 't' && line !== ''));
    const width = Number(t.value('w') ?? 6);
    const separator = t.value('s') ?? '\t';
    const shown = (number: number) => (format === 'ln' ? String(number).padEnd(width) : String(number).padStart(width, format === 'rz' ? '0' : ' '));
    let status = 0;
    let number = Number(t.value('v') ?? 1);
    for await (const { input } of t.inputs(() => (status = 1))) {
      for await (const line of lines(input)) {
        await t.write(isNumbered(line) ? `${shown(number)}${separator}${line}\n` : `${' '.repeat(width + separator.length)}${line}\n`);
        if (isNumbered(line)) number += Number(t.value('i') ?? 1);
      }
    }
    return status;
  },
});
