/** What a build uses at which version: the node image of its kind release, the network plugin that fits it. Installs nothing. */
import { readFile } from 'node:fs/promises';
import { obtain, type Wanted } from '../artifacts.ts';
import { CALICO_OPERATOR, calicoFor, FLANNEL, kubernetesMinor, type NodeImage, nodeImageFor, type Plugin } from '../pins.ts';
import type { KindRecord } from '../kind-files.ts';
import type { Build } from './step.ts';

/** Undefined when kind is to choose. */
export function pinnedImage({ record }: Pick<Build, 'record'>): NodeImage | undefined {
  return nodeImageFor(kindOf({ record }));
}

function kindOf({ record }: Pick<Build, 'record'>): readonly [number, number] {
  const [major = 0, minor = 0] = (record.kindVersion ?? '').split('.').map(Number);
  return [major, minor];
}

/** By the Kubernetes that the kind release brings. */
export function pluginOf({ spec, options, record }: Pick<Build, 'spec' | 'options' | 'record'>): Plugin {
  return options.plugin ?? (spec.cni === 'flannel' ? FLANNEL : calicoFor(kubernetesMinor(kindOf({ record }))));
}

/** Calico before v3.32 must be told where its rules go; the operator is always a newer one. */
export const followsKubeProxy = (record: KindRecord): boolean => record.installer === 'operator' || kubernetesMinor(kindOf({ record })) >= 34;

export const calicoNamespace = ({ installer }: KindRecord): 'kube-system' | 'calico-system' => (installer === 'operator' ? 'calico-system' : 'kube-system');

/** Everything that is applied to the cluster. */
export function manifestsOf(build: Pick<Build, 'spec' | 'options' | 'record'>): readonly Wanted[] {
  return isByOperator(build) ? CALICO_OPERATOR.manifests : pluginOf(build).manifests;
}

/** Images that the plugin runs. */
export function imagesOf(build: Pick<Build, 'spec' | 'options' | 'record'>): readonly string[] {
  return isByOperator(build) ? CALICO_OPERATOR.images : pluginOf(build).images;
}

export const isByOperator = ({ spec, record }: Pick<Build, 'spec' | 'record'>): boolean => spec.cni === 'calico' && record.installer === 'operator';

export async function manifestText(manifest: Wanted, { options, tools }: Pick<Build, 'options' | 'tools'>): Promise<string> {
  return readFile(await obtain(manifest, options.artifacts, tools, options.fetchBytes), 'utf8');
}
