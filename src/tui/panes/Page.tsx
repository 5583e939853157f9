/** A page that may be longer than its place: what fits, and a line that says how much more there is. */
import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { Scroll } from '../hooks/use-scroll.ts';
import { line, type Line } from '../text/lines.ts';
import { Lines, OneLine } from './Lines.tsx';

export function Page({ lines, height, scroll }: { lines: readonly Line[]; height: number; scroll: Scroll }): ReactNode {
  const below = lines.length - scroll.offset - height;
  const isLong = lines.length > height;
  return (
    <Box flexDirection="column" height={height} flexShrink={0}>
      <Lines lines={lines} height={isLong ? height - 1 : height} offset={scroll.offset} />
      {isLong && <OneLine line={line(below > 0 ? `  ${below + 1} more lines below` : '  end of the page', 'dim')} />}
    </Box>
  );
}
