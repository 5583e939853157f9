/** Text as styled lines: wrapping by cells, Markdown. Styles are written as `<style:text>` where they are not plain. */
import { describe, expect, test } from 'vitest';
import { fit, justify, line, lineText, span, truncate, wrap, type Line } from '../../src/tui/text/lines.ts';
import { markdown } from '../../src/tui/text/markdown.ts';
import { themeFor } from '../../src/tui/theme.ts';

const marked = (lines: readonly Line[]): string =>
  lines.map((spans) => spans.map(({ text, style }) => (style === 'plain' ? text : `<${style}:${text}>`)).join('')).join('\n');

describe('wrapping', () => {
  const rows: readonly (readonly [string, string, number, string[]])[] = [
    ['at spaces', 'the quick brown fox', 10, ['the quick', 'brown fox']],
    ['exactly full', 'abcde fghij', 5, ['abcde', 'fghij']],
    ['a word that is too long is cut', 'abcdefghijkl mn', 5, ['abcde', 'fghij', 'kl mn']],
    ['line breaks stay', 'a\nb', 10, ['a', 'b']],
    ['wide characters take two cells', '日本語テスト', 6, ['日本語', 'テスト']],
    ['nothing is one empty line', '', 5, ['']],
  ];
  for (const [title, text, width, expected] of rows) {
    test(title, () => {
      expect(wrap(line(text), width).map(lineText)).toEqual(expected);
    });
  }

  test('a word that changes its style stays together', () => {
    expect(marked(wrap([span('see '), span('kube', 'code'), span('ctl.')], 9))).toBe('see\n<code:kube>ctl.');
  });

  test('what comes first on a line is repeated or not', () => {
    expect(wrap(line('aa bb cc'), 6, line('- '), line('  ')).map(lineText)).toEqual(['- aa', '  bb', '  cc']);
  });

  test('cut, fill, and put at both ends', () => {
    expect([truncate('abcdef', 4), truncate('日本語', 5), fit('ab', 4), lineText(justify(line('left'), line('right'), 12)), lineText(justify(line('a long left'), line('r'), 8))]).toEqual([
      'abc…', '日本…', 'ab  ', 'left   right', 'a lon… r',
    ]);
  });
});

test('Markdown', () => {
  const text = [
    '# Title',
    'Some *text* with **weight**, `code <x>` and a [link](https://kubernetes.io/) &amp; ~~more~~.',
    '',
    '## Steps',
    '1. first',
    '2. second that is long enough to need a second line',
    '   - inner',
    '',
    '- [ ] open',
    '- [x] done',
    '',
    '> a note',
    '',
    '```yaml',
    'kind: Pod',
    '  name: a-very-long-name-that-does-not-fit-into-forty',
    '```',
    '',
    '| name | points |',
    '| --- | --- |',
    '| one | 3 |',
    '',
    '---',
    '<b>html</b>',
  ].join('\n');
  expect(marked(markdown(text, 40))).toMatchInlineSnapshot(`
    "<title:Title>

    Some <emphasis:text> with <strong:weight>, <code:code <x>> and a
    <link:link><dim: (https://kubernetes.io/)> & <deleted:more>.

    <heading:Steps>

    <dim:1. >first
    <dim:2. >second that is long enough to need a
    <dim:   >second line
    <dim:   ><dim:• >inner

    <dim:[ ] >open
    <dim:[x] >done

    <dim:│ >a note

    <dim:  ><code:kind: Pod>
    <dim:  ><code:  name: a-very-long-name-that-does-n>
    <dim:  ↳ ><code:ot-fit-into-forty>

    <strong:name  points>
    <dim:────  ──────>
    one   3

    <dim:────────────────────────────────────────>

    <b>html</b>"
  `);
});

describe('marks and colours are those that the terminal has', () => {
  test.each([
    ['a terminal of today', { TERM: 'xterm-256color', LANG: 'en_US.UTF-8' }, '✓', true],
    ['a locale without UTF-8', { TERM: 'xterm-256color', LC_ALL: 'C', LANG: 'en_US.UTF-8' }, '+', true],
    ['no locale at all', { TERM: 'xterm' }, '✓', true],
    ['the text console of Linux', { TERM: 'linux', LANG: 'en_US.UTF-8' }, '+', true],
    ['an old terminal', { TERM: 'vt220', LANG: 'en_US.UTF-8' }, '+', false],
    ['NO_COLOR', { TERM: 'xterm-256color', LANG: 'C.UTF-8', NO_COLOR: '1' }, '✓', false],
    ['an empty NO_COLOR', { TERM: 'xterm-256color', LANG: 'C.UTF-8', NO_COLOR: '' }, '✓', true],
  ])('%s', (_title, env: Readonly<Record<string, string>>, pass, colors) => {
    const theme = themeFor(env);
    expect([theme.symbols.pass, theme.colors]).toEqual([pass, colors]);
  });
});
