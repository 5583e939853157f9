/** Tools that show or encode bytes: base64, hexdump, xxd, dd. */
import { decodeBase64, encodeBase64 } from '../../base/base64.ts';
import { readAll } from '../../machine/streams.ts';
import { openInput, openOutput } from '../../machine/open.ts';
import { FileError } from '../../machine/file-error.ts';
import type { Program } from '../../machine/program.ts';
import { isGnu, reason, tool } from './tool.ts';
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

export const dd: Program = {
  name: 'dd',
  async run(process) {
    const gnu = isGnu(process);
    const options = new Map<string, string>();
    for (const word of process.argv.slice(1)) {
      const [name = '', value] = word.split(/=(.*)/s);
      if (value === undefined || !['if', 'of', 'bs', 'ibs', 'obs', 'count', 'skip', 'seek', 'conv', 'status', 'iflag', 'oflag'].includes(name)) {
        await process.stderr.write(gnu ? `dd: unrecognized operand '${word}'\nTry 'dd --help' for more information.\n` : `dd: invalid argument '${word}'\n`);
        return 1;
      }
      options.set(name, value);
    }
    const size = parseSize(options.get('bs') ?? options.get('ibs') ?? '512') ?? 512;
    const count = options.has('count') ? (parseSize(options.get('count')!) ?? 0) : Number.POSITIVE_INFINITY;
    const begun = process.machine.clock.now();
    let copied = 0;
    try {
      const input = options.has('if') ? openInput(process, options.get('if')!) : process.stdin;
      const output = options.has('of') ? openOutput(process, options.get('of')!, { keep: options.get('conv')?.includes('notrunc') ?? false }) : process.stdout;
      let left = (parseSize(options.get('skip') ?? '0') ?? 0) * size;
      const most = count * size;
      for (let bytes = await input.read(); bytes !== undefined; bytes = await input.read()) {
        const useful = bytes.slice(left);
        left = Math.max(0, left - bytes.length);
        const part = useful.slice(0, most - copied);
        await output.write(part);
        copied += part.length;
        if (copied >= most) {
          if (part.length < useful.length) input.unread(useful.slice(part.length));
          break;
        }
      }
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const path = options.get('if') !== undefined && !process.files.exists(options.get('if')!) ? options.get('if')! : (options.get('of') ?? options.get('if'));
      await process.stderr.write(gnu ? `dd: failed to open '${path}': ${reason(error)}\n` : `dd: can't open '${path}': ${reason(error)}\n`);
      return 1;
    }
    if (options.get('status') === 'none') return 0;
    const records = `${Math.floor(copied / size)}+${copied % size > 0 ? 1 : 0}`;
    const seconds = Math.max((process.machine.clock.now() - begun) / 1000, 0.000_001);
    await process.stderr.write(`${records} records in\n${records} records out\n`);
    if (options.get('status') !== 'noxfer') await process.stderr.write(gnu ? `${copied} bytes copied, ${Number(seconds.toPrecision(6))} s, ${(copied / seconds / 1e6).toFixed(1)} MB/s\n` : `${copied} bytes (${(copied / 1024).toFixed(1)}KB) copied, ${seconds.toFixed(6)} seconds, ${(copied / seconds / 2 ** 20).toFixed(1)}MB/s\n`);
    return 0;
  },
};
