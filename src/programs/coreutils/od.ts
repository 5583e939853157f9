/** od: bytes as numbers and letters, in one format or several below one another. See POSIX, "od". */
import { type Tool, tool } from './tool.ts';
import { parseSize } from './units.ts';

interface Format {
  readonly kind: string;
  readonly size: number;
  /** `z` behind a type: the row's letters at its end. */
  readonly hasLetters: boolean;
}

/** What the letters of old stand for. */
const TRADITIONAL: Readonly<Record<string, string>> = { a: 'a', b: 'o1', c: 'c', d: 'u2', i: 'd4', l: 'd8', o: 'o2', s: 'd2', x: 'x2' };

export const od = tool({
  name: 'od', short: 'A:t:N:j:abcdilosxvw::', long: { 'address-radix': 'A', format: 't', 'read-bytes': 'N', 'skip-bytes': 'j', 'output-duplicates': 'v', width: 'w' }, absent: ['S', 'strings', 'endian', 'f', 'e', 'traditional'],
  async run(t) {
    const formats = await formatsOf(t);
    const skip = parseSize(t.value('j') ?? '0') ?? 0;
    const most = t.has('N') ? Number(t.value('N')) : Number.POSITIVE_INFINITY;
    const read = await bytesOf(t, skip + most);
    if (read.status !== 0 && read.bytes === '') return read.status;
    const bytes = read.bytes.slice(skip, skip + most);
    const radix = { n: 0, x: 16, d: 10, o: 8 }[t.value('A') ?? 'o'] ?? 8;
    const address = (at: number) => (radix === 0 ? '' : at.toString(radix).padStart(radix === 16 ? 6 : 7, '0'));
    const width = Number(t.value('w') || (t.has('w') ? 32 : 16));
    let previous: string | undefined;
    let starred = false;
    for (let at = 0; at < bytes.length; at += width) {
      const row = bytes.slice(at, at + width);
      const isRepeated = row === previous && !t.has('v');
      if (!isRepeated) for (const [index, format] of formats.entries()) await t.write(`${index === 0 ? address(skip + at) : ' '.repeat(address(0).length)}${rowIn(format, row, width, t.gnu ? formats : [format])}\n`);
      else if (!starred) await t.write('*\n');
      starred = isRepeated;
      previous = row;
    }
    if (radix !== 0) await t.write(`${address(skip + bytes.length)}\n`);
    return read.status;
  },
});

async function formatsOf(t: Tool): Promise<readonly Format[]> {
  const words = [...t.values('t').flatMap((value) => value.match(/[doux](?:\d+|[CSIL])?z?|[ac]z?|./g) ?? []), ...[...'abcdilosx'].filter((letter) => t.has(letter)).map((letter) => TRADITIONAL[letter]!)];
  const formats: Format[] = [];
  for (const word of words.length > 0 ? words : ['o2']) {
    const [, kind = '', size = '', letters] = /^(?:([doux])(\d*|[CSIL])|[ac])(z?)$/.exec(word) ?? [];
    if (!/^(?:[doux](?:[1248]|[CSIL])?|[ac])z?$/.test(word)) await t.refuse(t.gnu ? `invalid character '${word[0]}' in type string '${t.value('t') ?? word}'` : `invalid type string '${word}'`);
    formats.push({ kind: kind || word[0]!, size: kind === '' ? 1 : ({ C: 1, S: 2, I: 4, L: 8, '': 4 }[size] ?? Number(size)), hasLetters: letters === 'z' });
  }
  return formats;
}

/** `od -N 4 /dev/urandom` must not wait for an end that never comes. */
async function bytesOf(t: Tool, most: number): Promise<{ readonly bytes: string; readonly status: number }> {
  let status = 0;
  let bytes = '';
  for await (const { input } of t.inputs(() => (status = 1))) {
    for (let more = bytes.length < most ? await input.read() : undefined; more !== undefined; more = bytes.length < most ? await input.read() : undefined) bytes += more;
  }
  return { bytes: bytes.slice(0, most), status };
}

function rowIn(format: Format, row: string, width: number, all: readonly Format[]): string {
  // Formats of GNU's below one another share their columns: the widest byte decides.
  const perByte = Math.max(...all.map((one) => (cellWidth(one) + 1) / one.size));
  let text = '';
  for (let at = 0; at < row.length; at += format.size) text += cell(format, row.slice(at, at + format.size)).padStart(perByte * format.size);
  return format.hasLetters ? `${text.padEnd((width / format.size) * perByte * format.size)}  >${row.replace(/[^ -~]/g, '.')}<` : text;
}

function cellWidth({ kind, size }: Format): number {
  const at = Math.log2(size);
  switch (kind) {
    case 'x': return size * 2;
    case 'u': return [3, 5, 10, 20][at]!;
    case 'd': return [4, 6, 11, 20][at]!;
    case 'o': return [3, 6, 11, 22][at]!;
    default: return 3;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '\0': '\\0', '\x07': '\\a', '\b': '\\b', '\t': '\\t', '\n': '\\n', '\v': '\\v', '\f': '\\f', '\r': '\\r' };
const NAMES = ['nul', 'soh', 'stx', 'etx', 'eot', 'enq', 'ack', 'bel', 'bs', 'ht', 'nl', 'vt', 'ff', 'cr', 'so', 'si', 'dle', 'dc1', 'dc2', 'dc3', 'dc4', 'nak', 'syn', 'etb', 'can', 'em', 'sub', 'esc', 'fs', 'gs', 'rs', 'us', 'sp'];

function cell(format: Format, bytes: string): string {
  const { kind, size } = format;
  const code = bytes.charCodeAt(0);
  if (kind === 'a') return (code & 127) === 127 ? 'del' : (NAMES[code & 127] ?? String.fromCharCode(code & 127));
  if (kind === 'c') return ESCAPES[bytes] ?? (/[ -~]/.test(bytes) ? bytes : code.toString(8).padStart(3, '0'));
  let value = 0n;
  for (let at = size - 1; at >= 0; at--) value = (value << 8n) | BigInt(bytes.charCodeAt(at) || 0);
  if (kind === 'd') return BigInt.asIntN(size * 8, value).toString();
  return value.toString({ x: 16, u: 10, o: 8 }[kind]).padStart(kind === 'u' ? 0 : cellWidth(format), '0');
}
