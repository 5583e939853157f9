/**
 * An exam as its screen sees it: the state drawn anew each second and at every event, the warnings, the sign of life each
 * minute, and its end: by choice or when the time is over.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import { warningBetween, type ExamState } from '../../lab/exam/state.ts';
import { problemOf } from '../problem.ts';
import type { RunningExam } from '../services.ts';
import { useNow } from './use-now.ts';
import { useUi } from './use-ui.ts';

const ALIVE_MS = 60_000;

export interface ExamControl {
  readonly state: ExamState;
  /** Steps of the grading; undefined before it began. */
  readonly grading: readonly string[] | undefined;
  readonly finish: () => void;
}

export function useExam(exam: RunningExam, onGraded: () => void): ExamControl {
  const { stage } = useUi();
  const [, redraw] = useState(0);
  const [grading, setGrading] = useState<readonly string[]>();
  const isEnding = useRef(false);
  const graded = useRef(onGraded);
  graded.current = onGraded;
  useNow(grading === undefined);
  const state = exam.state();

  useEffect(() => exam.onChange(() => redraw((count) => count + 1)), [exam]);
  useEffect(() => {
    void exam.comeBack();
    void exam.prepareAll();
    const timer = setInterval(() => void exam.alive(), ALIVE_MS);
    return () => {
      clearInterval(timer);
      if (!isEnding.current) void exam.leave();
    };
  }, [exam]);

  const remaining = useRef(state.remainingMs);
  useEffect(() => {
    const minutes = warningBetween(remaining.current, state.remainingMs);
    remaining.current = state.remainingMs;
    if (minutes !== undefined) stage.notify(`${minutes} minutes left.`);
  }, [stage, state.remainingMs]);

  const end = useCallback(
    async (by: 'choice' | 'time') => {
      if (isEnding.current) return;
      isEnding.current = true;
      setGrading([by === 'time' ? 'The time is over.' : 'The exam has ended.']);
      try {
        await exam.finish(by, (step) => setGrading((steps) => [...(steps ?? []), step]));
        graded.current();
      } catch (error) {
        const { what, action } = problemOf(error);
        setGrading((steps) => [...(steps ?? []), what, action, 'F tries again.']);
        isEnding.current = false;
      }
    },
    [exam],
  );
  // An exam that ended without being graded (a crash in between) is graded as soon as somebody looks at it.
  const isDue = state.status === 'over' || state.status === 'finished';
  useEffect(() => {
    if (isDue) void end('time');
  }, [isDue, end]);

  return { state, grading, finish: () => void end('choice') };
}
