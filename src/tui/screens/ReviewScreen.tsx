/**
 * A graded exam, task by task: what was asked, what was found, how it is solved, and on demand the cluster as it was left,
 * with a terminal on it.
 */
import { useEffect, useState, type ReactNode } from 'react';
import { useKeys } from '../hooks/use-keys.ts';
import { usePaneKeys } from '../hooks/use-pane-keys.ts';
import { usePanes } from '../hooks/use-panes.ts';
import { usePlace } from '../hooks/use-place.ts';
import { useScroll } from '../hooks/use-scroll.ts';
import { useStage, useUi } from '../hooks/use-ui.ts';
import { ExamPanel, TAB_ROWS } from '../panes/ExamPanel.tsx';
import { ExamTerminal } from '../panes/ExamTerminal.tsx';
import { Frame } from '../panes/Frame.tsx';
import type { RunningExam } from '../services.ts';
import { line, span, wrap } from '../text/lines.ts';
import { tabLines, type Tab } from '../views/lab.ts';
import { taskOf } from '../views/exam.ts';

const TABS = ['task', 'criteria', 'solution', 'debrief'] as const satisfies readonly Tab[];

export function ReviewScreen({ exam, onBack }: { exam: RunningExam; onBack: () => void }): ReactNode {
  const { stage, theme } = useUi();
  const screen = useStage();
  const state = exam.state();
  const { tasks } = exam.plan;
  const [at, setAt] = useState(tasks[0]!.id);
  const [tab, setTab] = useState<(typeof TABS)[number]>('criteria');
  /** Tasks whose final state is wanted. */
  const [wanted, setWanted] = useState<readonly string[]>([]);
  const { task, result } = taskOf(state, at);
  const report = result && 'report' in result ? result.report : undefined;
  const because = result && 'invalid' in result ? `It could not be graded: ${result.invalid}.` : undefined;

  const place = usePlace();
  const terminal = usePanes(wanted.includes(at) ? at : undefined, () => exam.review(task, (step) => stage.notify(step)), { columns: place.terminal.width, rows: place.terminal.height });
  useEffect(() => () => void exam.endReview().catch(() => undefined), [exam]);
  const paneKeys = usePaneKeys({ terminal, place, name: at, context: 'review' });

  const view = { lab: exam.lab(task), elapsedMs: 0, hintsTaken: 0, checking: false, practice: false, report, problem: because };
  const lines = tabLines(tab, view, true, place.panelWidth, theme.symbols);
  const scroll = useScroll(lines.length, place.panelHeight - TAB_ROWS);
  const turnTo = (next: (typeof TABS)[number]) => {
    setTab(next);
    scroll.toTop();
  };
  const step = (by: number) => {
    setAt(tasks[(tasks.findIndex(({ id }) => id === at) + by + tasks.length) % tasks.length]!.id);
    scroll.toTop();
  };
  useKeys(paneKeys.contexts, {
    ...scroll.handlers,
    ...paneKeys.handlers,
    nextTask: () => step(1),
    previousTask: () => step(-1),
    task: () => turnTo('task'),
    criteria: () => turnTo('criteria'),
    solution: () => turnTo('solution'),
    debrief: () => turnTo('debrief'),
    reset: () => setWanted((ids) => (ids.includes(at) ? ids : [...ids, at])),
    back: onBack,
  });

  const spoken = wanted.includes(at) ? (terminal.because ?? `Bringing ${task.host} back as you left it.`) : 'Press r to bring this task back as you left it, with a terminal on it. Its pods start anew.';
  return (
    <Frame title={`review  task ${at} of ${tasks.length}  ${task.title}`} right={[span(report ? `${report.points}/${report.of} points` : 'not counted', 'strong')]} contexts={paneKeys.offered}>
      {place.layout.panel && <ExamPanel rect={place.layout.panel} tabs={TABS} tab={tab} lines={lines} scroll={scroll} hasKeyboard={screen.focus === 'panel'} />}
      <ExamTerminal layout={place.layout} isDrawn={terminal.pane !== undefined} instead={wrap(line(spoken, 'dim'), place.terminal.width - 2)} />
    </Frame>
  );
}
