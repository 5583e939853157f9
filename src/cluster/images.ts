/**
 * Brings images to the nodes without a registry: our own `kind load`, since that one fails with the containerd image
 * store (kind issue 3795). Pulled once, loaded where they are missing. Knows no cluster beyond its nodes.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../base/user-error.ts';
import { requireWhole } from './artifacts.ts';
import type { Engine } from './engine.ts';
import { archiveName, fullName } from './image-names.ts';
import { Interrupted } from './interrupt.ts';

export interface LoadOptions {
  /** A bundle's folder: archives in it are used instead of pulling. */
  readonly bundle?: string;
  readonly say: (line: string) => void;
}

/** @returns images that could not be had: the nodes will try by themselves */
export async function loadImages(engine: Engine, nodes: readonly string[], images: readonly string[], { bundle, say }: LoadOptions): Promise<readonly string[]> {
  const missing: string[] = [];
  const flags = onceAsked(() => platform(engine, nodes[0] ?? ''));
  for (const image of new Set(images)) {
    const wanting: string[] = [];
    for (const node of nodes) if ((await engine.exec(node, ['crictl', 'inspecti', '-q', fullName(image)])).exitCode !== 0) wanting.push(node);
    if (wanting.length === 0) continue;
    const archive = bundle === undefined ? undefined : join(bundle, 'images', archiveName(image));
    const isBundled = archive !== undefined && (await access(archive).then(() => true, () => false));
    if (!isBundled && !(await engine.hasImage(image))) {
      say(`pulling ${image}`);
      if (bundle !== undefined || !(await engine.pulled(image, { timeoutMs: 300_000 }))) {
        missing.push(image);
        continue;
      }
    }
    if (isBundled && bundle !== undefined) await requireWhole(bundle, join('images', archiveName(image)));
    const source = isBundled ? (['cat', archive] as const) : ([engine.name, 'save', ...(await flags()), engine.named(image)] as const);
    try {
      for (const node of wanting) {
        say(`loading ${image} into ${node}`);
        const into = engine.execArgs(node, ['ctr', '--namespace=k8s.io', 'images', 'import', '--digests', '--snapshotter=overlayfs', '-'], { stdin: true });
        await engine.tools.pipe(source, [engine.name, ...into], { timeoutMs: 300_000 });
      }
    } catch (error) {
      // Nodes that have a network can do without: they pull for themselves.
      if (bundle !== undefined || !(error instanceof UserError) || error instanceof Interrupted) throw error;
      say(error.message);
      missing.push(image);
    }
  }
  return missing;
}

function onceAsked<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= ask());
}

/** The first Docker whose `save` can be asked for a platform. */
const SAVES_PLATFORMS = 28;

/** With the containerd store an image has layers of one platform only, and must be asked for as such. */
async function platform(engine: Engine, node: string): Promise<readonly string[]> {
  if (engine.name !== 'docker') return [];
  const info = await engine.info();
  if (!('usesContainerdImageStore' in info) || !info.usesContainerdImageStore || Number.parseInt(info.serverVersion, 10) < SAVES_PLATFORMS) return [];
  const machine = (await engine.mustExec(node, ['uname', '-m'])).trim();
  return ['--platform', `linux/${machine === 'aarch64' || machine === 'arm64' ? 'arm64' : 'amd64'}`];
}
