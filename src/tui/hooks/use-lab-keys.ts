/** What the keys of a lab's panel do: turn pages, check, hint, show the solution, reset, end; the last three ask first. */
import { useState } from 'react';
import type { RunningLab } from '../services.ts';
import { TABS, type Tab } from '../views/lab.ts';
import { useConfirm } from './use-confirm.ts';
import { useKeys } from './use-keys.ts';
import type { LabControl } from './use-lab.ts';
import type { PaneKeys } from './use-pane-keys.ts';
import type { Place } from './use-place.ts';
import type { Scroll } from './use-scroll.ts';
import { useUi } from './use-ui.ts';

interface Question {
  readonly text: string;
  readonly yes: () => void;
}

/** What of a lab is on the screen, and what stands in front of it. */
export interface LabPages {
  readonly tab: Tab;
  /** The solution may be read. */
  readonly isRevealed: boolean;
  readonly question: Question | undefined;
  readonly isTracing: boolean;
  readonly setTab: (tab: Tab) => void;
  readonly reveal: () => void;
  readonly ask: (question: Question | undefined) => void;
  readonly setTracing: (on: boolean) => void;
}

export function useLabPages(): LabPages {
  const [tab, setTab] = useState<Tab>('task');
  const [isRevealed, setRevealed] = useState(false);
  const [question, ask] = useState<Question>();
  const [isTracing, setTracing] = useState(false);
  return { tab, isRevealed, question, isTracing, setTab, reveal: () => setRevealed(true), ask, setTracing };
}

export interface LabKeysInput {
  readonly running: RunningLab;
  readonly control: LabControl;
  readonly pages: LabPages;
  readonly place: Place;
  readonly scroll: Scroll;
  readonly paneKeys: PaneKeys;
  readonly onBack: () => void;
  readonly onStopped: () => void;
}

export function useLabKeys({ running, control, pages, place, scroll, paneKeys, onBack, onStopped }: LabKeysInput): void {
  const { stage, services } = useUi();
  const { tab, ask } = pages;
  const turnTo = (next: Tab) => {
    pages.setTab(next);
    scroll.toTop();
    place.unzoom();
  };
  const turnBy = (by: number) => turnTo(TABS[(TABS.indexOf(tab) + by + TABS.length) % TABS.length]!);
  const showSolution = () => {
    running.readSolution?.();
    pages.reveal();
    turnTo('solution');
  };
  const reset = () => control.reset((tookMs) => stage.notify(`Reset in ${(tookMs / 1000).toFixed(1)} s.`));
  useKeys(
    paneKeys.contexts,
    {
      ...scroll.handlers,
      ...paneKeys.handlers,
      check: () => {
        turnTo('criteria');
        control.check();
      },
      hint: () => {
        control.hint();
        turnTo('hints');
      },
      task: () => turnTo('task'),
      criteria: () => turnTo('criteria'),
      hints: () => {
        control.observe();
        turnTo('hints');
      },
      debrief: () => turnTo('debrief'),
      nextTab: () => turnBy(1),
      left: () => turnBy(-1),
      solution: () => (pages.isRevealed ? turnTo('solution') : ask({ text: 'Show the solution?', yes: showSolution })),
      reset: () => ask({ text: 'Back to the start? What you made is lost.', yes: reset }),
      trace: () => (services.trace ? pages.setTracing(true) : stage.notify('Packets cannot be followed here.')),
      stop: () => ask({ text: 'End the lab and remove what it made?', yes: () => control.stop(onStopped) }),
      practice: () => {
        control.togglePractice();
        stage.notify(control.view.practice ? 'Checks only on c.' : 'Checks run by themselves.');
      },
      back: onBack,
    },
    pages.question === undefined && !pages.isTracing,
  );
  useConfirm(pages.question?.yes, () => ask(undefined));
}
