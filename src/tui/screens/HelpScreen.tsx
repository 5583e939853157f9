/** All keys, from the key table. */
import type { ReactNode } from 'react';
import { useUi } from '../hooks/use-ui.ts';
import { helpLines } from '../views/keys.ts';
import { ReadingScreen } from './ReadingScreen.tsx';

export function HelpScreen({ onBack, onQuit }: { onBack: () => void; onQuit: () => void }): ReactNode {
  const { stage } = useUi();
  return <ReadingScreen title="keys" asked={{ is: 'answered', answer: undefined }} waiting="" lines={(_, width) => helpLines(width, stage.prefix)} onBack={onBack} onQuit={onQuit} />;
}
