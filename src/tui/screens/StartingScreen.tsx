/** While a lab starts: the steps so far with their time, so that waiting is never silent; or why it could not start. */
import { Box } from 'ink';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Openings, Step } from '../opening.ts';
import { problemOf, type Problem } from '../problem.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { useNow } from '../hooks/use-now.ts';
import { useStage, useUi } from '../hooks/use-ui.ts';
import { Frame } from '../panes/Frame.tsx';
import { Lines } from '../panes/Lines.tsx';
import type { RunningLab } from '../services.ts';
import { BLANK, justify, line, span, wrap, type Line } from '../text/lines.ts';

export interface StartingProps {
  readonly id: string;
  readonly openings: Openings;
  readonly title: string;
  readonly onStarted: (running: RunningLab) => void;
  readonly onBack: () => void;
}

export function StartingScreen({ id, openings, title, onStarted, onBack }: StartingProps): ReactNode {
  const { theme } = useUi();
  const { columns, rows } = useStage();
  const [steps, setSteps] = useState<readonly Step[]>([]);
  const [problem, setProblem] = useState<Problem>();
  const [attempt, setAttempt] = useState(0);
  const started = useRef(onStarted);
  started.current = onStarted;
  const present = useNow(problem === undefined);

  useEffect(() => {
    let gone = false;
    const opening = openings.of(id);
    setSteps(opening.steps);
    setProblem(undefined);
    const unsubscribe = opening.onStep(() => setSteps(opening.steps));
    opening.done.then(
      (running) => {
        if (!gone) started.current(running);
      },
      (error: unknown) => {
        if (!gone) setProblem(problemOf(error));
      },
    );
    return () => {
      gone = true;
      unsubscribe();
    };
  }, [openings, id, attempt]);

  useKeys(['starting'], {
    back: onBack,
    refresh: () => {
      if (problem) setAttempt((count) => count + 1);
    },
  });

  const width = Math.min(76, columns - 4);
  const { symbols } = theme;
  const lines: Line[] = [
    BLANK,
    ...wrap(line(title, 'title'), width),
    BLANK,
    ...(steps.length === 0 && !problem ? [line('Starting.', 'dim')] : []),
    ...steps.map(({ text, sinceMs }, index) => {
      const next = steps[index + 1];
      const isDone = next !== undefined;
      const seconds = ((next?.sinceMs ?? present) - sinceMs) / 1000;
      const mark = isDone ? span(`${symbols.pass} `, 'pass') : problem ? span(`${symbols.fail} `, 'fail') : span(`${symbols.running} `, 'accent');
      return justify([mark, span(text)], line(seconds >= 0.05 ? `${seconds.toFixed(1)} s` : '', 'dim'), width);
    }),
    ...(problem ? [BLANK, ...wrap(line(problem.what, 'fail'), width), ...wrap(line(problem.action), width), BLANK, line('r tries again.', 'dim')] : []),
  ];
  return (
    <Frame title="starting" contexts={['starting', 'everywhere']}>
      <Box paddingX={2}>
        <Lines lines={lines.slice(-(rows - 2))} />
      </Box>
    </Frame>
  );
}
