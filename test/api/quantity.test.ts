/** Amounts in their canonical form. Expected values: `kubectl` and its source. */
import { expect, test } from 'vitest';
import { canonicalQuantity, compareQuantities, milliValue, parseQuantity } from '../../src/api/quantity.ts';

test.each([
  ['0.5', '500m'],
  ['1000m', '1'],
  ['100m', '100m'],
  ['1500m', '1500m'],
  ['0.1', '100m'],
  ['1024Mi', '1Gi'],
  ['1536Mi', '1536Mi'],
  ['0.5Gi', '512Mi'],
  ['1000Ki', '1000Ki'],
  ['102.4Mi', '107374182400m'],
  ['1e3', '1e3'],
  ['1000', '1k'],
  ['128974848', '128974848'],
  ['123Mi', '123Mi'],
  ['0', '0'],
  ['0Mi', '0'],
  ['-1', '-1'],
  ['1G', '1G'],
  ['3840Mi', '3840Mi'],
  ['0.0000000001', '1n'],
])('%s is shown as %s', (text, shown) => expect(canonicalQuantity(text)).toBe(shown));

test.each(['', '1.2.3', 'abc', '1Zi', '12e', '.', '1 Mi'])('%j is no quantity', (text) => expect(parseQuantity(text)).toBeUndefined());

test('amounts compare by what they mean', () => {
  expect(compareQuantities('1', '1000m')).toBe(0);
  expect(compareQuantities('1Gi', '1G')).toBe(1);
  expect(compareQuantities('100m', '0.2')).toBe(-1);
  expect([milliValue('0.0001'), milliValue('2')]).toEqual([1, 2000]);
});
