/** The right half of an exam's screen: the rule, and the terminal or what stands in its place. */
import { Box } from 'ink';
import type { ReactNode } from 'react';
import { useStage, useUi } from '../hooks/use-ui.ts';
import type { LabLayout } from '../layout.ts';
import { line, type Line } from '../text/lines.ts';
import { Lines } from './Lines.tsx';
import { TerminalView } from './TerminalView.tsx';

/** @param instead said where there is no terminal to draw */
export function ExamTerminal({ layout, isDrawn, instead }: { layout: LabLayout; isDrawn: boolean; instead: readonly Line[] }): ReactNode {
  const { theme } = useUi();
  const { rows, focus } = useStage();
  const { terminal } = layout;
  return (
    <>
      {layout.ruleColumn !== undefined && <Lines lines={Array.from({ length: rows - 2 }, () => line(theme.symbols.bar, focus === 'panel' ? 'dim' : 'accent'))} />}
      {terminal && isDrawn && <TerminalView rect={terminal} />}
      {terminal && !isDrawn && (
        <Box width={terminal.width} height={terminal.height} paddingX={1} paddingTop={1} flexShrink={0}>
          <Lines lines={instead.slice(0, terminal.height - 1)} />
        </Box>
      )}
    </>
  );
}
