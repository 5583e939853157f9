/** The line above and the line below every screen, in words. */
import type { KeyContext } from '../keys.ts';
import { justify, line, span, type Line } from '../text/lines.ts';
import { footerLine } from './keys.ts';

export const headerLine = (title: string, right: Line, columns: number): Line =>
  justify([span(' cka ', 'selected'), span(` ${title}`, 'strong')], [...right, span(' ')], columns);

export interface FooterInput {
  /** Their keys are shown. */
  readonly contexts: readonly KeyContext[];
  readonly prefix: string;
  /** Asked instead of the keys. */
  readonly question?: string | undefined;
  /** What just happened. */
  readonly notice?: string | undefined;
}

export function footer({ contexts, prefix, question, notice }: FooterInput, columns: number): Line {
  if (question !== undefined) return [span(` ${question} `, 'selected'), span('  '), ...footerLine(['confirm'], columns - question.length - 4, prefix)];
  const keys = footerLine(contexts, columns - 2 - (notice === undefined ? 0 : notice.length + 2), prefix);
  return justify([span(' '), ...keys], notice === undefined ? [] : line(`${notice} `, 'accent'), columns);
}
