/** Draws styled lines, or the part of them that fits. Knows nothing of what they say. */
import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { useUi } from '../hooks/use-ui.ts';
import type { Line } from '../text/lines.ts';
import { look } from '../theme.ts';

export function Lines({ lines, height = lines.length, offset = 0 }: { lines: readonly Line[]; height?: number; offset?: number }): ReactNode {
  return (
    <Box flexDirection="column" height={height} flexShrink={0}>
      {lines.slice(offset, offset + height).map((line, row) => (
        <OneLine key={row} line={line} />
      ))}
    </Box>
  );
}

/** An empty text has no height in Ink: an empty line is a space. */
export function OneLine({ line }: { line: Line }): ReactNode {
  const { theme } = useUi();
  return (
    <Text wrap="truncate">
      {line.length === 0
        ? ' '
        : line.map(({ text, style }, index) => (
            <Text key={index} {...look(style, theme)}>
              {text}
            </Text>
          ))}
    </Text>
  );
}
