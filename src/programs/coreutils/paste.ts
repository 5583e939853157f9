/** paste: lines of several files side by side. See POSIX, "paste". */
import { readAll } from '../../machine/streams.ts';
import { tool } from './tool.ts';

export const paste = tool({
  name: 'paste', short: 'd:s', long: { delimiters: 'd', serial: 's' },
  async run(t) {
    let status = 0;
    const columns: string[][] = [];
    for await (const { input } of t.inputs(() => (status = 1))) columns.push((await readAll(input)).replace(/\n$/, '').split('\n'));
    const delimiters = (t.value('d') ?? '\t').replace(/\\n/g, '\n').replace(/\\t/g, '\t');
    const glue = (cells: readonly string[]) => cells.map((cell, index) => (index === 0 ? cell : delimiters[(index - 1) % delimiters.length] + cell)).join('');
    const rows = t.has('s') ? columns : Array.from({ length: Math.max(...columns.map((column) => column.length)) }, (_, index) => columns.map((column) => column[index] ?? ''));
    for (const row of rows) await t.write(`${glue(row)}\n`);
    return status;
  },
});
