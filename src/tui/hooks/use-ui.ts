/** What every component may look up: the stage it is on, the theme, the services. Given once, at the top. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import { assert } from '../../base/assert.ts';
import type { AppServices } from '../services.ts';
import type { StagePort, StageState } from '../terminal/stage-port.ts';
import type { Theme } from '../theme.ts';

/** The surroundings of the UI. `now` is the wall clock, in Unix milliseconds. */
export interface Ui {
  readonly stage: StagePort;
  readonly theme: Theme;
  readonly services: AppServices;
  /** False: the learner wants their own terminal instead of the pane. */
  readonly pane: boolean;
  /** In practice the criteria are looked at this often, counted from the end of the last look. */
  readonly checkEveryMs: number;
  readonly now: () => number;
  /** Leave the program. */
  readonly quit: () => void;
}

export const UiContext = createContext<Ui | undefined>(undefined);

export function useUi(): Ui {
  const ui = useContext(UiContext);
  assert(ui, 'a component outside of the UI');
  return ui;
}

/** Size, keyboard focus and notice; draws again when one changes. */
export function useStage(): StageState {
  const { stage } = useUi();
  return useSyncExternalStore(stage.subscribe, () => stage.state);
}
