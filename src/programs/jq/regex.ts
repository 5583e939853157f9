/**
 * `match` and what is made of it. See f_match in src/builtin.c of jq 1.6.
 * Differs from Linux: expressions are JavaScript's where the real ones are Oniguruma's; what people write in one-liners
 * means the same in both, `\h` and possessive quantifiers do not exist here.
 */
import { described, JqError } from './error.ts';
import { type Json } from './value.ts';

/** Every match (`g`) or the first, as objects of offset, length, string and captures. @throws JqError */
export function matches(input: Json, pattern: Json, flags: Json): readonly Json[] {
  if (typeof input !== 'string') throw new JqError(`${described(input)} cannot be matched, as it is not a string`);
  if (typeof pattern !== 'string') throw new JqError(`${described(pattern)} cannot be matched, as it is not a string`);
  if (flags !== null && typeof flags !== 'string') throw new JqError(`${described(flags)} is not a string`);
  const unknown = [...(flags ?? '')].find((flag) => !'gimnsplx'.includes(flag));
  if (unknown !== undefined) throw new JqError(`${flags} is not a valid modifier string`);
  const expression = compile(pattern, flags ?? '');
  const all = [...input.matchAll(expression)];
  const wanted = (flags ?? '').includes('g') ? all : all.slice(0, 1);
  return wanted.filter(([whole]) => !(flags ?? '').includes('n') || whole !== '').map((match) => matchObject(input, match));
}

function compile(pattern: string, flags: string): RegExp {
  const extended = flags.includes('x') ? pattern.replaceAll(/\\.|\s+|#.*/g, (part) => (part.startsWith('\\') ? part : '')) : pattern;
  try {
    return new RegExp(extended, `gud${flags.includes('i') ? 'i' : ''}${/[ps]/.test(flags) ? 's' : ''}m`);
  } catch {
    const words = /\((?![^()]*\))/.test(pattern) ? 'end pattern with unmatched parenthesis' : /\[[^\]]*$/.test(pattern) ? 'premature end of char-class' : 'invalid pattern';
    throw new JqError(`${pattern} (at offset 0) is not a valid regex: ${words}`);
  }
}

/** Offsets count letters, not UTF-16 units. */
function matchObject(input: string, match: RegExpExecArray): Json {
  const letters = (units: number) => [...input.slice(0, units)].length;
  const names = Object.entries(match.indices?.groups ?? {});
  const captures = [...match].slice(1).map((found, at) => {
    const place = match.indices?.[at + 1];
    const name = names.find(([, where]) => where === place)?.[0] ?? nameOf(match, at);
    return new Map<string, Json>([['offset', place ? letters(place[0]) : -1], ['length', found === undefined ? 0 : [...found].length], ['string', found ?? null], ['name', name]]);
  });
  return new Map<string, Json>([['offset', letters(match.index)], ['length', [...match[0]].length], ['string', match[0]], ['captures', captures]]);
}

/** The name of a group that took part in nothing, by its place among the groups. */
function nameOf(match: RegExpExecArray, at: number): string | null {
  const names = Object.keys(match.groups ?? {});
  return names.length === match.length - 1 ? names[at]! : null;
}
