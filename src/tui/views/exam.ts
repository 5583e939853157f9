/**
 * An exam that is taken, in words: the clock, the task that is open, the list with weights, flags and notes. Says nothing
 * of points, criteria or hints: the candidate learns them at the end. Knows nothing of drawing or of keys.
 */
import type { Lab } from '../../lab/lab.ts';
import type { ExamState, TaskState } from '../../lab/exam/state.ts';
import { markdown } from '../text/markdown.ts';
import { BLANK, fit, justify, line, span, wrap, type Line, type Style } from '../text/lines.ts';
import type { Symbols } from '../theme.ts';
import { clock, plural } from './format.ts';

/** The pages of the panel, in order. */
export const EXAM_TABS = ['task', 'tasks', 'note'] as const;
export type ExamTab = (typeof EXAM_TABS)[number];

/** Below this the clock is shown as a warning. */
const SOON_MS = 5 * 60_000;

/** `PAUSED  2 flagged  1:12:03 left`. */
export function examClock({ status, remainingMs, tasks }: ExamState): Line {
  const flagged = tasks.filter((task) => task.flagged).length;
  return [
    ...(status === 'paused' ? [span(' PAUSED ', 'selected'), span('  ')] : []),
    ...(flagged > 0 ? [span(`${flagged} flagged  `, 'dim')] : []),
    span(clock(remainingMs), remainingMs <= SOON_MS ? 'fail' : 'strong'),
    span(' left', 'dim'),
  ];
}

export const taskOf = (state: ExamState, id: string): TaskState => state.tasks.find(({ task }) => task.id === id) ?? state.tasks[0]!;

/** What the panel shows. */
export interface ExamShown {
  readonly state: ExamState;
  /** The task that is open, and its lab. */
  readonly at: string;
  readonly lab: Lab;
  readonly tab: ExamTab;
  /** The task that the pointer of the list is at; none before it was moved. */
  readonly pointed: string | undefined;
  /** What the note would become; undefined while nobody writes it. */
  readonly typing: string | undefined;
  /** Steps of the grading; undefined before it began. */
  readonly grading: readonly string[] | undefined;
}

/** The page that is open, unless there is something in front of all pages. */
export function examLines({ state, at, lab, tab, pointed, typing, grading }: ExamShown, width: number, symbols: Symbols): readonly Line[] {
  if (grading !== undefined) return gradingPage(grading, width);
  if (state.status === 'paused') return pausedPage(state, width);
  if (tab === 'tasks') return [...taskList(state, pointed ?? at, width, symbols), ...listFoot(state, width)];
  if (tab === 'note') return notePage(state, at, typing, width);
  return taskPage(state, at, lab, width, symbols);
}

/** Asked before the exam ends by choice. */
export function endQuestion({ tasks, remainingMs }: ExamState): string {
  const unseen = tasks.filter(({ visits }) => visits === 0).length;
  return `End and grade now, with ${clock(remainingMs)} left${unseen > 0 ? ` and ${plural(unseen, 'task')} not opened` : ''}?`;
}

/** The task to work on. */
export function taskPage(state: ExamState, id: string, lab: Lab, width: number, symbols: Symbols): Line[] {
  const { task, flagged, note, environment } = taskOf(state, id);
  const facts = [`${task.weight} %`, ...(flagged ? ['flagged'] : [])].join(` ${symbols.dot} `);
  const host: Line = [span('ssh ', 'dim'), span(task.host, 'code')];
  const where =
    environment === 'ready' ? BLANK
    : environment === 'coming' ? line('Its host is starting.', 'dim')
    : line(`Its host could not be made (${environment.failed}). It is tried again when you turn to this task; a task without its host does not count.`, 'fail');
  const documentation = lab.documentation.length === 0 ? [] : [BLANK, line('Documentation', 'strong'), ...lab.documentation.flatMap((page) => wrap(line(page, 'link'), width))];
  return [
    ...wrap(line(`${task.id}. ${task.title}`, 'title'), width),
    justify(host, line(facts, 'dim'), width),
    ...(where.length > 0 ? wrap(where, width) : []),
    BLANK,
    ...markdown(lab.task, width),
    ...documentation,
    ...(note === '' ? [] : [BLANK, ...wrap(line(note), width, [span('note  ', 'dim')], line('      '))]),
  ];
}

/** All tasks, one line each. */
function taskList(state: ExamState, selected: string, width: number, symbols: Symbols): Line[] {
  return state.tasks.map(({ task, flagged, visits, spentMs, note, environment }): Line => {
    const [mark, style]: readonly [string, Style] =
      task.id === state.open ? [symbols.running, 'accent']
      : typeof environment !== 'string' ? [symbols.fail, 'fail']
      : visits > 0 ? [symbols.bar, 'dim']
      : [symbols.open, 'dim'];
    const facts = `${flagged ? 'flag ' : '     '}${note === '' ? '  ' : 'n '}${`${task.weight} %`.padStart(5)}${(spentMs > 0 ? clock(spentMs) : '').padStart(8)}`;
    const title = fit(`${task.id.padStart(2)} ${task.title}`, Math.max(10, width - facts.length - 5));
    return [span(task.id === selected ? symbols.pointer : ' ', 'accent'), span(` ${mark} `, style), span(title, task.id === selected ? 'selected' : 'plain'), span(` ${facts}`, flagged ? 'unknown' : 'dim')];
  });
}

/** Below the list: what is what, and how far one is. */
function listFoot(state: ExamState, width: number): Line[] {
  const unseen = state.tasks.filter(({ visits }) => visits === 0).length;
  return [BLANK, ...wrap(line(`${plural(state.tasks.length, 'task')}, ${unseen} not opened yet. ${state.plan.settings.passPercent} % are needed. Nothing is checked before the end.`, 'dim'), width), ...state.plan.remarks.flatMap((remark) => wrap(line(remark, 'dim'), width))];
}

/** @param typing what the note would become; undefined while nobody writes it */
function notePage(state: ExamState, id: string, typing: string | undefined, width: number): Line[] {
  const { note, task } = taskOf(state, id);
  if (typing !== undefined) return [line(`Note on task ${task.id}`, 'strong'), BLANK, ...wrap([span(typing), span('_', 'accent')], width), BLANK, line('Enter keeps it, Esc does not.', 'dim')];
  return note === '' ? wrap(line('No note yet. Press e to write one.', 'dim'), width) : [line(`Note on task ${task.id}`, 'strong'), BLANK, ...wrap(line(note), width)];
}

/** Instead of the task while the clock stands still: nobody reads on at no cost. */
function pausedPage(state: ExamState, width: number): Line[] {
  return [line('PAUSED', 'title'), BLANK, ...wrap(line(`The clock stands still with ${clock(state.remainingMs)} left. Tasks and terminals are hidden. Press P to go on.`), width), BLANK, ...wrap(line('The real exam has no pause.', 'dim'), width)];
}

/** While it is being graded. */
function gradingPage(steps: readonly string[], width: number): Line[] {
  return [line('Grading', 'title'), BLANK, ...steps.flatMap((step) => wrap(line(step), width))];
}
