/** What works on this machine, and what to do about the rest. */
import type { ReactNode } from 'react';
import { useAsked } from '../hooks/use-asked.ts';
import { useUi } from '../hooks/use-ui.ts';
import { doctorLines } from '../views/overview.ts';
import { ReadingScreen } from './ReadingScreen.tsx';

export function DoctorScreen({ onBack }: { onBack: () => void }): ReactNode {
  const { services, theme } = useUi();
  const [asked, again] = useAsked(() => services.doctor());
  return <ReadingScreen title="doctor" asked={asked} waiting="Looking at this machine." lines={(rows, width) => doctorLines(rows, width, theme.symbols)} onBack={onBack} onAgain={again} />;
}
