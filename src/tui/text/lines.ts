/**
 * Styled text as data: what a screen says, before anything draws it. The same lines are drawn by Ink and printed by the
 * plain mode. Widths are those of terminal cells (CJK and emoji take two).
 */
import stringWidth from 'string-width';

/** What a piece of text is; the theme decides how that looks. */
export type Style =
  | 'plain' | 'title' | 'heading' | 'strong' | 'emphasis' | 'code' | 'dim' | 'deleted' | 'link'
  | 'pass' | 'fail' | 'unknown' | 'accent' | 'key' | 'selected';

export interface Span {
  readonly text: string;
  readonly style: Style;
}

export type Line = readonly Span[];

export const BLANK: Line = [];

export const span = (text: string, style: Style = 'plain'): Span => ({ text, style });

/** A line of one style. */
export const line = (text: string, style: Style = 'plain'): Line => [span(text, style)];

export const lineText = (spans: Line): string => spans.map(({ text }) => text).join('');

export const lineWidth = (spans: Line): number => stringWidth(lineText(spans));

/** Cut to `width` cells, with an ellipsis when something is lost. */
export function truncate(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let cut = '';
  for (const character of text) {
    if (stringWidth(cut + character) > width - 1) break;
    cut += character;
  }
  return width > 0 ? `${cut}…` : '';
}

/** Fill or cut to exactly `width` cells. */
export function fit(text: string, width: number): string {
  const cut = truncate(text, width);
  return cut + ' '.repeat(Math.max(0, width - stringWidth(cut)));
}

/** `left` and `right` at the two ends of a line. */
export function justify(left: Line, right: Line, width: number): Line {
  const room = width - lineWidth(right) - 1;
  const kept = lineWidth(left) <= room ? left : [span(truncate(lineText(left), Math.max(0, room)), left[0]?.style)];
  return [...kept, span(' '.repeat(Math.max(1, width - lineWidth(kept) - lineWidth(right)))), ...right];
}

interface Word {
  readonly pieces: Span[];
  readonly space: boolean;
  readonly breaks: boolean;
}

/**
 * Break at spaces so that no line is wider than `width`. Words too long for a line are cut.
 * @param first what the first line begins with; `rest` is what the others begin with
 */
export function wrap(spans: Line, width: number, first: Line = BLANK, rest: Line = first): Line[] {
  const lines: Line[] = [];
  let current: Span[] = [...first];
  let used = lineWidth(first);
  let empty = true;
  const end = () => {
    lines.push(trimEnd(current));
    current = [...rest];
    used = lineWidth(rest);
    empty = true;
  };
  for (const word of wordsOf(spans)) {
    if (word.breaks) {
      end();
      continue;
    }
    const size = lineWidth(word.pieces);
    if (word.space) {
      if (!empty && used + size <= width) {
        current.push(...word.pieces);
        used += size;
      }
      continue;
    }
    if (!empty && used + size > width) end();
    for (const piece of word.pieces) {
      for (const part of cutAt(piece, width, () => width - used)) {
        if (stringWidth(part.text) > width - used && !empty) end();
        current.push(part);
        used += stringWidth(part.text);
        empty = false;
      }
    }
  }
  if (!empty || lines.length === 0) lines.push(trimEnd(current));
  return lines;
}

function* cutAt(piece: Span, width: number, room: () => number): Generator<Span> {
  if (stringWidth(piece.text) <= Math.max(room(), 1)) return yield piece;
  let part = '';
  for (const character of piece.text) {
    if (part !== '' && stringWidth(part + character) > Math.min(width, Math.max(room(), 1))) {
      yield span(part, piece.style);
      part = '';
    }
    part += character;
  }
  yield span(part, piece.style);
}

/** Words may change style inside (`**a**b`): they stay together. */
function wordsOf(spans: Line): Word[] {
  const words: Word[] = [];
  let word: Span[] = [];
  const flush = () => {
    if (word.length > 0) words.push({ pieces: word, space: false, breaks: false });
    word = [];
  };
  for (const { text, style } of spans) {
    for (const part of text.split(/(\n| +)/)) {
      if (part === '') continue;
      if (part === '\n' || part.startsWith(' ')) {
        flush();
        words.push({ pieces: part === '\n' ? [] : [span(part, style)], space: part !== '\n', breaks: part === '\n' });
      } else word.push(span(part, style));
    }
  }
  flush();
  return words;
}

function trimEnd(spans: readonly Span[]): Line {
  const trimmed = [...spans];
  while (trimmed.length > 0 && /^ *$/.test(trimmed.at(-1)!.text) && trimmed.at(-1)!.style === 'plain') trimmed.pop();
  return merged(trimmed);
}

/** Neighbours of one style as one span: there is less to draw. */
function merged(spans: readonly Span[]): Line {
  const kept: Span[] = [];
  for (const next of spans) {
    const last = kept.at(-1);
    if (last?.style === next.style) kept[kept.length - 1] = span(last.text + next.text, next.style);
    else kept.push(next);
  }
  return kept;
}
