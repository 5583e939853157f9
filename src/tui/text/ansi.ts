/** Styled lines as text with SGR sequences, for the one frame that is drawn before Ink is loaded. See ECMA-48. */
import { look, type Theme } from '../theme.ts';
import type { Line } from './lines.ts';

const COLORS: Readonly<Record<string, number>> = { red: 31, green: 32, yellow: 33, blue: 34, cyan: 36 };

export function ansi(line: Line, theme: Theme): string {
  return line
    .map(({ text, style }) => {
      const { bold, dimColor, italic, underline, inverse, strikethrough, color } = look(style, theme);
      const codes = [bold && 1, dimColor && 2, italic && 3, underline && 4, inverse && 7, strikethrough && 9, color && COLORS[color]].filter(Boolean);
      return codes.length === 0 ? text : `\x1b[${codes.join(';')}m${text}\x1b[0m`;
    })
    .join('');
}
