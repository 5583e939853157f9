/** Tools that show or encode bytes: base64, hexdump, xxd. */
import { decodeBase64, encodeBase64 } from '../../base/base64.ts';
import { readAll } from '../../machine/streams.ts';
import { tool } from './tool.ts';
import { parseSize } from './units.ts';

export const base64 = tool({
  name: 'base64', short: 'diw:', long: { decode: 'd', wrap: 'w', 'ignore-garbage': 'i' },
  async run(t) {
    let status = 0;
    for await (const { input } of t.inputs(() => (status = 1), t.operands.slice(0, 1))) {
      const text = await readAll(input);
      if (!t.has('d')) {
        const width = Number(t.value('w') ?? 76);
        const encoded = encodeBase64(text);
        const rows = width === 0 ? [encoded] : (encoded.match(new RegExp(`.{1,${width}}`, 'g')) ?? []);
        await t.write(rows.join('\n') + (width === 0 || rows.length === 0 ? '' : '\n'));
        continue;
      }
      const decoded = decodeBase64(text.replace(/\s/g, '').replace(t.has('i') ? /[^A-Za-z0-9+/=]/g : /$^/, ''));
      if (decoded === undefined) {
        await t.complain(t.gnu ? 'invalid input' : 'truncated input');
        return 1;
      }
      await t.write(decoded);
    }
    return status;
  },
});

const hexByte = (c: string): string => c.charCodeAt(0).toString(16).padStart(2, '0');
const printable = (text: string): string => text.replace(/[^ -~]/g, '.');

export const hexdump = tool({
  name: 'hexdump', short: 'Cn:s:v', numbers: 'N',
  async run(t) {
    let status = 0;
    let all = '';
    for await (const { input } of t.inputs(() => (status = 1))) all += await readAll(input);
    const skip = parseSize(t.value('s') ?? '0') ?? 0;
    all = all.slice(skip, t.has('n') ? skip + Number(t.value('n')) : undefined);
    let previous: string | undefined;
    let starred = false;
    for (let at = 0; at < all.length; at += 16) {
      const row = all.slice(at, at + 16);
      if (row === previous && !t.has('v')) {
        if (!starred) await t.write('*\n');
        starred = true;
        continue;
      }
      previous = row;
      starred = false;
      const cells = [...row].map(hexByte);
      if (t.has('C')) await t.write(`${(at + skip).toString(16).padStart(8, '0')}  ${cells.slice(0, 8).join(' ').padEnd(23)}  ${cells.slice(8).join(' ').padEnd(23)}  |${printable(row)}|\n`);
      else await t.write(`${(at + skip).toString(16).padStart(7, '0')}${Array.from({ length: Math.ceil(cells.length / 2) }, (_, i) => ` ${cells[2 * i + 1] ?? '00'}${cells[2 * i]}`).join('')}\n`);
    }
    if (all.length > 0) await t.write(`${(all.length + skip).toString(16).padStart(t.has('C') ? 8 : 7, '0')}\n`);
    return status;
  },
});

export const xxd = tool({
  name: 'xxd', short: 'prl:c:s:ug:', gnuOnly: 'u', absent: ['b', 'i', 'o', 'e', 'E', 'a', 'd'],
  async run(t) {
    let status = 0;
    for await (const { input } of t.inputs(() => (status = 1))) {
      let text = await readAll(input);
      if (t.has('r')) {
        const digits = t.has('p') ? text.replace(/\s/g, '') : text.split('\n').map((line) => (/^[0-9a-f]+: ((?:[0-9a-f]{2,4} ?)+)/.exec(line)?.[1] ?? '').replace(/\s/g, '')).join('');
        await t.write((digits.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join(''));
        continue;
      }
      const skip = Number(t.value('s') ?? 0);
      const group = Number(t.value('g') ?? 2) || 16;
      const shown = (hex: string) => (t.has('u') ? hex.toUpperCase() : hex);
      text = text.slice(skip, t.has('l') ? skip + Number(t.value('l')) : undefined);
      const width = Number(t.value('c') ?? (t.has('p') ? 30 : 16));
      for (let at = 0; at < text.length; at += width) {
        const row = text.slice(at, at + width);
        const pairs = Array.from({ length: Math.ceil(row.length / group) }, (_, i) => shown([...row.slice(group * i, group * (i + 1))].map(hexByte).join('')));
        await t.write(t.has('p') ? `${pairs.join('')}\n` : `${(skip + at).toString(16).padStart(8, '0')}: ${pairs.join(' ').padEnd(width * 2 + Math.ceil(width / group) - 1)}  ${printable(row)}\n`);
      }
    }
    return status;
  },
});
