/** What GNU grep -o finds (C locale), basic and extended. Refusals in its words. */
import { expect, test } from 'vitest';
import { posixToRegExp } from '../../src/base/posix-regex.ts';

const found = (pattern: string, text: string, extended: boolean) => [...text.matchAll(posixToRegExp(pattern, { extended, global: true }))].map(([all]) => all).filter((all) => all !== '');

test.each([
  ['a*', 'aab', 'aa'],
  ['*a', '*aab', '*a'],
  ['^*', '*a', '*'],
  ['\\(*a\\)', '*a', '*a'],
  ['a\\+b', 'aaab', 'aaab'],
  ['a+b', 'a+b aab', 'a+b'],
  ['a\\?b', 'ab', 'ab'],
  ['\\(ab\\)\\{2\\}', 'ababab', 'abab'],
  ['\\(ab\\)\\{,2\\}c', 'ababc', 'ababc'],
  ['x\\{2,3\\}', 'xxxxx', 'xxx xx'],
  ['a\\{1,2\\}$', 'aaa', 'aa'],
  ['a\\|b', 'cab', 'a b'],
  ['^a', 'aa', 'a'],
  ['a^b', 'a^b', 'a^b'],
  ['b$', 'abb', 'b'],
  ['a$b', 'a$b', 'a$b'],
  ['\\(a\\)\\1', 'aab', 'aa'],
  ['[[:digit:]]\\+', 'pod-123', '123'],
  ['[]a]\\+', 'a]b', 'a]'],
  ['[^]a]', 'a]b', 'b'],
  ['[a\\]', 'a\\b', 'a \\'],
  ['[a-]', 'a-b', 'a -'],
  ['\\<web\\>', 'web webs web', 'web web'],
  ['\\.', 'a.b', '.'],
  ['{1}', 'a{1}', '{1}'],
  ['(x)', 'f(x)', '(x)'],
])('grep %s finds in %s: %s', (pattern, text, expected) => expect(found(pattern, text, false).join(' ')).toBe(expected));

test.each([
  ['a+b', 'aaab', 'aaab'],
  ['(ab){2}', 'ababab', 'abab'],
  ['x{,2}y', 'xxxy', 'xxy'],
  ['a{,}', 'aaa', 'aaa'],
  ['a{0}b', 'ab', 'b'],
  ['a{1,2}{2}', 'aaaa', 'aaaa'],
  ['a**', 'aaa', 'aaa'],
  ['a|b', 'cab', 'a b'],
  ['(|a)b', 'ab', 'ab'],
  ['^a|b$', 'ab', 'a b'],
  ['a{x', 'a{x', 'a{x'],
  ['a)', 'a)', 'a)'],
  ['a\\+', 'a+', 'a+'],
  ['\\(x\\)', 'f(x)', '(x)'],
  ['(a)\\1', 'aab', 'aa'],
  ['[0-9]{1,3}(\\.[0-9]{1,3}){3}', 'ip 10.244.1.5/24', '10.244.1.5'],
  ['(^| )kube-[a-z]+', 'kube-dns kube-proxy', 'kube-dns  kube-proxy'],
  ['\\bweb\\b', 'a web b', 'web'],
  ['\\w+', 'foo-bar', 'foo bar'],
  ['[[:upper:][:digit:]]+', 'abC9d', 'C9'],
  ['[.]', 'a.b', '.'],
  ['[\\d]', 'd\\', 'd \\'],
  ['$a', '$a', ''],
])('grep -E %s finds in %s: %s', (pattern, text, expected) => expect(found(pattern, text, true).join(' ')).toBe(expected));

test.each([
  ['(a', true, 'Unmatched ( or \\('],
  ['\\(a', false, 'Unmatched ( or \\('],
  ['[a', false, 'Unmatched [, [^, [:, [., or [='],
  ['a\\{1', false, 'Unmatched \\{'],
  ['\\', false, 'Trailing backslash'],
  ['a{2,1}', true, 'Invalid content of \\{\\}'],
  ['[c-a]', true, 'Invalid range end'],
])('%s is refused: %s', (pattern, extended, words) => expect(() => posixToRegExp(pattern, { extended })).toThrow(new SyntaxError(words)));
