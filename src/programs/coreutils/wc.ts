/** wc: lines, words and bytes. See POSIX, "wc". */
import { readAll } from '../../machine/streams.ts';
import { tool } from './tool.ts';

export const wc = tool({
  name: 'wc', short: 'lwcmL', long: { lines: 'l', words: 'w', bytes: 'c', chars: 'm', 'max-line-length': 'L' },
  async run(t) {
    let status = 0;
    const wanted = [...'lwcmL'].filter((letter) => t.has(letter));
    if (wanted.length === 0) wanted.push('l', 'w', 'c');
    const rows: { counts: number[]; name: string }[] = [];
    for await (const { name, input } of t.inputs(() => (status = 1))) {
      const text = await readAll(input);
      const counts = wanted.map((letter) => count(letter, text));
      rows.push({ counts, name: name === '-' && t.operands.length === 0 ? '' : name });
    }
    if (rows.length > 1) rows.push({ counts: wanted.map((letter, index) => (letter === 'L' ? Math.max(...rows.map((row) => row.counts[index]!)) : rows.reduce((sum, row) => sum + row.counts[index]!, 0))), name: 'total' });
    const single = wanted.length === 1 && rows.length === 1;
    // GNU: as wide as the largest number, at least 7 for a pipe; busybox: 9 wide columns.
    const width = single ? 0 : t.gnu ? (t.operands.length === 0 || t.operands.includes('-') ? 7 : Math.max(...rows.flatMap((row) => row.counts.map((value) => String(value).length)))) : 9;
    for (const { counts, name } of rows) await t.write(`${counts.map((value) => String(value).padStart(width)).join(' ')}${name ? ` ${name}` : ''}\n`);
    return status;
  },
});

function count(letter: string, text: string): number {
  switch (letter) {
    case 'l': return text.split('\n').length - 1;
    case 'w': return text.match(/\S+/g)?.length ?? 0;
    case 'L': return Math.max(...text.split('\n').map((line) => line.length));
    case 'm': return text.replace(/[\x80-\xbf]/g, '').length;
    default: return text.length;
  }
}
