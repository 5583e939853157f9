/** Exams: begin one, go on with the one that runs, read the reports of the past. */
import { Box } from 'ink';
import { useEffect, useState, type ReactNode } from 'react';
import { useKeys } from '../hooks/use-keys.ts';
import { useNow } from '../hooks/use-now.ts';
import { useScroll } from '../hooks/use-scroll.ts';
import { useStage, useUi } from '../hooks/use-ui.ts';
import { Frame } from '../panes/Frame.tsx';
import { Page } from '../panes/Page.tsx';
import { problemOf } from '../problem.ts';
import type { ExamServices, RunningExam } from '../services.ts';
import { examChoices, examsRows, type ExamChoice } from '../views/exams.ts';

export interface ExamsProps {
  readonly exams: ExamServices;
  readonly onBack: () => void;
  readonly onRunning: (exam: RunningExam) => void;
  readonly onReport: (id: string) => void;
}

export function ExamsScreen({ exams, onBack, onRunning, onReport }: ExamsProps): ReactNode {
  const { stage, theme } = useUi();
  const { columns, rows } = useStage();
  const [wanted, setSelected] = useState(0);
  const [, redraw] = useState(0);
  const [isBusy, setBusy] = useState(false);
  useNow();
  useEffect(() => {
    exams.refresh().then(() => redraw((count) => count + 1), (error: unknown) => stage.notify(problemOf(error).what));
  }, [exams, stage]);

  const width = Math.min(100, columns - 4);
  const choices = examChoices(exams.past(), exams.offers());
  const selected = Math.min(wanted, Math.max(0, choices.length - 1));
  const list = examsRows(exams.past(), choices, selected, width, theme.symbols);
  const height = rows - 3;
  const scroll = useScroll(list.length, height);
  const select = (next: number) => {
    const index = Math.max(0, Math.min(choices.length - 1, next));
    setSelected(index);
    scroll.show(list.findIndex(({ choice }) => choice === choices[index]));
  };
  const enter = async (choice: ExamChoice) => {
    if (choice.is === 'report') return onReport(choice.exam.id);
    setBusy(true);
    try {
      onRunning(await ('offer' in choice ? exams.start(choice.offer.id) : exams.open(choice.exam.id)));
    } catch (error) {
      const { what, action } = problemOf(error);
      stage.notify(`${what} ${action}`);
    } finally {
      setBusy(false);
    }
  };
  useKeys(['exams', 'overview'], {
    up: () => select(selected - 1),
    down: () => select(selected + 1),
    open: () => {
      const choice = choices[selected];
      if (choice && !isBusy) void enter(choice);
    },
    back: onBack,
  });
  return (
    <Frame title="exams" contexts={['exams', 'overview', 'everywhere']}>
      <Box paddingX={2} flexDirection="column">
        <Page lines={list.map((row) => row.line)} height={height} scroll={scroll} />
      </Box>
    </Frame>
  );
}
