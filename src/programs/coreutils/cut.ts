/** cut: chosen fields or characters of each line. See POSIX, "cut". */
import { records } from './records.ts';
import { tool } from './tool.ts';

export const cut = tool({
  name: 'cut', short: 'b:c:d:f:snO:z', gnuOnly: 'z', long: { bytes: 'b', characters: 'c', delimiter: 'd', fields: 'f', 'only-delimited': 's', complement: 'complement', 'output-delimiter': 'O', 'zero-terminated': 'z' },
  withoutEffect: { n: 'a character is a byte here, so none can be split' },
  async run(t) {
    const list = t.value('f') ?? t.value('c') ?? t.value('b');
    if (list === undefined) return await t.usage(t.gnu ? 'you must specify a list of bytes, characters, or fields' : 'expected a list of bytes, characters, or fields');
    const chosen = parseList(list);
    if (t.gnu && /(?:^|,)0+(?:[-,]|$)/.test(list)) return await t.usage(t.has('f') ? 'fields are numbered from 1' : 'byte/character positions are numbered from 1');
    if (t.gnu && list.split(',').some((part) => /^\d+-\d+$/.test(part) && Number(part.split('-')[0]) > Number(part.split('-')[1]))) return await t.usage('invalid decreasing range');
    if (!chosen) return await t.usage(t.gnu ? `invalid ${t.has('f') ? 'field value' : 'byte/character position'} '${list}'` : `invalid number '${list}'`);
    const delimiter = t.value('d') ?? '\t';
    if (delimiter.length > 1) return await t.usage('the delimiter must be a single character');
    const keep = (place: number) => chosen(place) !== t.has('complement');
    const end = t.has('z') ? '\0' : '\n';
    let status = 0;
    for await (const { input } of t.inputs(() => (status = 1))) {
      for await (const line of records(input, end)) {
        if (!t.has('f')) await t.write(`${[...line].filter((_c, index) => keep(index + 1)).join('')}${end}`);
        else if (!line.includes(delimiter)) {
          if (!t.has('s')) await t.write(`${line}${end}`);
        } else await t.write(`${line.split(delimiter).filter((_field, index) => keep(index + 1)).join(t.value('O') ?? delimiter)}${end}`);
      }
    }
    return status;
  },
});

/** `1,3-5,7-`: which places are chosen. */
function parseList(text: string): ((place: number) => boolean) | undefined {
  const ranges: (readonly [number, number])[] = [];
  for (const part of text.split(',')) {
    const match = /^(\d*)(-?)(\d*)$/.exec(part);
    if (!match || part === '' || part === '-') return undefined;
    const from = Number(match[1] || 1);
    ranges.push([from, match[2] ? Number(match[3] || Number.POSITIVE_INFINITY) : from]);
  }
  return (place) => ranges.some(([from, to]) => place >= from && place <= to);
}
