/** Addresses, base64, chance, columns of text. */
import { describe, expect, test } from 'vitest';
import { broadcastOf, cidr, contains, ipv4, networkOf, nth, parseCidr, parseIpv4, parseMac } from '../../src/base/address.ts';
import { decodeBase64, encodeBase64 } from '../../src/base/base64.ts';
import { utf8Decode, utf8Encode } from '../../src/base/bytes.ts';
import { seededRng, uuid } from '../../src/base/rng.ts';
import { formatTable } from '../../src/base/table.ts';

describe('addresses', () => {
  test.each(['1.2.3', '1.2.3.256', '01.2.3.4', '1.2.3.4.5', '1.2.3.', 'a.b.c.d', ''])('%j is none', (text) => expect(parseIpv4(text)).toBeUndefined());
  test.each(['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0/8', '10.0.0.0/-1'])('%j is no network', (text) => expect(parseCidr(text)).toBeUndefined());
  test.each([
    ['10.244.1.5/24', '10.244.1.0', '10.244.1.255', '10.244.1.200', '10.244.2.1'],
    ['10.244.50.192/26', '10.244.50.192', '10.244.50.255', '10.244.50.193', '10.244.50.191'],
    ['192.168.64.4/31', '192.168.64.4', '192.168.64.5', '192.168.64.5', '192.168.64.6'],
    ['172.18.0.3/32', '172.18.0.3', '172.18.0.3', '172.18.0.3', '172.18.0.2'],
  ])('%s is from %s to %s, holds %s and not %s', (text, first, last, within, outside) => {
    const network = cidr(text);
    expect([networkOf(network), broadcastOf(network), contains(network, ipv4(within)), contains(network, ipv4(outside))]).toEqual([first, last, true, false]);
  });
  test('everything is in 0.0.0.0/0, and counting goes over octets', () => {
    expect(contains(cidr('0.0.0.0/0'), ipv4('255.255.255.255'))).toBe(true);
    expect(nth(cidr('10.96.0.0/16'), 256)).toBe('10.96.1.0');
  });
  test('Ethernet addresses in any case, short octets too', () => expect([parseMac('A:0b:C:1:2:ff'), parseMac('0a:0b:0c:01:02'), parseMac('zz:0b:0c:01:02:03')]).toEqual(['0a:0b:0c:01:02:ff', undefined, undefined]));
});

describe('base64', () => {
  // RFC 4648, section 10, and bytes that are no text.
  test.each([['', ''], ['f', 'Zg=='], ['fo', 'Zm8='], ['foo', 'Zm9v'], ['foob', 'Zm9vYg=='], ['\x00\xff\x80', 'AP+A']])('%j is %s', (bytes, text) => {
    expect([encodeBase64(bytes), decodeBase64(text)]).toEqual([text, bytes]);
  });
  test.each(['Zg=a', 'Z', '!', 'Zm9v\n'])('%j is none', (text) => expect(decodeBase64(text)).toBeUndefined());
});

test('byte strings hold UTF-8, a byte a character', () => {
  expect([utf8Encode('dné').length, utf8Decode(utf8Encode('dné ✓')), utf8Decode('\xff')]).toEqual([4, 'dné ✓', '\ufffd']);
});

test('the same seed gives the same names, another seed others', () => {
  const draw = (seed: number) => {
    const rng = seededRng(seed);
    return [rng.text(5, 'bcdfg'), rng.below(1000), rng.pick(['a', 'b', 'c']), uuid(rng)];
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  expect(draw(7)[3]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('chance is even: of ten thousand draws every tenth is each digit, within a fifth', () => {
  const rng = seededRng(1);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < 10_000; i++) counts[rng.below(10)]!++;
  expect(counts.filter((count) => count < 800 || count > 1200)).toEqual([]);
});

test('columns are as wide as their widest cell, the last one ragged', () => {
  expect(formatTable([['NAME', 'READY', 'AGE'], ['web-1', '1/1', '5s'], ['x', '', 'long ago']])).toBe('NAME    READY   AGE\nweb-1   1/1     5s\nx               long ago');
  expect(formatTable([['a', 'b'], ['c', 'd']], { padding: 1, minWidth: 6 })).toBe('a     b\nc     d');
});
