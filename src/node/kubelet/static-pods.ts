/**
 * Static pods: manifests in a folder of the node run without anybody's leave; the API gets a mirror to look at.
 * See pkg/kubelet/config/file.go and pkg/kubelet/pod/mirror_client.go.
 */
import { parse } from 'yaml';
import { draft, isEqual } from '../../api/deep.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import { ApiError } from '../../api/status.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { fnv128 } from './manifest-hash.ts';
import type { KubeletHost } from './host.ts';

const CONFIG_HASH = 'kubernetes.io/config.hash';
const CONFIG_MIRROR = 'kubernetes.io/config.mirror';

export interface Manifest {
  readonly path: string;
  readonly pod: Pod;
  readonly hash: string;
}

/** The manifests folder, read again and again: a file is parsed only when its text is another one. */
export class ManifestFolder {
  readonly #read = new Map<string, { readonly text: string; readonly manifest: Manifest | undefined }>();

  constructor(
    private readonly host: KubeletHost,
    /** Told of a file that is no pod, once per text. */
    private readonly complain: (message: string) => void,
  ) {}

  manifests(): readonly Manifest[] {
    const { machine: { files }, configuration: { staticPodPath: folder } } = this.host;
    if (folder === '' || !files.exists(folder)) return [];
    return [...files.list(folder)].sort().flatMap((name) => {
      const path = `${folder}/${name}`;
      if (name.startsWith('.') || files.stat(path).type !== 'file') return [];
      return this.#parse(path, files.read(path)) ?? [];
    });
  }

  #parse(path: string, text: string): Manifest | undefined {
    const known = this.#read.get(path);
    if (known?.text === text) return known.manifest;
    let manifest: Manifest | undefined;
    try {
      const pod = parse(text) as Pod;
      if (pod?.kind !== 'Pod' || !pod.metadata?.name || !pod.spec?.containers) throw new Error('not a Pod');
      const hash = fnv128(text);
      manifest = { path, pod: named(pod, this.host, hash), hash };
    } catch (error) {
      this.complain(`"Could not process manifest file" err="${path}: couldn't parse as pod(${error instanceof Error ? error.message.split('\n')[0] : String(error)}), please check config file" path="${path}"`);
    }
    this.#read.set(path, { text, manifest });
    return manifest;
  }
}

function named(pod: Pod, host: KubeletHost, hash: string): Pod {
  return {
    ...pod,
    apiVersion: 'v1',
    metadata: {
      ...pod.metadata,
      name: `${pod.metadata.name}-${host.node.name}`,
      namespace: pod.metadata.namespace ?? 'default',
      uid: hash,
      annotations: { ...pod.metadata.annotations, [CONFIG_HASH]: hash, 'kubernetes.io/config.seen': new Date(host.clock.unixMs()).toISOString(), 'kubernetes.io/config.source': 'file' },
    },
    spec: { ...pod.spec, nodeName: host.node.name },
  };
}

/** The mirror of a manifest in the API, made or made anew; undefined while the API does not take it. */
export function ensureMirror(host: KubeletHost, manifest: Manifest): Stored<Pod> | undefined {
  const { registry, node } = host;
  const { name, namespace = 'default' } = manifest.pod.metadata;
  const current = registry.find('pods', name, namespace) as Stored<Pod> | undefined;
  if (current) {
    if (current.metadata.annotations?.[CONFIG_MIRROR] === manifest.hash && !current.metadata.deletionTimestamp) return current;
    tryWrite(() => registry.delete('pods', name, namespace, { gracePeriodSeconds: 0 }));
  }
  const mirror = draft<Pod>(manifest.pod);
  const owner = registry.find('nodes', node.name) as Stored<KubeObject> | undefined;
  delete mirror.metadata.uid;
  mirror.metadata.annotations = { ...mirror.metadata.annotations, [CONFIG_MIRROR]: manifest.hash };
  if (owner) mirror.metadata.ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name: node.name, uid: owner.metadata.uid ?? '', controller: true }];
  // Everything runs here, taints or not.
  const tolerations = mirror.spec.tolerations ?? [];
  if (!tolerations.some((one) => isEqual(one, { effect: 'NoExecute', operator: 'Exists' }))) mirror.spec.tolerations = [...tolerations, { effect: 'NoExecute', operator: 'Exists' }];
  return tryWrite(() => registry.create('pods', mirror, { namespace })) as Stored<Pod> | undefined;
}

export function removeMirror(host: KubeletHost, pod: Stored<Pod>): void {
  tryWrite(() => host.registry.delete('pods', pod.metadata.name, pod.metadata.namespace, { gracePeriodSeconds: 0 }));
}

export function isMirror(pod: Stored<Pod>): boolean {
  return mirrorHash(pod) !== undefined;
}

/** Which manifest's picture this is. */
export function mirrorHash(pod: Stored<Pod>): string | undefined {
  return pod.metadata.annotations?.[CONFIG_MIRROR];
}

function tryWrite<T>(write: () => T): T | undefined {
  try {
    return write();
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}
