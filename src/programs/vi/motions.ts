/** Where vi's motions lead, and how an operator takes them: whole lines, with or without the last character. */
import { firstNonBlank, type Lines, matchingBracket, nextWord, type Place, wordBack, wordEnd } from './text.ts';

export interface View {
  readonly lines: Lines;
  readonly cursor: Place;
  readonly rows: number;
}

export interface Moved {
  readonly place: Place;
  /** `dj` takes both lines whole. */
  readonly lines?: boolean;
  /** `de` takes the character under its end. */
  readonly inclusive?: boolean;
  readonly word?: boolean;
}

/** Whether keys are a whole motion. */
export function isMotion(keys: string): boolean {
  return keys.length === 1 ? 'hjklwWbBeE0^$G%;+-\r \b\x7f\x02\x04\x06\x15'.includes(keys) : /^(?:gg|[fFtT].)$/s.test(keys);
}

/** @param count how often @param given the count if one was typed, since `G` without one is the last line @returns undefined when it leads nowhere */
export function motion(keys: string, view: View, count: number, given: number | undefined): Moved | undefined {
  const { lines, cursor, rows } = view;
  const { line, column } = cursor;
  const text = lines[line]!;
  const lineAt = (wanted: number, lineWise = true): Moved => {
    const row = Math.min(Math.max(0, wanted), lines.length - 1);
    return { place: { line: row, column: lineWise ? firstNonBlank(lines[row]!) : column }, lines: true };
  };
  switch (keys) {
    case 'h':
    case '\b':
    case '\x7f':
      return { place: { line, column: Math.max(0, column - count) } };
    case 'l':
    case ' ':
      return { place: { line, column: Math.min(text.length, column + count) } };
    case 'j':
      return lineAt(line + count, false);
    case 'k':
      return lineAt(line - count, false);
    case '+':
    case '\r':
      return lineAt(line + count);
    case '-':
      return lineAt(line - count);
    case 'w':
    case 'W':
      return { place: again(count, cursor, (from) => nextWord(lines, from, keys === 'W')), word: true };
    case 'b':
    case 'B':
      return { place: again(count, cursor, (from) => wordBack(lines, from, keys === 'B')) };
    case 'e':
    case 'E':
      return { place: again(count, cursor, (from) => wordEnd(lines, from, keys === 'E')), inclusive: true };
    case '0':
      return { place: { line, column: 0 } };
    case '^':
      return { place: { line, column: firstNonBlank(text) } };
    case '$':
      return { place: { line, column: Math.max(0, text.length - 1) }, inclusive: text !== '' };
    case 'G':
      return lineAt(given === undefined ? lines.length - 1 : given - 1);
    case 'gg':
      return lineAt((given ?? 1) - 1);
    case '%':
      return bracket(view);
    case '\x06':
    case '\x02':
      return lineAt(line + (keys === '\x06' ? 1 : -1) * count * (rows - 2));
    case '\x04':
    case '\x15':
      return lineAt(line + (keys === '\x04' ? 1 : -1) * Math.floor(rows / 2));
    default:
      return 'fFtT'.includes(keys[0]!) ? toLetter(keys, view, count) : lineAt(line);
  }
}

function again(count: number, from: Place, step: (place: Place) => Place): Place {
  let place = from;
  for (let i = 0; i < count; i++) place = step(place);
  return place;
}

function bracket({ lines, cursor }: View): Moved | undefined {
  const place = matchingBracket(lines, cursor);
  return place && { place, inclusive: true };
}

/** `fx`, `Fx`, `tx`, `Tx`: to a letter of this line, or next to it. */
function toLetter(keys: string, { lines, cursor: { line, column } }: View, count: number): Moved | undefined {
  const [how, letter] = [keys[0]!, keys.slice(1)];
  const text = lines[line]!;
  const forward = how === 'f' || how === 't';
  let at = column;
  for (let i = 0; i < count; i++) at = forward ? text.indexOf(letter, at + 1) : at === 0 ? -1 : text.lastIndexOf(letter, at - 1);
  if (at < 0) return undefined;
  return { place: { line, column: how === 't' ? at - 1 : how === 'T' ? at + 1 : at }, inclusive: forward };
}
