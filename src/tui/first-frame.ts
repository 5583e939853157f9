/**
 * The home screen before React and Ink are loaded, which takes as long again as everything before it. Made of the same
 * lines as the home screen itself, so that nothing moves when that takes over.
 */
import { isTooSmall } from './layout.ts';
import type { AppServices } from './services.ts';
import { ansi } from './text/ansi.ts';
import { BLANK, line, type Line } from './text/lines.ts';
import type { Theme } from './theme.ts';
import { footer, headerLine } from './views/frame.ts';
import { homeInput } from './home-input.ts';
import { clusterPhrase, firstOffset, firstPointed, homeLines, homeParts } from './views/home.ts';

/** A frame for the compositor; undefined when there is no room for one. */
export function firstFrame(services: AppServices, size: { readonly columns: number; readonly rows: number }, theme: Theme, prefix: string): string | undefined {
  if (isTooSmall(size)) return undefined;
  const labs = services.labs();
  const input = homeInput(services);
  const selected = firstPointed(labs, input.next?.lab);
  const parts = homeParts({ ...input, labs, selected, size, symbols: theme.symbols });
  const body = homeLines(parts, firstOffset(parts, selected)).slice(0, size.rows - 2);
  const frame: Line[] = [
    headerLine(`trainer ${services.version}`, line(clusterPhrase(undefined), 'dim'), size.columns),
    ...body,
    ...Array.from({ length: size.rows - 2 - body.length }, () => BLANK),
    footer({ contexts: ['home', 'everywhere'], prefix }, size.columns),
  ];
  return frame.map((text) => ansi(text, theme)).join('\n');
}
