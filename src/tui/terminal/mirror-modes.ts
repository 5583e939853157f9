/** Puts the learner's terminal into the modes that a program in the pane asked for, so that it gets what it wants to hear. See xterm's ctlseqs. */
import type { RealTerminal } from './real-terminal.ts';
import type { Screen } from './screen.ts';

/** @param modes undefined when no program in a pane has the keyboard */
export function mirrorModes(terminal: Pick<RealTerminal, 'setMode'>, modes: Screen['modes'] | undefined): void {
  const mouse = modes?.mouse ?? 'none';
  terminal.setMode(1000, mouse === 'x10' || mouse === 'vt200');
  terminal.setMode(1002, mouse === 'drag');
  terminal.setMode(1003, mouse === 'any');
  terminal.setMode(1006, mouse !== 'none');
  // The wheel scrolls less and man, and does not walk through the shell's history.
  terminal.setMode(1007, modes?.alternateBuffer === true);
}
