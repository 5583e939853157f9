/** From what a terminal sends to keys, and from keys to what a program in the pane receives. */
import { describe, expect, test } from 'vitest';
import { actionOf, controlByte, keyName, KEYS, showKey } from '../../src/tui/keys.ts';
import { encode, type InputModes } from '../../src/tui/terminal/encode.ts';
import { Tokenizer, type Token } from '../../src/tui/terminal/tokens.ts';

const told = (token: Token): string =>
  token.type === 'key' ? keyName(token.raw) : token.type === 'paste' ? `paste(${token.text})` : `mouse(${token.button} ${token.column},${token.row} ${token.press ? 'down' : 'up'})`;

describe('input is cut into', () => {
  const rows: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['keys that arrive together', ['zd\r'], ['z', 'd', 'enter']],
    ['arrows in both modes', ['\x1b[A\x1bOB'], ['up', 'down']],
    ['a sequence in two pieces', ['\x1b[', '5~'], ['pageup']],
    ['control keys', ['\x1d\x03\x00'], ['ctrl-]', 'ctrl-c', 'ctrl-@']],
    ['Alt with a letter', ['\x1bx'], ['alt-x']],
    ['Escape twice', ['\x1b\x1b'], ['escape', 'escape']],
    ['Escape, then an arrow', ['\x1b\x1b[A'], ['escape', 'up']],
    ['characters of several bytes', ['é🚀'], ['é', '🚀']],
    ['a paste with anything in it', ['\x1b[200~a\x1d\x1b[A', 'b\x1b[201~c'], ['paste(a\x1d\x1b[Ab)', 'c']],
    ['the end of a paste in two pieces', ['\x1b[200~a\x1b[20', '1~'], ['paste(a)']],
    ['the mouse', ['\x1b[<0;12;3M\x1b[<0;12;3m'], ['mouse(0 11,2 down)', 'mouse(0 11,2 up)']],
  ];
  for (const [title, chunks, expected] of rows) {
    test(title, () => {
      const tokenizer = new Tokenizer();
      expect([...chunks.flatMap((chunk) => tokenizer.push(chunk)), ...tokenizer.flush()].map(told)).toEqual(expected);
    });
  }
});

describe('a program in the pane receives', () => {
  const PLAIN: InputModes = { applicationCursorKeys: false, bracketedPaste: false, mouse: 'none', sgrMouse: false };
  const key = (raw: string): Token => ({ type: 'key', raw });
  const mouse = (button: number, press = true): Token => ({ type: 'mouse', button, column: 60, row: 5, press });
  const rows: readonly (readonly [string, Token, Partial<InputModes>, string | undefined])[] = [
    ['cursor keys as they came', key('\x1b[A'), {}, '\x1b[A'],
    ['cursor keys in application mode', key('\x1b[A'), { applicationCursorKeys: true }, '\x1bOA'],
    ['other keys untouched', key('\x1b[5~'), { applicationCursorKeys: true }, '\x1b[5~'],
    ['a paste with marks', { type: 'paste', text: 'a\nb' }, { bracketedPaste: true }, '\x1b[200~a\nb\x1b[201~'],
    ['a paste without', { type: 'paste', text: 'a\r\nb\n' }, {}, 'a\rb\r'],
    ['no mouse that it did not ask for', mouse(0), {}, undefined],
    ['the mouse, counted from the pane', mouse(0), { mouse: 'vt200', sgrMouse: true }, '\x1b[<0;3;5M'],
    ['the release', mouse(0, false), { mouse: 'vt200', sgrMouse: true }, '\x1b[<0;3;5m'],
    ['no movement in mode 1000', mouse(32), { mouse: 'vt200', sgrMouse: true }, undefined],
    ['movement in mode 1002', mouse(32), { mouse: 'drag', sgrMouse: true }, '\x1b[<32;3;5M'],
    ['the older form', mouse(0), { mouse: 'vt200' }, '\x1b[M #%'],
    ['the older release', mouse(0, false), { mouse: 'vt200' }, '\x1b[M##%'],
  ];
  for (const [title, token, modes, expected] of rows) {
    test(title, () => {
      expect(encode(token, { ...PLAIN, ...modes }, { x: 58, y: 1 }, { columns: 92, rows: 40 })).toBe(expected);
    });
  }
});

describe('the key table', () => {
  test('no key has two meanings where both are heard', () => {
    const heardTogether = [['home', 'everywhere'], ['into', 'pane', 'lab', 'terminal', 'reading', 'everywhere'], ['answers', 'overview', 'reading', 'everywhere'], ['starting', 'everywhere'], ['confirm', 'everywhere'], ['copy']];
    const doubled = heardTogether.flatMap((contexts) => {
      const keys = KEYS.filter(({ context }) => contexts.includes(context)).flatMap((binding) => binding.keys);
      return keys.filter((one, index) => keys.indexOf(one) !== index);
    });
    expect(doubled).toEqual([]);
  });

  test('names of keys', () => {
    expect([controlByte('ctrl-]'), controlByte('ctrl-g'), controlByte('x'), showKey('prefix', 'ctrl-g'), showKey('pageup'), actionOf('c', ['lab'])]).toEqual(['\x1d', '\x07', undefined, 'Ctrl-G', 'PgUp', 'check']);
  });
});
