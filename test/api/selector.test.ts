/** Selectors as people write them. Refusals are those of the real parser. */
import { expect, test } from 'vitest';
import { labelSelectorToString, matchesLabels, parseFieldSelector, parseLabelSelector, printSelector } from '../../src/api/selector.ts';

const labels = { app: 'web', tier: 'front', replicas: '3', empty: '' };

test.each([
  ['app=web', true],
  ['app==web', true],
  ['app!=web', false],
  ['nothere!=web', true],
  ['app', true],
  ['!app', false],
  ['!nothere', true],
  ['app in (web, api)', true],
  ['app notin (web,api)', false],
  ['nothere notin (x)', true],
  ['app=web,tier=back', false],
  ['replicas>2', true],
  ['replicas<3', false],
  ['empty=', true],
  ['', true],
])('%s matches: %s', (text, matches) => expect(matchesLabels(parseLabelSelector(text), labels)).toBe(matches));

test.each([
  ['a=b=c', "found '=', expected: ',' or 'end of string'"],
  ['app in web', "unable to parse requirement: found 'web', expected: '('"],
  ['=web', "found '=', expected: !, identifier, or 'end of string'"],
  ['app=web,', "found '', expected: identifier after ','"],
])('%s is refused: %s', (text, why) => expect(() => parseLabelSelector(text)).toThrow(why));

test('printed in order of keys', () => {
  expect(printSelector(parseLabelSelector('tier in (b,a),app=web,!old,x!=y'))).toBe('app=web,!old,tier in (a,b),x!=y');
  expect(labelSelectorToString({ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] })).toBe('app=web,tier');
  expect(labelSelectorToString({ matchExpressions: [{ key: 'tier', operator: 'In', values: ['a'] }] })).toBe('tier in (a)');
  expect(labelSelectorToString({})).toBe('<none>');
});

test('field selectors', () => {
  expect(parseFieldSelector('status.phase=Running,spec.nodeName!=worker')).toEqual([
    { path: 'status.phase', value: 'Running', negated: false },
    { path: 'spec.nodeName', value: 'worker', negated: true },
  ]);
  expect(() => parseFieldSelector('bogus')).toThrow("invalid selector: 'bogus'; can't understand 'bogus'");
});
