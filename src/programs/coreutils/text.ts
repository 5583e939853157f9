/** Tools over lines and bytes: wc, tee, cut, tr, uniq, nl, rev, tac, paste, fold, seq. Over 250 lines because each is too small for a file. */
import { lines, readAll } from '../../machine/streams.ts';
import type { Output } from '../../machine/program.ts';
import { type Tool, tool } from './tool.ts';

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

export const tee = tool({
  name: 'tee', short: 'aip', long: { append: 'a', 'ignore-interrupts': 'i' },
  async run(t) {
    let status = 0;
    const outputs: Output[] = [t.process.stdout];
    for (const path of t.operands) {
      const output = await t.output(path, t.has('a'));
      if (output) outputs.push(output);
      else status = 1;
    }
    if (t.has('i')) t.process.ignoreSignal('SIGINT');
    for (let bytes = await t.process.stdin.read(); bytes !== undefined; bytes = await t.process.stdin.read()) {
      for (const output of outputs) await output.write(bytes);
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

export const cut = tool({
  name: 'cut', short: 'b:c:d:f:snO:C', long: { bytes: 'b', characters: 'c', delimiter: 'd', fields: 'f', 'only-delimited': 's', complement: 'C', 'output-delimiter': 'O' },
  async run(t) {
    const list = t.value('f') ?? t.value('c') ?? t.value('b');
    if (list === undefined) return await t.usage(t.gnu ? 'you must specify a list of bytes, characters, or fields' : 'expected a list of bytes, characters, or fields');
    const chosen = parseList(list);
    if (!chosen) return await t.usage(t.gnu ? `invalid ${t.has('f') ? 'field' : 'byte/character'} value '${list}'`.replace('field value', 'field value') : `invalid range ${list}`);
    const delimiter = t.value('d') ?? '\t';
    if (delimiter.length > 1) return await t.usage('the delimiter must be a single character');
    const keep = (place: number) => chosen(place) !== t.has('C');
    let status = 0;
    for await (const { input } of t.inputs(() => (status = 1))) {
      for await (const line of lines(input)) {
        if (!t.has('f')) await t.write(`${[...line].filter((_c, index) => keep(index + 1)).join('')}\n`);
        else if (!line.includes(delimiter)) {
          if (!t.has('s')) await t.write(`${line}\n`);
        } else await t.write(`${line.split(delimiter).filter((_field, index) => keep(index + 1)).join(t.value('O') ?? delimiter)}\n`);
      }
    }
    return status;
  },
});

const CLASSES: Readonly<Record<string, string>> = { alpha: 'A-Za-z', digit: '0-9', alnum: '0-9A-Za-z', upper: 'A-Z', lower: 'a-z', space: ' \\t\\n\\v\\f\\r', blank: ' \\t', punct: '!-/:-@[-`{-~', xdigit: '0-9A-Fa-f', cntrl: '\\000-\\037\\177', print: ' -~', graph: '!-~' };

/** `a-z`, `[:upper:]`, `\n`, `[x*3]`: the characters of a set, in order. */
function characterSet(spec: string): string {
  let text = spec.replace(/\[:(\w+):\]/g, (_whole, name: string) => CLASSES[name] ?? '').replace(/\[(.)\*(\d*)\]/g, (_whole, c: string, times: string) => c.repeat(Number(times || 1)));
  text = text.replace(/\\([0-7]{1,3}|[abfnrtv\\])/g, (_whole, code: string) => (/^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' }[code]!));
  let set = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i + 1] === '-' && i + 2 < text.length) {
      for (let code = text.charCodeAt(i); code <= text.charCodeAt(i + 2); code++) set += String.fromCharCode(code);
      i += 2;
    } else set += text[i];
  }
  return set;
}

export const tr = tool({
  name: 'tr', short: 'cCdst', long: { complement: 'c', delete: 'd', 'squeeze-repeats': 's', 'truncate-set1': 't' }, stopAtOperand: true,
  async run(t) {
    const [first, second] = t.operands;
    if (first === undefined) return await t.usage('missing operand');
    if (second === undefined && !t.has('d') && !t.has('s')) return await t.usage(t.gnu ? `missing operand after '${first}'\nTwo strings must be given when translating.` : 'missing operand');
    const complement = t.has('c') || t.has('C');
    const from = characterSet(first);
    const to = characterSet(second ?? '');
    const inFirst = (c: string) => from.includes(c) !== complement;
    const translate = (c: string) => {
      if (!inFirst(c) || t.has('d') || to === '') return c;
      return complement ? to.at(-1)! : (to[from.indexOf(c)] ?? to.at(-1)!);
    };
    const squeezed = (c: string) => t.has('s') && (second === undefined || (t.has('d') && second === undefined) ? inFirst(c) : to.includes(c));
    let previous = '';
    for (let bytes = await t.process.stdin.read(); bytes !== undefined; bytes = await t.process.stdin.read()) {
      let text = '';
      for (const c of bytes) {
        if (t.has('d') && inFirst(c)) continue;
        const changed = translate(c);
        if (changed === previous && squeezed(changed)) continue;
        previous = changed;
        text += changed;
      }
      await t.write(text);
    }
    return 0;
  },
});

export const uniq = tool({
  name: 'uniq', short: 'cdiuf:s:w:', long: { count: 'c', repeated: 'd', 'ignore-case': 'i', unique: 'u', 'skip-fields': 'f', 'skip-chars': 's', 'check-chars': 'w' },
  async run(t) {
    let status = 0;
    const [source] = t.operands;
    const key = (line: string) => {
      let text = line;
      for (let i = Number(t.value('f') ?? 0); i > 0; i--) text = text.replace(/^\s*\S+/, '');
      text = text.slice(Number(t.value('s') ?? 0), t.has('w') ? Number(t.value('w')) : undefined);
      return t.has('i') ? text.toLowerCase() : text;
    };
    let current: string | undefined;
    let times = 0;
    const flush = async () => {
      if (current === undefined || (t.has('d') && times < 2) || (t.has('u') && times > 1)) return;
      await t.write(`${t.has('c') ? `${String(times).padStart(7)} ` : ''}${current}\n`);
    };
    for await (const { input } of t.inputs(() => (status = 1), source === undefined ? [] : [source])) {
      for await (const line of lines(input)) {
        if (current !== undefined && key(line) === key(current)) {
          times++;
          continue;
        }
        await flush();
        current = line;
        times = 1;
      }
    }
    await flush();
    return status;
  },
});

/** Each line through a function. */
function perLine(name: string, short: string, change: (line: string, index: number, t: Tool) => string) {
  return tool({
    name, short,
    async run(t) {
      let status = 0;
      let index = 0;
      for await (const { input } of t.inputs(() => (status = 1))) for await (const line of lines(input)) await t.write(`${change(line, index++, t)}\n`);
      return status;
    },
  });
}

export const rev = perLine('rev', '', (line) => [...line].reverse().join(''));

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

export const tac = tool({
  name: 'tac', short: '',
  async run(t) {
    let status = 0;
    for await (const { input } of t.inputs(() => (status = 1))) await t.write(((await readAll(input)).match(/[^\n]*\n|[^\n]+$/g) ?? []).reverse().join(''));
    return status;
  },
});

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

export const fold = perLine('fold', 'w:sb', (line, _index, t) => {
  const width = Number(t.value('w') ?? 80);
  return line.match(new RegExp(`.{1,${width}}`, 'gs'))?.join('\n') ?? '';
});

export const seq = tool({
  name: 'seq', short: 'ws:f:', long: { 'equal-width': 'w', separator: 's', format: 'f' }, numbers: 'N', stopAtOperand: true,
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
    const digits = Math.max(...words.map((word) => word.split('.')[1]?.length ?? 0));
    const width = t.has('w') ? Math.max(first.toFixed(digits).length, end.toFixed(digits).length) : 0;
    const parts: string[] = [];
    for (let index = 0; ; index++) {
      const value = first + index * step;
      if (step > 0 ? value > end + 1e-9 : value < end - 1e-9) break;
      parts.push(value.toFixed(digits).padStart(width, '0'));
      if (parts.length >= 1000 && !t.has('s')) await t.write(`${parts.splice(0).join('\n')}\n`);
    }
    if (parts.length > 0) await t.write(`${parts.join(t.value('s') ?? '\n')}\n`);
    return 0;
  },
});
