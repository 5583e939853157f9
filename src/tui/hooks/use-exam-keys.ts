/** What the keys of an exam's panel do while it is taken: turn pages, turn to tasks, flag, note, pause and end. */
import { useState } from 'react';
import type { ExamState } from '../../lab/exam/state.ts';
import type { Action } from '../keys.ts';
import type { RunningExam } from '../services.ts';
import { taskOf, type ExamTab } from '../views/exam.ts';
import { useKeys } from './use-keys.ts';
import type { PaneKeys } from './use-pane-keys.ts';
import type { Place } from './use-place.ts';
import type { Scroll } from './use-scroll.ts';
import { useUi } from './use-ui.ts';

/** Which page is open, and which task the pointer of the list is at. */
export interface ExamPages {
  readonly tab: ExamTab;
  readonly pointed: string | undefined;
  readonly setTab: (tab: ExamTab) => void;
  readonly setPointed: (id: string) => void;
}

export function useExamPages(): ExamPages {
  const [tab, setTab] = useState<ExamTab>('task');
  const [pointed, setPointed] = useState<string>();
  return { tab, pointed, setTab, setPointed };
}

export interface ExamKeysInput {
  readonly exam: RunningExam;
  readonly state: ExamState;
  /** The task that is open. */
  readonly at: string;
  readonly pages: ExamPages;
  readonly place: Place;
  readonly scroll: Scroll;
  readonly paneKeys: PaneKeys;
  /** What the screen itself does. */
  readonly handlers: Partial<Record<Action, () => void>> & { readonly note: () => void };
}

/** @param active false while the task is hidden, or something in front of it has the keys */
export function useExamKeys({ exam, state, at, pages, place, scroll, paneKeys, handlers }: ExamKeysInput, active: boolean): void {
  const { stage } = useUi();
  const ids = exam.plan.tasks.map(({ id }) => id);
  const isList = pages.tab === 'tasks';
  const pointed = pages.pointed ?? at;

  const turnTo = (next: ExamTab) => {
    pages.setTab(next);
    scroll.toTop();
    place.unzoom();
    if (next === 'tasks') pages.setPointed(at);
  };
  const go = (id: string) => {
    if (id !== at) void exam.open(id);
    turnTo('task');
  };
  const beside = (id: string, by: number) => ids[(ids.indexOf(id) + by + ids.length) % ids.length]!;
  const point = (by: number) => {
    const next = beside(pointed, by);
    pages.setPointed(next);
    scroll.show(ids.indexOf(next));
  };
  const flag = (id: string) => {
    const { flagged } = taskOf(state, id);
    void exam.flag(id, !flagged);
    stage.notify(flagged ? `Task ${id} is no longer flagged.` : `Task ${id} is flagged.`);
  };
  useKeys(
    paneKeys.contexts,
    {
      ...scroll.handlers,
      ...paneKeys.handlers,
      ...(isList ? { up: () => point(-1), down: () => point(1), open: () => go(pointed) } : {}),
      nextTask: () => go(beside(at, 1)),
      previousTask: () => go(beside(at, -1)),
      task: () => turnTo('task'),
      tasks: () => turnTo('tasks'),
      flag: () => flag(isList ? pointed : at),
      ...handlers,
      note: () => {
        turnTo('note');
        handlers.note();
      },
    },
    active,
  );
}
