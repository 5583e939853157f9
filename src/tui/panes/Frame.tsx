/**
 * What every screen has around it: a header line, a body of the rows between, a footer with the keys (or a question).
 * In front of it, when asked for, the help; instead of it, when the terminal is too small, a sentence.
 */
import { Box } from 'ink';
import type { ReactNode } from 'react';
import { useHelp } from '../hooks/use-help.ts';
import { useStage, useUi } from '../hooks/use-ui.ts';
import type { KeyContext } from '../keys.ts';
import { FOOTER_ROWS, HEADER_ROWS, isTooSmall, MINIMUM } from '../layout.ts';
import { HelpScreen } from '../screens/HelpScreen.tsx';
import { line, wrap, type Line } from '../text/lines.ts';
import { footer, headerLine } from '../views/frame.ts';
import { Lines, OneLine } from './Lines.tsx';

export interface FrameProps {
  readonly title: string;
  readonly right?: Line;
  /** Their keys are in the footer. */
  readonly contexts: readonly KeyContext[];
  /** Asked in the footer instead of the keys. */
  readonly question?: string | undefined;
  readonly children: ReactNode;
}

export function Frame({ title, right = [], contexts, question, children }: FrameProps): ReactNode {
  const { stage } = useUi();
  const size = useStage();
  const help = useHelp();
  const { columns, rows, notice } = size;
  if (isTooSmall(size)) return <Lines lines={wrap(line(tooSmall(columns, rows)), columns)} />;
  if (help.isOpen) return <HelpScreen />;
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      <OneLine line={headerLine(title, right, columns)} />
      <Box height={rows - HEADER_ROWS - FOOTER_ROWS} flexShrink={0} overflow="hidden">
        {children}
      </Box>
      <OneLine line={footer({ contexts, prefix: stage.prefix, question, notice }, columns)} />
    </Box>
  );
}

const tooSmall = (columns: number, rows: number): string =>
  `This terminal has ${columns}x${rows} characters. At least ${MINIMUM.columns}x${MINIMUM.rows} are needed: make the window larger or the letters smaller. Ctrl-C quits.`;
