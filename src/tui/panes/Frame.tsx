/** What every screen has around it: a header line, a body of the rows between, a footer with the keys (or a question). */
import { Box } from 'ink';
import type { ReactNode } from 'react';
import { useStage, useUi } from '../hooks/use-ui.ts';
import type { KeyContext } from '../keys.ts';
import { justify, line, span, type Line } from '../text/lines.ts';
import { footerLine } from '../views/keys.ts';
import { OneLine } from './Lines.tsx';

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
  const { columns, rows, notice } = useStage();
  const keys = footerLine(contexts, columns - 2 - (notice === undefined ? 0 : notice.length + 2), stage.prefix);
  const footer =
    question !== undefined ? [span(` ${question} `, 'selected'), span('  '), ...footerLine(['confirm'], columns - question.length - 4, stage.prefix)]
    : justify([span(' '), ...keys], notice === undefined ? [] : line(`${notice} `, 'accent'), columns);
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      <OneLine line={justify([span(' cka ', 'selected'), span(` ${title}`, 'strong')], [...right, span(' ')], columns)} />
      <Box height={rows - 2} flexShrink={0} overflow="hidden">
        {children}
      </Box>
      <OneLine line={footer} />
    </Box>
  );
}
