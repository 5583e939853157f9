/** The hole in the drawing that the terminal pane fills: an empty box, and the stage told where it is. */
import { Box } from 'ink';
import { useLayoutEffect, type ReactNode } from 'react';
import { useUi } from '../hooks/use-ui.ts';
import type { Rect } from '../terminal/stage-port.ts';

export function TerminalView({ rect }: { rect: Rect }): ReactNode {
  const { stage } = useUi();
  const { x, y, width, height } = rect;
  useLayoutEffect(() => stage.place({ x, y, width, height }), [stage, x, y, width, height]);
  // Forgetting this would draw the terminal over whatever comes next.
  useLayoutEffect(() => () => stage.place(undefined), [stage]);
  return <Box width={width} height={height} flexShrink={0} />;
}
