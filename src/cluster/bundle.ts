/**
 * Everything that a machine without a network needs for a kind cluster, in one folder: node image, plugin images,
 * manifests, CNI plugins, and the checksums of it all. Knows no cluster.
 */
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../base/user-error.ts';
import { type Fetch, obtain, sumOf } from './artifacts.ts';
import { findEngine } from './engine.ts';
import { CALICO_OPERATOR, calicoFor, cniPlugins, FLANNEL, kubernetesMinor, nodeImageFor, parseKindVersion, PROBE_IMAGES } from './pins.ts';
import { archiveName, byTag } from './image-names.ts';
import { Tools } from './tools.ts';

export interface BundleOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cache: string;
  /** Images of labs. */
  readonly images: readonly string[];
  /** For clusters that are made with `--cni-operator`. */
  readonly withOperator?: boolean;
  readonly say: (line: string) => void;
  readonly fetchBytes?: Fetch;
}

/** @returns the names of the files in it @throws UserError */
export async function makeBundle(folder: string, { env, cache, images, withOperator = false, say, fetchBytes }: BundleOptions): Promise<readonly string[]> {
  const tools = new Tools({ env });
  const engine = findEngine(tools);
  if (!engine) throw new UserError('There is no docker, podman or nerdctl here.', 'Make the bundle where one is installed.');
  const version = parseKindVersion(await tools.must('kind', ['version']));
  const node = version && nodeImageFor(version);
  if (!node) throw new UserError('No node image is pinned for this kind release.', 'Use a kind from v0.27 to v0.33, the same on both machines.');
  const calico = calicoFor(kubernetesMinor(version));
  await mkdir(join(folder, 'images'), { recursive: true });
  const operator = withOperator ? CALICO_OPERATOR : { manifests: [], images: [] };
  for (const artifact of [...calico.manifests, ...operator.manifests, ...FLANNEL.manifests, cniPlugins('amd64'), cniPlugins('arm64')]) {
    say(artifact.file);
    await copyFile(await obtain(artifact, { cache, given: [] }, tools, fetchBytes), join(folder, artifact.file));
  }
  const needed = [node.reference, ...calico.images, ...operator.images, ...FLANNEL.images, ...Object.values(PROBE_IMAGES)];
  for (const image of new Set([...needed, ...images])) {
    say(image);
    if (!(await engine.hasImage(image)) && !(await engine.pulled(image))) {
      if (needed.includes(image)) throw new UserError(`${image} could not be pulled.`, 'Look at the network and at a registry login or mirror, then run it again: what is there is kept.');
      // Some labs are about images that do not exist.
      say(`${image} cannot be pulled, and is left out`);
      continue;
    }
    // Saved by its tag: an archive keeps no digest, and without a name the image could not be found again.
    const tag = byTag(image);
    if (tag !== image) await engine.must(['tag', engine.named(image), engine.named(tag)]);
    await engine.must(['save', '-o', join(folder, 'images', archiveName(image)), engine.named(tag)]);
  }
  return writeChecksums(folder);
}

/** As `sha256sum -c` reads them. */
async function writeChecksums(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile() && entry.name !== 'SHA256SUMS').map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).toSorted();
  const lines: string[] = [];
  for (const name of names) lines.push(`${await sumOf(join(folder, name))}  ${name}\n`);
  await writeFile(join(folder, 'SHA256SUMS'), lines.join(''));
  return names;
}
