/**
 * A pod's volumes as file systems, filled from objects and kept up to date while the pod runs.
 * See pkg/volume/{configmap,secret,projected,downwardapi,emptydir,hostpath}.
 * Differs from Kubernetes: files are written in place instead of through a ..data symbolic link that is swapped, so a
 * reader could see a half-updated volume; one write here is one instant, so nobody does.
 */
import type { KubeObject, Stored } from '../../api/object.ts';
import { utf8Encode } from '../../base/bytes.ts';
import type { KeyToPath, Pod, Volume } from '../../kinds/pod/types.ts';
import type { Registry } from '../../kinds/registry.ts';
import { FileSystem } from '../../machine/files.ts';
import { decoded } from './environment.ts';
import { fieldValue, resourceValue, type NodeFacts } from './field-ref.ts';

/** The words behind `MountVolume.SetUp failed for volume "x" : `. */
export class VolumeError extends Error {
  override readonly name = 'VolumeError';
  constructor(
    readonly volume: string,
    message: string,
  ) {
    super(message);
  }
}

export interface Mounted {
  readonly files: FileSystem;
  /** Where in `files` the volume begins: a hostPath is a place on the node. */
  readonly root: string;
  /** Filled from objects, and kept up to date. */
  readonly written?: unknown;
  readonly type: string;
}

interface Context {
  readonly registry: Registry;
  readonly pod: Stored<Pod>;
  readonly node: NodeFacts;
  readonly nodeFiles: FileSystem;
  readonly podIp: string | undefined;
  readonly token: (options: { audience?: string | undefined; expirationSeconds: number }) => string;
}

type Content = Map<string, { readonly bytes: string; readonly mode: number }>;

export class PodVolumes {
  readonly #mounted = new Map<string, Mounted & { written?: Content }>();

  /** Makes what is missing, refreshes what follows objects. @throws VolumeError naming the first volume that cannot be had */
  update(context: Context): void {
    for (const volume of context.pod.spec.volumes ?? []) {
      const current = this.#mounted.get(volume.name);
      if (!current) this.#mounted.set(volume.name, mount(volume, context));
      else if (current.written) refresh(current.files, current.written, contentOf(volume, context));
    }
  }

  get(name: string): Mounted | undefined {
    return this.#mounted.get(name);
  }
}

function mount(volume: Stored<Volume>, context: Context): Mounted & { written?: Content } {
  if (volume.emptyDir) return { files: new FileSystem(), root: '/', type: volume.emptyDir.medium === 'Memory' ? 'tmpfs' : 'ext4' };
  if (volume.hostPath) {
    checkHostPath(volume.name, volume.hostPath, context.nodeFiles);
    return { files: context.nodeFiles, root: volume.hostPath.path, type: 'ext4' };
  }
  if (volume.configMap || volume.secret || volume.downwardAPI || volume.projected) {
    const files = new FileSystem();
    const written: Content = new Map();
    refresh(files, written, contentOf(volume, context));
    return { files, root: '/', type: 'tmpfs', written };
  }
  if (volume.persistentVolumeClaim) {
    const { claimName } = volume.persistentVolumeClaim;
    const claim = context.registry.find('persistentvolumeclaims', claimName, context.pod.metadata.namespace) as Stored<KubeObject & { spec: { volumeName?: string }; status?: { phase?: string } }> | undefined;
    if (!claim) throw new VolumeError(volume.name, `persistentvolumeclaim "${claimName}" not found`);
    const bound = claim.status?.phase === 'Bound' ? (context.registry.find('persistentvolumes', claim.spec.volumeName ?? '') as Stored<BoundVolume> | undefined) : undefined;
    if (!bound) throw new VolumeError(volume.name, `persistentvolumeclaim "${claimName}" is not bound`);
    return mountBound(volume.name, bound, context.nodeFiles);
  }
  const source = Object.keys(volume).find((key) => key !== 'name') ?? 'unknown';
  throw new VolumeError(volume.name, `no volume plugin matched: ${source} volumes do not exist in this simulator`);
}

interface BoundVolume extends KubeObject {
  spec: { hostPath?: { path: string; type?: string }; local?: { path: string }; capacity?: unknown; accessModes?: unknown; [source: string]: unknown };
}

/** What is behind a claim: a place on this node. */
function mountBound(name: string, { metadata, spec }: Stored<BoundVolume>, files: FileSystem): Omit<Mounted, 'written'> {
  if (spec.hostPath) {
    checkHostPath(name, spec.hostPath, files);
    return { files, root: spec.hostPath.path, type: 'ext4' };
  }
  if (spec.local) {
    if (!files.exists(spec.local.path)) throw new VolumeError(name, `path "${spec.local.path}" does not exist`);
    return { files, root: spec.local.path, type: 'ext4' };
  }
  throw new VolumeError(name, `no volume plugin matched: only hostPath and local volumes exist in this simulator, and ${metadata.name} is neither`);
}

function checkHostPath(name: string, { path, type = '' }: { readonly path: string; readonly type?: string }, files: FileSystem): void {
  const exists = files.exists(path);
  if (type === 'DirectoryOrCreate' || (type === '' && !exists)) files.mkdir(path, { recursive: true });
  else if (type === 'FileOrCreate' && !exists) files.write(path, '');
  else if (type === 'Directory' && (!exists || files.stat(path).type !== 'directory')) throw new VolumeError(name, `hostPath type check failed: ${path} is not a directory`);
  else if (type === 'File' && (!exists || files.stat(path).type !== 'file')) throw new VolumeError(name, `hostPath type check failed: ${path} is not a file`);
}

/** Writes what changed, removes what is gone. */
function refresh(files: FileSystem, written: Content, wanted: Content): void {
  for (const path of written.keys()) {
    if (wanted.has(path)) continue;
    files.remove(`/${path}`);
    written.delete(path);
  }
  for (const [path, { bytes, mode }] of wanted) {
    if (written.get(path)?.bytes === bytes) continue;
    const folder = path.split('/').slice(0, -1).join('/');
    if (folder) files.mkdir(`/${folder}`, { recursive: true });
    files.write(`/${path}`, bytes, { mode });
    written.set(path, { bytes, mode });
  }
}

function contentOf(volume: Stored<Volume>, context: Context): Content {
  const content: Content = new Map();
  const { configMap, secret, downwardAPI, projected } = volume;
  const put = (path: string, bytes: string, mode: number | undefined, base: number | undefined) => content.set(path, { bytes, mode: mode ?? base ?? 0o644 });
  const putObject = (kind: 'configmap' | 'secret', source: { readonly name?: string; readonly items?: readonly Stored<KeyToPath>[]; readonly optional?: boolean }, mode: number | undefined) => {
    for (const [path, bytes, own] of keysOf(volume.name, kind, source, context)) put(path, bytes, own, mode);
  };
  const putFields = (items: NonNullable<Stored<Volume>['downwardAPI']>['items'], mode: number | undefined) => {
    for (const item of items ?? []) put(item.path, fieldOf(item, context), item.mode, mode);
  };
  if (configMap) putObject('configmap', configMap, configMap.defaultMode);
  if (secret) putObject('secret', { ...(secret.secretName === undefined ? {} : { name: secret.secretName }), ...(secret.items && { items: secret.items }), ...(secret.optional && { optional: true }) }, secret.defaultMode);
  if (downwardAPI) putFields(downwardAPI.items, downwardAPI.defaultMode);
  for (const source of projected?.sources ?? []) {
    if (source.configMap) putObject('configmap', source.configMap, projected?.defaultMode);
    if (source.secret) putObject('secret', source.secret, projected?.defaultMode);
    if (source.downwardAPI) putFields(source.downwardAPI.items, projected?.defaultMode);
    if (source.serviceAccountToken) {
      const { audience, expirationSeconds = 3600, path } = source.serviceAccountToken;
      put(path, context.token({ audience, expirationSeconds }), undefined, projected?.defaultMode);
    }
  }
  return content;
}

function keysOf(volume: string, kind: 'configmap' | 'secret', source: { readonly name?: string; readonly items?: readonly Stored<KeyToPath>[]; readonly optional?: boolean }, { registry, pod }: Context): [string, string, number | undefined][] {
  const name = source.name ?? '';
  const object = registry.find(`${kind}s`, name, pod.metadata.namespace) as Parameters<typeof decoded>[0];
  if (!object) {
    if (source.optional) return [];
    throw new VolumeError(volume, `${kind} "${name}" not found`);
  }
  const text = decoded(object, kind);
  const bytes = Object.fromEntries(Object.entries(text).map(([key, value]) => [key, kind === 'configmap' ? utf8Encode(value) : value]));
  for (const [key, value] of Object.entries(object.binaryData ?? {})) bytes[key] = atob(value);
  if (!source.items) return Object.keys(bytes).sort().map((key) => [key, bytes[key] ?? '', undefined]);
  return source.items.flatMap(({ key, path, mode }) => {
    const value = bytes[key];
    if (value === undefined && !source.optional) throw new VolumeError(volume, kind === 'configmap' ? `configmap references non-existent config key: ${key}` : `references non-existent secret key: ${key}`);
    return value === undefined ? [] : [[path, value, mode] as [string, string, number | undefined]];
  });
}

function fieldOf(item: NonNullable<NonNullable<Stored<Volume>['downwardAPI']>['items']>[number], { pod, node, podIp }: Context): string {
  if (item.fieldRef) return utf8Encode(fieldValue(pod, item.fieldRef.fieldPath, node, podIp));
  const { containerName, resource = '', divisor } = item.resourceFieldRef ?? {};
  const container = pod.spec.containers.find((one) => one.name === containerName) ?? pod.spec.containers[0];
  return container ? resourceValue(container, resource, divisor, node) : '';
}
