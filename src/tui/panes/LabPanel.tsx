/** The panel of a lab: its pages as tabs, the page that is open, and one line for each criterion at the bottom. */
import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { Scroll } from '../hooks/use-scroll.ts';
import type { Rect } from '../terminal/stage-port.ts';
import { line, span, type Line } from '../text/lines.ts';
import type { Symbols } from '../theme.ts';
import { criterionMarks, TABS, tabLines, type LabView, type Tab } from '../views/lab.ts';
import { Lines, OneLine } from './Lines.tsx';
import { Page } from './Page.tsx';

/** What is in the panel, before it is drawn. */
export interface PanelPage {
  readonly lines: readonly Line[];
  /** Rows for them. */
  readonly height: number;
  /** Always seen, below them. */
  readonly bottom: readonly Line[];
}

export interface PanelPageInput {
  readonly tab: Tab;
  readonly view: LabView;
  readonly isRevealed: boolean;
  readonly width: number;
  readonly height: number;
  readonly symbols: Symbols;
  /** Said above the criteria. */
  readonly note?: readonly Line[];
}

/** The tabs and a blank line are above the page. */
const TAB_ROWS = 2;

export function panelPage({ tab, view, isRevealed, width, height, symbols, note = [] }: PanelPageInput): PanelPage {
  const rule = line(symbols.rule.repeat(width), 'dim');
  const marks = tab === 'criteria' ? [] : criterionMarks(view, width, symbols);
  // Criteria never take more than a third of the panel: the header has them as a strip anyway.
  const shown = marks.length > height / 3 ? [] : marks;
  const bottom = [...(note.length > 0 ? [rule, ...note] : []), ...(shown.length > 0 ? [rule, ...shown] : [])];
  return { lines: tabLines(tab, view, isRevealed, width, symbols), height: Math.max(1, height - TAB_ROWS - bottom.length), bottom };
}

export function LabPanel({ rect, tab, page, scroll, hasKeyboard }: { rect: Rect; tab: Tab; page: PanelPage; scroll: Scroll; hasKeyboard: boolean }): ReactNode {
  const tabs: Line = TABS.map((name) => (name === tab ? span(`[${name}]`, hasKeyboard ? 'accent' : 'strong') : span(` ${name} `, 'dim')));
  return (
    <Box width={rect.width} height={rect.height} paddingX={1} flexDirection="column" flexShrink={0} overflow="hidden">
      <OneLine line={tabs} />
      <OneLine line={[]} />
      <Page lines={page.lines} height={page.height} scroll={scroll} />
      <Lines lines={page.bottom} />
    </Box>
  );
}
