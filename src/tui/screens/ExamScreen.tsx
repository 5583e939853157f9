/**
 * An exam under way: the task, the list of tasks and the note beside the terminal on the task's host; the clock above.
 * Turning to another task turns to its terminal. Knows nothing of grading.
 */
import { useEffect, useState, type ReactNode } from 'react';
import { useExam } from '../hooks/use-exam.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { usePaneKeys } from '../hooks/use-pane-keys.ts';
import { usePanes } from '../hooks/use-panes.ts';
import { usePlace } from '../hooks/use-place.ts';
import { useScroll } from '../hooks/use-scroll.ts';
import { useTyping } from '../hooks/use-typing.ts';
import { useStage, useUi } from '../hooks/use-ui.ts';
import type { KeyContext } from '../keys.ts';
import { ExamPanel, TAB_ROWS } from '../panes/ExamPanel.tsx';
import { ExamTerminal } from '../panes/ExamTerminal.tsx';
import { Frame } from '../panes/Frame.tsx';
import { problemOf } from '../problem.ts';
import type { RunningExam } from '../services.ts';
import { BLANK, line, wrap, type Line } from '../text/lines.ts';
import { clock, plural } from '../views/format.ts';
import { examClock, EXAM_TABS, gradingPage, listFoot, notePage, pausedPage, taskList, taskOf, taskPage, type ExamTab } from '../views/exam.ts';
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
  const { tasks } = exam.plan;
  const [tab, setTab] = useState<ExamTab>('task');
  const [pointed, setPointed] = useState<string>();
  const [typing, setTyping] = useState<string>();
  const [isAsking, setAsking] = useState(false);
  const at = state.open ?? tasks[0]!.id;
  const { task, environment, flagged, note } = taskOf(state, at);
  const isPaused = state.status === 'paused';
  const isHidden = isPaused || grading !== undefined;
  const { bareHost } = exam.plan.settings;

  // The first task is open from the start, and again after an interruption: its minutes count.
  useEffect(() => {
    void exam.open(at);
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [exam]);

  // A host that could not be made is tried again when its task is opened.
  useEffect(() => {
    exam.prepared(task).catch(() => undefined);
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [exam, at]);

  const place = usePlace();
  const isThere = bareHost || environment === 'ready';
  const terminal = usePanes(isThere ? (bareHost ? 'base' : at) : undefined, () => (bareHost ? exam.baseShell() : exam.shell(task)), { columns: place.terminal.width, rows: place.terminal.height });
  const { pane, because } = terminal;
  const isList = tab === 'tasks' && !isHidden;
  const paneKeys = usePaneKeys({ terminal, place, name: at, isHidden, context: 'exam', first: isList ? ['examList'] : [] });

  const width = place.panelWidth;
  const lines: readonly Line[] =
    grading !== undefined ? gradingPage(grading, width)
    : isPaused ? pausedPage(state, width)
    : tab === 'tasks' ? [...taskList(state, pointed ?? at, width, theme.symbols), ...listFoot(state, width)]
    : tab === 'note' ? notePage(state, at, typing, width)
    : taskPage(state, at, exam.lab(task), width, theme.symbols);
  const scroll = useScroll(lines.length, place.panelHeight - TAB_ROWS);

  const turnTo = (next: ExamTab) => {
    setTab(next);
    scroll.toTop();
    place.unzoom();
    if (next === 'tasks') setPointed(at);
  };
  const go = (id: string | undefined) => {
    if (id === undefined) return;
    if (id !== at) void exam.open(id);
    turnTo('task');
  };
  const step = (from: string, by: number) => tasks[(tasks.findIndex(({ id }) => id === from) + by + tasks.length) % tasks.length]!.id;
  const point = (by: number) => {
    const next = step(pointed ?? at, by);
    setPointed(next);
    scroll.show(tasks.findIndex(({ id }) => id === next));
  };
  const pause = () => {
    (isPaused ? exam.goOn() : exam.pause()).catch((error: unknown) => stage.notify(problemOf(error).what));
  };
  const isFree = typing === undefined && !isAsking;
  useKeys(
    isHidden ? ['exam'] : paneKeys.contexts,
    isHidden
      ? { pause: () => grading === undefined && pause(), back: () => grading === undefined && onBack(), finish: () => grading !== undefined && finish() }
      : {
          ...scroll.handlers,
          ...paneKeys.handlers,
          ...(isList ? { up: () => point(-1), down: () => point(1), open: () => go(pointed) } : {}),
          nextTask: () => go(step(at, 1)),
          previousTask: () => go(step(at, -1)),
          task: () => turnTo('task'),
          tasks: () => turnTo('tasks'),
          flag: () => {
            const id = isList ? (pointed ?? at) : at;
            void exam.flag(id, !taskOf(state, id).flagged);
            stage.notify(taskOf(state, id).flagged ? `Task ${id} is no longer flagged.` : `Task ${id} is flagged.`);
          },
          note: () => {
            turnTo('note');
            setTyping(note);
          },
          pause,
          finish: () => setAsking(true),
          back: onBack,
        },
    isFree,
  );
  useTyping((change) => setTyping((before) => change(before ?? '')), typing !== undefined);
  useKeys(['noting'], {
    yes: () => {
      void exam.note(at, (typing ?? '').trim());
      setTyping(undefined);
    },
    no: () => setTyping(undefined),
  }, typing !== undefined);
  useKeys(['confirm'], {
    yes: () => {
      setAsking(false);
      finish();
    },
    no: () => setAsking(false),
  }, isAsking);

  const open = state.tasks.filter(({ visits }) => visits === 0).length;
  const contexts: readonly KeyContext[] =
    typing !== undefined ? ['noting']
    : isHidden && screen.focus !== 'copy' ? ['everywhere']
    : paneKeys.offered;
  const instead =
    isHidden ? [BLANK]
    : because !== undefined ? ownTerminalLines({ paste: services.exams?.pasteLine(bareHost ? undefined : task) ?? '', because, gives: OWN_HOST }, place.terminal.width - 2)
    : typeof environment === 'string' ? [line(environment === 'coming' ? `${task.host} is starting.` : 'Opening a terminal.', 'dim')]
    : wrap(line(environment.failed, 'fail'), place.terminal.width - 2);
  return (
    <Frame
      title={`${exam.plan.settings.title}  task ${at} of ${tasks.length}${flagged ? ' (flagged)' : ''}`}
      right={examClock(state)}
      contexts={contexts}
      question={isAsking ? `End and grade now, with ${clock(state.remainingMs)} left${open > 0 ? ` and ${plural(open, 'task')} not opened` : ''}?` : undefined}
    >
      {place.layout.panel && <ExamPanel rect={place.layout.panel} tabs={EXAM_TABS} tab={tab} lines={lines} scroll={scroll} hasKeyboard={screen.focus === 'panel'} />}
      <ExamTerminal layout={place.layout} isDrawn={pane !== undefined && !isHidden} instead={instead} />
    </Frame>
  );
}
