/**
 * What an exam may ask of the place where its clusters are made: the simulator makes as many as it likes, kind needs
 * minutes and a gigabyte for each, and of the learner's own cluster there is one. Draws nothing.
 */
import type { Backends } from '../../cluster/backends.ts';
import type { Cluster, ClusterSpec } from '../../cluster/cluster.ts';
import type { ExamSettings } from '../../lab/exam/plan.ts';
import type { CliOptions } from '../command.ts';

export interface Ground {
  readonly settings: ExamSettings;
  /** The one cluster of an exam on the learner's own, which decides what can be asked. */
  readonly own?: Cluster;
}

/** On kind: one cluster for tasks that share it, one for a task that needs it whole. */
const ON_KIND = { clusters: 2, perCluster: 12 } as const;
const ON_THEIRS = { clusters: 1, perCluster: 60 } as const;

/** @throws UserError when the learner's own cluster cannot be used, or they do not agree to that */
export async function groundFor(id: string, settings: ExamSettings, backend: Backends, options: CliOptions, onProgress?: (step: string) => void): Promise<Ground> {
  const { backend: kind } = await backend.choose();
  if (kind === 'simulator') return { settings };
  const context = options['context'];
  const chosen = { ...settings, backend: kind, ...(typeof context === 'string' ? { context } : {}) };
  const said = (name: string) => options[name] !== undefined;
  if (kind === 'kind') {
    // A drill is one task: whatever it needs, one cluster will do.
    return { settings: { ...chosen, ...(said('perCluster') ? {} : { perCluster: ON_KIND.perCluster }), clusters: settings.clusters ?? (settings.mode === 'drill' ? 1 : ON_KIND.clusters) } };
  }
  const spec: ClusterSpec = { name: `exam-${id}-1`, workers: 2, cni: 'calico', proxyMode: 'iptables' };
  return { settings: { ...chosen, ...ON_THEIRS }, own: await backend.up(spec, onProgress) };
}
