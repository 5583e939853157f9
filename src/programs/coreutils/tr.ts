/** tr: characters for characters. See POSIX, "tr". */
import { tool } from './tool.ts';

export const tr = tool({
  name: 'tr', short: 'cCdst', gnuOnly: 't', long: { complement: 'c', delete: 'd', 'squeeze-repeats': 's', 'truncate-set1': 't' }, stopAtOperand: true,
  async run(t) {
    const [first, second] = t.operands;
    if (first === undefined) return await t.usage('missing operand');
    if (second === undefined && !t.has('d') && !t.has('s')) return await t.usage(t.gnu ? `missing operand after '${first}'\nTwo strings must be given when translating.` : 'missing operand');
    const complement = t.has('c') || t.has('C');
    const to = characterSet(second ?? '');
    const from = t.has('t') && to !== '' ? characterSet(first).slice(0, to.length) : characterSet(first);
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
