/** The state of a cluster in a word, the same in every list and on every screen. */
import type { ClusterInfo } from './cluster.ts';

export function stateWord({ running, build }: Pick<ClusterInfo, 'running' | 'build'>): 'running' | 'stopped' | 'being built' | 'half built' {
  if (build !== undefined) return build === 'going on' ? 'being built' : 'half built';
  return running ? 'running' : 'stopped';
}
