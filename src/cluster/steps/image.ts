/**
 * Step 2: what must come over the network, before anything is made: the plugin's manifests, and the node image that belongs
 * to the kind release, from a bundle, from what is here, or pulled; on wish an image derived from it with the tools that
 * labs like. Knows no cluster.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { requireWhole } from '../artifacts.ts';
import { archiveName, byTag } from '../image-names.ts';
import type { NodeImage } from '../pins.ts';
import { manifestsOf, manifestText, pinnedImage } from './pinned.ts';
import type { Build, Step } from './step.ts';

const NODE_PACKAGES = ['bridge-utils', 'dnsutils', 'ipset', 'iputils-ping', 'ipvsadm', 'less', 'net-tools', 'tcpdump', 'vim'];

/** For nodes that have none of it and for the derived image alike. */
export const INSTALL_TOOLS = `apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends ${NODE_PACKAGES.join(' ')} && apt-get clean`;

export const image: Step = {
  id: 'image',
  title: 'Getting the node image',
  limitMs: 20 * 60_000,
  async run(build) {
    // Small, and the first to say that there is no network, or that a checksum is wrong.
    for (const manifest of manifestsOf(build)) await manifestText(manifest, build);
    const node = pinnedImage(build);
    if (!node) return build.say('this kind release is newer than the ones known here: kind chooses the image itself');
    if (!(await build.engine.hasImage(node.reference))) await get(node, build);
    if (build.options.nodeTools) await derive(node, build);
  },
};

/** What `kind create` is told to use. */
export async function imageToUse(build: Build): Promise<string | undefined> {
  const node = pinnedImage(build);
  if (!node) return undefined;
  // An image that came from an archive has lost its digest: then the tag must do, or kind would pull it again.
  for (const name of [...(build.options.nodeTools ? [derivedName(node)] : []), node.reference, byTag(node.reference)]) if (await build.engine.hasImage(name)) return name;
  return node.reference;
}

/** With a registry that is none, since kind takes a name without one for Docker Hub's, where it is not. */
const derivedName = ({ version }: NodeImage): string => `localhost/cka-trainer/node:${version}`;

async function get(node: NodeImage, { engine, options, say, show }: Build): Promise<void> {
  if (await engine.hasImage(byTag(node.reference)) && options.bundle !== undefined) return;
  const archive = options.bundle === undefined ? undefined : join(options.bundle, 'images', archiveName(node.reference));
  if (archive !== undefined) {
    await access(archive).catch(() => {
      throw new UserError(`The bundle has no node image ${node.reference} (${archive}).`, 'Make the bundle again with the kind release that is installed here: cka cluster bundle');
    });
    await requireWhole(options.bundle!, join('images', archiveName(node.reference)));
    await engine.must(['load', '-i', archive], { onLine: show });
    return;
  }
  say(`pulling ${node.reference}: some 360 MB`);
  await engine.must(['pull', engine.named(node.reference)], { onLine: show, action: 'Look at the network and at a registry login or mirror; or use --bundle with images fetched elsewhere.' });
}

/** Fails softly: a lab without tcpdump on the node is better than no lab. */
async function derive(node: NodeImage, { engine, say, show }: Build): Promise<void> {
  if (await engine.hasImage(derivedName(node))) return;
  say('building a node image with tools (once)');
  const recipe = `FROM ${engine.named(node.reference)}\nRUN ${INSTALL_TOOLS}\n`;
  const { exitCode } = await engine.run(['build', '-t', derivedName(node), '-'], { input: recipe, onLine: show });
  if (exitCode !== 0) say('the image with tools could not be built: tools will be installed on the running nodes');
}
