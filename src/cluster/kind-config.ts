/**
 * The configuration that `kind create` gets: the file in `kind/` for this network plugin and proxy mode, with the
 * cluster's name, its number of workers and the pinned image put in. See kind.sigs.k8s.io/docs/user/configuration.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterSpec } from './cluster.ts';

interface KindConfig {
  name: string;
  networking: { readonly podSubnet: string; readonly serviceSubnet: string };
  nodes: { readonly role: string; image?: string }[];
}

/** @param root the folder with `kind/` @returns YAML */
export async function kindConfig(root: string, spec: ClusterSpec, image: string | undefined): Promise<string> {
  const { parse, stringify } = await import('yaml');
  const config = parse(await readFile(join(root, 'kind', `${spec.cni}-${spec.proxyMode}.yaml`), 'utf8')) as KindConfig;
  const [controlPlane, worker] = [config.nodes.find(({ role }) => role === 'control-plane')!, config.nodes.find(({ role }) => role === 'worker')!];
  const withImage = (node: KindConfig['nodes'][number]) => ({ ...node, ...(image === undefined ? {} : { image }) });
  config.name = spec.name;
  config.nodes = [withImage(controlPlane), ...Array.from({ length: spec.workers }, () => withImage(worker))];
  return stringify(config, { aliasDuplicateObjects: false });
}

/** Of every configuration in `kind/`: the two plugins must agree, so that labs may. */
export const POD_SUBNET = '10.244.0.0/16';
export const SERVICE_SUBNET = '10.96.0.0/16';
