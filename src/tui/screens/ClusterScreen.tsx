/** The clusters that this program made. */
import type { ReactNode } from 'react';
import { useAsked } from '../hooks/use-asked.ts';
import { useUi } from '../hooks/use-ui.ts';
import { clusterLines } from '../views/overview.ts';
import { ReadingScreen } from './ReadingScreen.tsx';

export function ClusterScreen({ onBack }: { onBack: () => void }): ReactNode {
  const { services, theme } = useUi();
  const [asked, again] = useAsked(() => services.clusters());
  return <ReadingScreen title="clusters" asked={asked} waiting="Looking for clusters." lines={(clusters, width) => clusterLines(clusters, width, theme.symbols)} onBack={onBack} onAgain={again} />;
}
