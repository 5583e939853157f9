/** A screen that is one page to read: clusters, doctor, help. Scrolls; looks again on demand. */
import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { Asked } from '../hooks/use-asked.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { useScroll } from '../hooks/use-scroll.ts';
import { useStage } from '../hooks/use-ui.ts';
import type { KeyContext } from '../keys.ts';
import { Frame } from '../panes/Frame.tsx';
import { Page } from '../panes/Page.tsx';
import { line, wrap, type Line } from '../text/lines.ts';

export interface ReadingProps<T> {
  readonly title: string;
  readonly asked: Asked<T>;
  /** What to say until the answer is there. */
  readonly waiting: string;
  readonly lines: (answer: T, width: number) => readonly Line[];
  readonly onBack: () => void;
  readonly onAgain?: () => void;
}

export function ReadingScreen<T>({ title, asked, waiting, lines, onBack, onAgain }: ReadingProps<T>): ReactNode {
  const { columns, rows } = useStage();
  const width = Math.min(100, columns - 4);
  const content =
    asked.is === 'answered' ? lines(asked.answer, width)
    : asked.is === 'waiting' ? [line(waiting, 'dim')]
    : [...wrap(line(asked.problem.what, 'fail'), width), ...wrap(line(asked.problem.action), width)];
  const height = rows - 4;
  const scroll = useScroll(content.length, height);
  useKeys(['answers', 'overview', 'reading'], { ...scroll.handlers, back: onBack, ...(onAgain ? { refresh: onAgain } : {}) });
  const contexts: readonly KeyContext[] = [...(content.length > height ? (['reading'] as const) : []), ...(onAgain ? (['answers', 'overview', 'everywhere'] as const) : (['overview'] as const))];
  return (
    <Frame title={title} contexts={contexts}>
      <Box paddingX={2} paddingTop={1} flexDirection="column">
        <Page lines={content} height={height} scroll={scroll} />
      </Box>
    </Frame>
  );
}
