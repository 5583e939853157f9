/** The text that vi edits: lines, a place in them, and where motions lead. Values in, values out; knows no keys and no screen. */

export interface Place {
  readonly line: number;
  readonly column: number;
}

export type Lines = readonly string[];

/** Everything from `from` up to, not with, `to`. */
export function between(lines: Lines, from: Place, to: Place): string {
  if (from.line === to.line) return lines[from.line]!.slice(from.column, to.column);
  return [lines[from.line]!.slice(from.column), ...lines.slice(from.line + 1, to.line), lines[to.line]!.slice(0, to.column)].join('\n');
}

/** The lines with `text` in place of what stands from `from` to `to`. */
export function replaced(lines: Lines, from: Place, to: Place, text: string): Lines {
  const middle = (lines[from.line]!.slice(0, from.column) + text + (lines[to.line] ?? '').slice(to.column)).split('\n');
  return [...lines.slice(0, from.line), ...middle, ...lines.slice(to.line + 1)];
}

export const inOrder = (a: Place, b: Place): readonly [Place, Place] => (a.line < b.line || (a.line === b.line && a.column <= b.column) ? [a, b] : [b, a]);

/** The first character that is no blank. */
export function firstNonBlank(line: string): number {
  return Math.max(0, /\S/.exec(line)?.index ?? line.length - 1);
}

type Kind = 'blank' | 'word' | 'other';

/** Letters, digits and the underscore make words; with `big` everything that is no blank does. */
function kindOf(letter: string | undefined, big: boolean): Kind {
  if (letter === undefined || /\s/.test(letter)) return 'blank';
  return big || /\w/.test(letter) ? 'word' : 'other';
}

/** `w`: where the next word begins. */
export function nextWord(lines: Lines, { line, column }: Place, big: boolean): Place {
  const text = lines[line]!;
  let at = column;
  const kind = kindOf(text[at], big);
  while (at < text.length && kind !== 'blank' && kindOf(text[at], big) === kind) at++;
  while (at < text.length && kindOf(text[at], big) === 'blank') at++;
  if (at < text.length) return { line, column: at };
  if (line + 1 >= lines.length) return { line, column: text.length };
  return { line: line + 1, column: /\S/.exec(lines[line + 1]!)?.index ?? 0 };
}

/** `e`: where this word or the next one ends. */
export function wordEnd(lines: Lines, { line, column }: Place, big: boolean): Place {
  let [row, at] = [line, column + 1];
  while (row < lines.length && kindOf(lines[row]![at], big) === 'blank') {
    if (at < lines[row]!.length) at++;
    else if (row + 1 < lines.length) [row, at] = [row + 1, 0];
    else return { line: row, column: Math.max(0, lines[row]!.length - 1) };
  }
  const kind = kindOf(lines[row]![at], big);
  while (kindOf(lines[row]![at + 1], big) === kind) at++;
  return { line: row, column: at };
}

/** `b`: where this word or the one before begins. */
export function wordBack(lines: Lines, { line, column }: Place, big: boolean): Place {
  let [row, at] = [line, column - 1];
  for (;;) {
    if (at < 0) {
      if (row === 0) return { line: 0, column: 0 };
      row--;
      at = lines[row]!.length - 1;
      if (at < 0) return { line: row, column: 0 };
      continue;
    }
    if (kindOf(lines[row]![at], big) !== 'blank') break;
    at--;
  }
  const kind = kindOf(lines[row]![at], big);
  while (at > 0 && kindOf(lines[row]![at - 1], big) === kind) at--;
  return { line: row, column: at };
}

/** `%`: the bracket that belongs to the first one at or after the cursor. */
export function matchingBracket(lines: Lines, { line, column }: Place): Place | undefined {
  const found = /[()[\]{}]/.exec(lines[line]!.slice(column));
  if (!found) return undefined;
  const pairs = '()[]{}';
  const bracket = found[0];
  const other = pairs[pairs.indexOf(bracket) ^ 1]!;
  const step = pairs.indexOf(bracket) % 2 === 0 ? 1 : -1;
  let depth = 0;
  for (let [row, at] = [line, column + found.index]; row >= 0 && row < lines.length; row += step, at = step > 0 ? 0 : (lines[row]?.length ?? 0) - 1) {
    for (; at >= 0 && at < lines[row]!.length; at += step) {
      if (lines[row]![at] === bracket) depth++;
      if (lines[row]![at] === other && --depth === 0) return { line: row, column: at };
    }
  }
  return undefined;
}

/** The next match after (or, backwards, before) a place, around the end of the text. */
export function search(lines: Lines, from: Place, pattern: RegExp, backwards: boolean): Place | undefined {
  const all = lines.flatMap((text, line) => [...text.matchAll(new RegExp(pattern.source, 'g'))].map((match) => ({ line, column: match.index })));
  const isAfter = (place: Place) => place.line > from.line || (place.line === from.line && place.column > from.column);
  const isBefore = (place: Place) => place.line < from.line || (place.line === from.line && place.column < from.column);
  return backwards ? (all.findLast(isBefore) ?? all.at(-1)) : (all.find(isAfter) ?? all[0]);
}
