/** Whether the keys are shown in front of a screen. The screen behind keeps its state and gets no keys meanwhile. */
import { createContext, useContext } from 'react';

export interface Help {
  readonly isOpen: boolean;
  readonly close: () => void;
}

/** Without a provider there is no help, as in the help screen itself. */
export const NO_HELP: Help = { isOpen: false, close: () => {} };

export const HelpContext = createContext<Help>(NO_HELP);

export const useHelp = (): Help => useContext(HelpContext);
