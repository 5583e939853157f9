/**
 * An exam under way: the task, the list of tasks and the note beside the terminal on the task's host; the clock above.
 * Turning to another task turns to its terminal. Knows nothing of grading.
 */
import { useState, type ReactNode } from 'react';
import { useConfirm } from '../hooks/use-confirm.ts';
import { useExam } from '../hooks/use-exam.ts';
import { useExamKeys, useExamPages } from '../hooks/use-exam-keys.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { useNote } from '../hooks/use-note.ts';
import { useOpenTask, type OpenTask } from '../hooks/use-open-task.ts';
import { usePaneKeys } from '../hooks/use-pane-keys.ts';
import { usePlace } from '../hooks/use-place.ts';
import { useScroll } from '../hooks/use-scroll.ts';
import { useStage, useUi } from '../hooks/use-ui.ts';
import type { KeyContext } from '../keys.ts';
import { ExamPanel, TAB_ROWS } from '../panes/ExamPanel.tsx';
import { ExamTerminal } from '../panes/ExamTerminal.tsx';
import { Frame } from '../panes/Frame.tsx';
import { problemOf } from '../problem.ts';
import type { RunningExam } from '../services.ts';
import { BLANK, line, wrap, type Line } from '../text/lines.ts';
import { endQuestion, examClock, examLines, EXAM_TABS } from '../views/exam.ts';
import { ownTerminalLines } from '../views/own-terminal.ts';

const OWN_HOST = 'It gives you a shell on the host of this task. The clock, flags and notes stay here.';

export interface ExamScreenProps {
  readonly exam: RunningExam;
  readonly onBack: () => void;
  readonly onGraded: () => void;
}

export function ExamScreen({ exam, onBack, onGraded }: ExamScreenProps): ReactNode {
  const { stage, theme, services } = useUi();
  const screen = useStage();
  const { state, grading, finish } = useExam(exam, onGraded);
  const place = usePlace();
  const open = useOpenTask(exam, state, place);
  const { at, terminal, flagged } = open;
  const isPaused = state.status === 'paused';
  const isHidden = isPaused || grading !== undefined;

  const pages = useExamPages();
  const note = useNote((text) => void exam.note(at, text));
  const [isAsking, setAsking] = useState(false);
  const isFree = note.typing === undefined && !isAsking;
  const shown = { ...pages, state, at, lab: exam.lab(open.task), typing: note.typing, grading };
  const lines = examLines(shown, place.panelWidth, theme.symbols);
  const scroll = useScroll(lines.length, place.panelHeight - TAB_ROWS);
  const paneKeys = usePaneKeys({ terminal, place, name: at, isHidden, context: 'exam', first: pages.tab === 'tasks' && !isHidden ? ['examList'] : [] });

  const pause = () => {
    (isPaused ? exam.goOn() : exam.pause()).catch((error: unknown) => stage.notify(problemOf(error).what));
  };
  const handlers = { note: () => note.begin(open.note), pause, finish: () => setAsking(true), back: onBack };
  useExamKeys({ exam, state, at, pages, place, scroll, paneKeys, handlers }, !isHidden && isFree);
  useKeys(['exam'], grading === undefined ? { pause, back: onBack } : { finish }, isHidden && isFree);
  useConfirm(isAsking ? finish : undefined, () => setAsking(false));

  const contexts: readonly KeyContext[] = note.typing !== undefined ? ['noting'] : isHidden && screen.focus !== 'copy' ? ['everywhere'] : paneKeys.offered;
  const paste = services.exams?.pasteLine(exam.plan.settings.bareHost ? undefined : open.task) ?? '';
  return (
    <Frame
      title={`${exam.plan.settings.title}  task ${at} of ${exam.plan.tasks.length}${flagged ? ' (flagged)' : ''}`}
      right={examClock(state)}
      contexts={contexts}
      question={isAsking ? endQuestion(state) : undefined}
    >
      {place.layout.panel && <ExamPanel rect={place.layout.panel} tabs={EXAM_TABS} tab={pages.tab} lines={lines} scroll={scroll} hasKeyboard={screen.focus === 'panel'} />}
      <ExamTerminal layout={place.layout} isDrawn={terminal.pane !== undefined && !isHidden} instead={isHidden ? [BLANK] : insteadOfTerminal(open, paste, place.terminal.width - 2)} />
    </Frame>
  );
}

/** Why there is no terminal, or not yet. */
function insteadOfTerminal({ task, environment, terminal: { because } }: OpenTask, paste: string, width: number): readonly Line[] {
  if (because !== undefined) return ownTerminalLines({ paste, because, gives: OWN_HOST }, width);
  if (typeof environment !== 'string') return wrap(line(environment.failed, 'fail'), width);
  return [line(environment === 'coming' ? `${task.host} is starting.` : 'Opening a terminal.', 'dim')];
}
