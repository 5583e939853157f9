/** In the place of a lab's terminal, where none can be drawn: how to have the same shell in a terminal of one's own. */
import { Box } from 'ink';
import type { ReactNode } from 'react';
import { useUi } from '../hooks/use-ui.ts';
import { pasteLine } from '../paste-line.ts';
import type { RunningLab } from '../services.ts';
import type { Rect } from '../terminal/stage-port.ts';
import { ownTerminalLines } from '../views/own-terminal.ts';
import { Lines } from './Lines.tsx';

const GIVES = 'It gives you a shell with kubectl set up for this lab only. Checks and hints stay here.';

export function OwnTerminal({ rect, running, because }: { rect: Rect; running: RunningLab; because: string }): ReactNode {
  const { services } = useUi();
  return (
    <Box width={rect.width} height={rect.height} paddingX={1} paddingTop={1} flexShrink={0}>
      <Lines lines={ownTerminalLines({ paste: pasteLine(services, running), because, gives: GIVES }, rect.width - 2)} />
    </Box>
  );
}
