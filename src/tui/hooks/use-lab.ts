/**
 * A running lab as the lab screen sees it: checks (by key, and by themselves in practice), hints, reset, stop.
 * One thing at a time: a check never runs beside a reset.
 */
import { useCallback, useState } from 'react';
import type { CheckReport } from '../../lab/lab.ts';
import { backendLine } from '../../cluster/choice.ts';
import type { RunningLab } from '../services.ts';
import { isSolved, type LabView } from '../views/lab.ts';
import { useAgainAndAgain } from './use-again-and-again.ts';
import { useAlone } from './use-alone.ts';
import { useNow } from './use-now.ts';
import { useUi } from './use-ui.ts';

type Doing = 'checking' | 'resetting' | 'stopping';

export interface LabControl {
  readonly view: LabView;
  readonly busy: Doing | undefined;
  check(): void;
  hint(): void;
  /** See what can be said of the cluster as it is now. */
  observe(): void;
  reset(onDone: (tookMs: number) => void): void;
  stop(onDone: () => void): void;
  togglePractice(): void;
}

export function useLab(running: RunningLab): LabControl {
  const [report, setReport] = useState<CheckReport>();
  const [hintsTaken, setHintsTaken] = useState(running.hintsTaken);
  const [practice, setPractice] = useState(true);
  const [observations, setObservations] = useState<readonly string[]>([]);
  const [solvedAtMs, setSolvedAtMs] = useState<number>();
  const { now: clock, checkEveryMs, stage } = useUi();
  const { busy, problem, alone } = useAlone<Doing>();
  const now = useNow(solvedAtMs === undefined);

  const look = useCallback(
    (isAsked: boolean) =>
      alone(
        'checking',
        async () => {
          const next = await running.check(isAsked);
          setReport((before) => (before && isSame(before, next) ? before : next));
          setSolvedAtMs((before) => (isSolved(next) ? (before ?? clock()) : undefined));
          // The learner's eyes are on the terminal: the footer says it too.
          if (isSolved(next)) stage.notify(`All ${next.of} points.`);
        },
        isAsked,
      ),
    [alone, running, clock, stage],
  );

  const observe = useCallback(() => {
    // A cluster that cannot be looked at is told by the next check.
    running.observations?.().then(setObservations, () => setObservations([]));
  }, [running]);

  const lookUnasked = useCallback(() => look(false), [look]);
  useAgainAndAgain(lookUnasked, checkEveryMs, practice && solvedAtMs === undefined);

  return {
    view: {
      lab: running.lab,
      elapsedMs: (solvedAtMs ?? now) - running.startedAtMs,
      hintsTaken,
      observations,
      ground: backendLine(running.cluster.info),
      report,
      checking: busy === 'checking',
      practice,
      problem,
    },
    busy,
    check: () => void look(true),
    hint: () => {
      running.takeHint();
      setHintsTaken(running.hintsTaken);
      observe();
    },
    observe,
    reset: (onDone) =>
      void alone('resetting', async () => {
        const from = performance.now();
        await running.reset();
        setReport(undefined);
        setSolvedAtMs(undefined);
        onDone(performance.now() - from);
      }),
    stop: (onDone) =>
      void alone('stopping', async () => {
        await running.stop();
        onDone();
      }),
    togglePractice: () => setPractice((on) => !on),
  };
}

/** The same findings, whatever time the grading took: nothing to draw. */
const isSame = (a: CheckReport, b: CheckReport): boolean => JSON.stringify({ ...a, tookMs: 0 }) === JSON.stringify({ ...b, tookMs: 0 });
