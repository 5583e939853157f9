/**
 * The final state of an exam's clusters: kept when the exam is graded, so that nothing has to run on, and brought back
 * when somebody wants to look at it again: objects, and what was changed on nodes. Pods start anew, so what a program held
 * in memory or wrote into its own container is gone, as is a simulated cluster's past of packets and connections.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { UserError } from '../../base/user-error.ts';
import type { Cluster, ClusterBackend, ClusterSpec } from '../../cluster/cluster.ts';

const fileOf = (folder: string, name: string): string => join(folder, 'states', `${name}.json.gz`);

/** Keep it and let the cluster go. A state that cannot be kept is told, and its cluster stays. */
export async function keepState(folder: string, spec: ClusterSpec, backend: ClusterBackend, onNotice: (text: string) => void): Promise<void> {
  try {
    const cluster = await backend.find(spec.name);
    if (!cluster) return;
    if (cluster.snapshot) {
      const packed = await promisify(gzip)(await cluster.snapshot());
      await mkdir(join(folder, 'states'), { recursive: true, mode: 0o700 });
      const file = fileOf(folder, spec.name);
      await writeFile(`${file}.new`, packed, { mode: 0o600 });
      await rename(`${file}.new`, file);
    } else onNotice(`What you left on cluster ${spec.name} cannot be looked at again: only simulated clusters are saved. The report keeps what was found there.`);
    await cluster.down();
  } catch (error) {
    onNotice(`The final state of cluster ${spec.name} could not be kept (${(error as Error).message}): the cluster is left as it is. \`cka cluster down --name ${spec.name}\` removes it.`);
  }
}

/** The cluster as it was at the end. One that is there already is used. @throws UserError */
export async function restoreState(folder: string, spec: ClusterSpec, backend: ClusterBackend, onProgress?: (step: string) => void): Promise<Cluster> {
  const running = await backend.find(spec.name);
  if (running) return running;
  const packed = await readFile(fileOf(folder, spec.name)).catch(() => undefined);
  if (!packed || !backend.restore) throw new UserError(`No final state of cluster ${spec.name} was kept.`, 'Only simulated clusters are saved. The report says what was found there: cka exam report');
  return backend.restore(spec, String(await promisify(gunzip)(packed)), onProgress);
}
