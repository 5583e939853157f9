/** fold: long lines broken, at blanks with `-s`. See POSIX, "fold". */
import { readAll } from '../../machine/streams.ts';
import { type Tool, tool } from './tool.ts';

export const fold = tool({
  name: 'fold', short: 'w:sb', long: { width: 'w', spaces: 's', bytes: 'b' }, numbers: 'w',
  async run(t) {
    const width = Number(t.value('w') ?? 80);
    if (!/^\d+$/.test(t.value('w') ?? '80')) return await t.refuse(`invalid number${t.gnu ? ' of columns:' : ''} '${t.value('w')}'`);
    if (width === 0) return await t.refuse(t.gnu ? "invalid number of columns: '0': Numerical result out of range" : 'number 0 is not in 1..10000 range');
    let status = 0;
    for await (const { input } of t.inputs(() => (status = 1))) {
      const text = await readAll(input);
      await t.write(text.split('\n').map((line) => folded(t, line, width)).join('\n'));
    }
    return status;
  },
});

function folded(t: Tool, line: string, width: number): string {
  let done = '';
  let row = '';
  for (const character of line) {
    while (row !== '' && columnAfter(t, row + character) > width) {
      const cut = t.has('s') ? row.search(/[ \t][^ \t]*$/) + 1 : 0;
      done += `${row.slice(0, cut || undefined)}\n`;
      row = cut > 0 ? row.slice(cut) : '';
    }
    row += character;
  }
  return done + row;
}

/** Where the cursor is behind a text: tabs and backspaces move it, unless bytes are counted. */
function columnAfter(t: Tool, text: string): number {
  if (t.has('b')) return text.length;
  let column = 0;
  for (const character of text) column = character === '\t' ? column + 8 - (column % 8) : character === '\b' ? Math.max(0, column - 1) : character === '\r' ? 0 : column + 1;
  return column;
}
