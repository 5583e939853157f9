/** All keys, from the key table; drawn in front of any screen. */
import type { ReactNode } from 'react';
import { HelpContext, NO_HELP, useHelp } from '../hooks/use-help.ts';
import { useUi } from '../hooks/use-ui.ts';
import { helpLines } from '../views/keys.ts';
import { ReadingScreen } from './ReadingScreen.tsx';

export function HelpScreen(): ReactNode {
  const { stage } = useUi();
  const help = useHelp();
  return (
    <HelpContext.Provider value={NO_HELP}>
      <ReadingScreen title="keys" asked={{ is: 'answered', answer: undefined }} waiting="" lines={(_, width) => helpLines(width, stage.prefix)} onBack={help.close} />
    </HelpContext.Provider>
  );
}
