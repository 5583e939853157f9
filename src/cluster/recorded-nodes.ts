/** The nodes of a cluster as its record on disk has them: for whoever cannot wait for the cluster. Asks no cluster. */
import { join } from 'node:path';
import { nodeNames } from '../sim/topology.ts';
import type { ClusterInfo } from './cluster.ts';
import { KindFiles, type KindRecord } from './kind-files.ts';
import { type AppPaths, clusterFolder, folderOf } from './paths.ts';
import { SimulatorFiles } from './simulator-files.ts';

/** @returns undefined when there is no record of a cluster of that name */
export function recordedNodes(paths: Pick<AppPaths, 'data'>, name: string): readonly string[] | undefined {
  const made = new KindFiles(join(folderOf(paths, 'kind'), name)).read<KindRecord>('record.json');
  if (made) return made.nodes?.map((node) => node.name) ?? nodeNames(made.spec);
  const adopted = new KindFiles(join(folderOf(paths, 'existing'), name)).read<{ readonly info: Pick<ClusterInfo, 'nodes'> }>('record.json');
  if (adopted) return adopted.info.nodes;
  const spec = new SimulatorFiles(clusterFolder(paths, name)).readSpec();
  return spec && nodeNames(spec);
}
