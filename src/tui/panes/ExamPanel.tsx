/** The panel of an exam: its pages as tabs and the page that is open. */
import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { Scroll } from '../hooks/use-scroll.ts';
import type { Rect } from '../terminal/stage-port.ts';
import { span, type Line } from '../text/lines.ts';
import { OneLine } from './Lines.tsx';
import { Page } from './Page.tsx';

export interface ExamPanelProps {
  readonly rect: Rect;
  readonly tabs: readonly string[];
  readonly tab: string;
  readonly lines: readonly Line[];
  readonly scroll: Scroll;
  readonly hasKeyboard: boolean;
}

/** The tabs and a blank line are above the page. */
export const TAB_ROWS = 2;

export function ExamPanel({ rect, tabs, tab, lines, scroll, hasKeyboard }: ExamPanelProps): ReactNode {
  const names: Line = tabs.map((name) => (name === tab ? span(`[${name}]`, hasKeyboard ? 'accent' : 'strong') : span(` ${name} `, 'dim')));
  return (
    <Box width={rect.width} height={rect.height} paddingX={1} flexDirection="column" flexShrink={0} overflow="hidden">
      <OneLine line={names} />
      <OneLine line={[]} />
      <Page lines={lines} height={Math.max(1, rect.height - TAB_ROWS)} scroll={scroll} />
    </Box>
  );
}
