/**
 * How things look: only the sixteen colours of the learner's own theme, so that every depth and every background works;
 * without colours (NO_COLOR) weight and inversion still tell everything apart. No meaning hangs on colour alone.
 */
import type { TextProps } from 'ink';
import { colorDepth } from './terminal/color.ts';
import type { Style } from './text/lines.ts';

/** Marks that have a plain spelling for terminals without UTF-8. */
export interface Symbols {
  readonly pass: string;
  readonly fail: string;
  readonly unknown: string;
  readonly open: string;
  readonly running: string;
  readonly pointer: string;
  readonly bar: string;
  readonly rule: string;
  readonly dot: string;
}

export const UNICODE: Symbols = { pass: '✓', fail: '✗', unknown: '?', open: '·', running: '▶', pointer: '❯', bar: '│', rule: '─', dot: '·' };
export const ASCII: Symbols = { pass: '+', fail: 'x', unknown: '?', open: '.', running: '>', pointer: '>', bar: '|', rule: '-', dot: '-' };

/** What the drawing components look up. */
export interface Theme {
  readonly colors: boolean;
  readonly symbols: Symbols;
}

/** The text console of Linux speaks UTF-8 with a font of 256 glyphs, among which is no tick; the terminals of old have fewer. */
const FEW_GLYPHS = /^(linux|vt\d|ansi|cons25)/;

/** See no-color.org, and locale(7) for how a terminal says that it speaks UTF-8. */
export function themeFor(env: Readonly<Record<string, string | undefined>>): Theme {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  const isPlainLocale = locale === 'C' || locale === 'POSIX' || (locale.includes('.') && !/utf-?8$/i.test(locale));
  return { colors: !env['NO_COLOR'] && colorDepth(env) !== 'none', symbols: isPlainLocale || FEW_GLYPHS.test(env['TERM'] ?? '') ? ASCII : UNICODE };
}

const SPELLING: Readonly<Record<string, string>> = { '│': '|', '─': '-', '•': '*', '…': '~', '↳': '>', '·': '-', '↑': '^', '↓': 'v', '←': '<', '→': '>', '┌': '+', '┐': '+', '└': '+', '┘': '+', '▼': 'v', '✘': 'x' };

/** A frame for a terminal without UTF-8: what we draw with has a plain spelling of the same width. */
export const toAscii = (text: string): string => text.replace(/[│─•…↳·↑↓←→┌┐└┘▼✘]/g, (character) => SPELLING[character]!);

type Look = Pick<TextProps, 'bold' | 'dimColor' | 'italic' | 'underline' | 'inverse' | 'strikethrough' | 'color'>;

const WEIGHT: Readonly<Record<Style, Look>> = {
  plain: {},
  title: { bold: true },
  heading: { bold: true, underline: true },
  strong: { bold: true },
  emphasis: { italic: true },
  code: { bold: true },
  dim: { dimColor: true },
  deleted: { strikethrough: true },
  link: { underline: true },
  pass: { bold: true },
  fail: { bold: true },
  unknown: { bold: true },
  accent: { bold: true },
  key: { bold: true },
  selected: { inverse: true },
};

const COLORED: Partial<Record<Style, Look>> = {
  title: { bold: true, color: 'cyan' },
  heading: { bold: true, color: 'cyan' },
  code: { color: 'yellow' },
  link: { underline: true, color: 'blue' },
  pass: { color: 'green' },
  fail: { color: 'red' },
  unknown: { color: 'yellow' },
  accent: { color: 'cyan' },
  key: { bold: true, color: 'cyan' },
};

/** Ink's properties for a style. */
export const look = (style: Style, theme: Theme): Look => (theme.colors ? COLORED[style] : undefined) ?? WEIGHT[style];
