/** The report of a graded exam, to read; from here its tasks can be looked at again. */
import { Box } from 'ink';
import type { ReactNode } from 'react';
import { useAsked } from '../hooks/use-asked.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { useScroll } from '../hooks/use-scroll.ts';
import { useStage, useUi } from '../hooks/use-ui.ts';
import { Frame } from '../panes/Frame.tsx';
import { Page } from '../panes/Page.tsx';
import type { ExamServices } from '../services.ts';
import { BLANK, line, wrap } from '../text/lines.ts';
import { reportLines } from '../views/exam-report.ts';

export interface ExamReportProps {
  readonly exams: ExamServices;
  readonly id: string;
  readonly onBack: () => void;
  readonly onReview: () => void;
}

export function ExamReportScreen({ exams, id, onBack, onReview }: ExamReportProps): ReactNode {
  const { theme } = useUi();
  const { columns, rows } = useStage();
  const [asked] = useAsked(() => exams.report(id));
  const width = Math.min(110, columns - 4);
  const lines =
    asked.is === 'answered' ? [...reportLines(asked.answer.report, width, theme.symbols), BLANK, ...asked.answer.files.flatMap((file) => wrap(line(`Also in ${file}`, 'dim'), width))]
    : asked.is === 'waiting' ? [line('Reading the report.', 'dim')]
    : [...wrap(line(asked.problem.what, 'fail'), width), ...wrap(line(asked.problem.action), width)];
  const height = rows - 3;
  const scroll = useScroll(lines.length, height);
  useKeys(['examReport', 'overview', 'reading'], { ...scroll.handlers, back: onBack, review: () => asked.is === 'answered' && onReview() });
  return (
    <Frame title="report" contexts={['examReport', 'overview', 'everywhere']}>
      <Box paddingX={2} paddingTop={1} flexDirection="column">
        <Page lines={lines} height={height} scroll={scroll} />
      </Box>
    </Frame>
  );
}
