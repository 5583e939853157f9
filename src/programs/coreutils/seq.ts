/** seq: numbers in a row. See seq(1). */
import { formatPrintf } from '../../shell/builtins/format.ts';
import { type Tool, tool } from './tool.ts';

export const seq = tool({
  name: 'seq', short: 'ws:f:', gnuOnly: 'f', long: { 'equal-width': 'w', separator: 's', format: 'f' }, numbers: 'N', stopAtOperand: true,
  async run(t) {
    const words = t.has('N') ? [`-${t.value('N')}`, ...t.operands] : t.operands;
    const numbers = words.map(Number);
    const bad = numbers.findIndex((number) => Number.isNaN(number));
    if (bad >= 0) return await t.usage(t.gnu ? `invalid floating point argument: '${words[bad]}'` : `invalid number '${words[bad]}'`);
    if (numbers.length === 0) return await t.usage('missing operand');
    const first = numbers.length > 1 ? numbers[0]! : 1;
    const step = numbers.length > 2 ? numbers[1]! : 1;
    const end = numbers.at(-1)!;
    if (step === 0) return await t.usage(`invalid Zero increment value: '${words[1]}'`);
    const format = t.value('f');
    if (format !== undefined) await checkFormat(t, format);
    const digits = Math.max(...words.map((word) => word.split('.')[1]?.length ?? 0));
    const width = t.has('w') ? Math.max(first.toFixed(digits).length, end.toFixed(digits).length) : 0;
    const parts: string[] = [];
    for (let index = 0; ; index++) {
      const value = first + index * step;
      if (step > 0 ? value > end + 1e-9 : value < end - 1e-9) break;
      parts.push(format === undefined ? value.toFixed(digits).padStart(width, '0') : formatPrintf(format, [String(value)], 'dash').text);
      if (parts.length >= 1000 && !t.has('s')) await t.write(`${parts.splice(0).join('\n')}\n`);
    }
    if (parts.length > 0) await t.write(`${parts.join(t.value('s') ?? '\n')}\n`);
    return 0;
  },
});

/** `-f` takes one conversion of a floating point number. */
async function checkFormat(t: Tool, format: string): Promise<void> {
  const directives = format.replaceAll('%%', '').match(/%[-+ #0']*\d*(?:\.\d*)?./g) ?? [];
  const [only] = directives;
  if (only === undefined) await t.refuse(`format '${format}' has no % directive`);
  else if (!/[aefgAEFG]$/.test(only)) await t.refuse(`format '${format}' has unknown %${only.at(-1)} directive`);
  else if (directives.length > 1) await t.refuse(`format '${format}' has too many % directives`);
}
