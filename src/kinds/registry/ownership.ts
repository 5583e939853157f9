/**
 * Keeps `metadata.managedFields`: which client set which field, by updates and by server-side apply.
 * See apiserver/pkg/endpoints/handlers/fieldmanager and apimachinery/pkg/util/managedfields/internal.
 */
import { without, type FieldSet } from '../../api/apply/field-set.ts';
import { applyConfiguration, decodeOwners, encodeOwners, ownByUpdate, type Conflict, type Manager, type Owned } from '../../api/apply/managers.ts';
import type { MapShape } from '../../api/apply/shape.ts';
import { problems } from '../../api/apply/validate.ts';
import { isEqual } from '../../api/deep.ts';
import type { KubeObject, ManagedFieldsEntry, Stored } from '../../api/object.ts';
import { ApiError, internal } from '../../api/status.ts';
import { timestamp } from '../../api/time.ts';
import { shapeOfStruct } from '../apply-shape.ts';
import type { Kind, Subresource } from '../kind.ts';
import type { Registry, WriteOptions } from '../registry.ts';

type Options = WriteOptions & { readonly subresource?: Subresource };

/** What only the server writes belongs to nobody. */
const SYSTEM: readonly (readonly string[])[] = [
  ['f:apiVersion'], ['f:kind'], ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map((field) => ['f:metadata', `f:${field}`]),
];

/**
 * The `managedFields` of `next`, which is about to be written; undefined where nobody keeps them.
 * @param given what the client sent: it may hand fields from one manager to another
 */
export function ownedAfterWrite(registry: Registry, kind: Kind, next: KubeObject, current: Stored<KubeObject> | undefined, given: readonly ManagedFieldsEntry[] | undefined, options: Options): ManagedFieldsEntry[] | undefined {
  const shape = shapeOf(registry, kind);
  const live = current?.metadata.managedFields;
  // An object that was made before anybody kept count is counted from its first apply on.
  if (!shape || (current && !live)) return undefined;
  const [before, after] = [plain(current), plain(next)];
  const base = baseOf(given, live as readonly ManagedFieldsEntry[] | undefined, options);
  const had = decodeOwners(base);
  const owners = ownByUpdate(shape, before, after, had, whoWrites(kind, options, 'Update'), timestamp(registry.clock.unixMs()), stripFor(kind, options.subresource));
  return owners === had ? (base as ManagedFieldsEntry[] | undefined) : encodeOwners(owners);
}

/** `[{}]` forgets who owned what; nothing, or what cannot be read, means that it stays as it was. */
function baseOf(given: readonly ManagedFieldsEntry[] | undefined, live: readonly ManagedFieldsEntry[] | undefined, options: Options): readonly ManagedFieldsEntry[] | undefined {
  if (options.fieldManager === undefined || options.subresource !== undefined || !given) return live;
  if (given.length === 1 && isEqual(given[0], {})) return [];
  return decodeOwners(given).length > 0 ? given : live;
}

/**
 * What an apply makes of an object, and who owns it then.
 * @throws ApiError Conflict when it would change what others own; what the schema does not know
 */
export function applyOver(registry: Registry, kind: Kind, current: Stored<KubeObject> | undefined, config: KubeObject, options: Options & { force?: boolean }): { object: KubeObject; managedFields: ManagedFieldsEntry[] } {
  const shape = shapeOf(registry, kind);
  if (!shape) throw internal(`no schema of ${kind.kind}`);
  refuseUnknown(kind, shape, config);
  const live = plain(current) as unknown as KubeObject;
  const strip = stripFor(kind, options.subresource);
  const time = timestamp(registry.clock.unixMs());
  const { object, owners, conflicts } = applyConfiguration(shape, live, plain(config), ownersOf(shape, kind, current, time, strip), whoWrites(kind, options, 'Apply'), { time, force: options.force === true, strip });
  if (conflicts.length > 0) throw collision(conflicts);
  return { object: object as KubeObject, managedFields: encodeOwners(owners) };
}

/** What was made before anybody kept count counts as made by somebody else. */
function ownersOf(shape: MapShape, kind: Kind, current: Stored<KubeObject> | undefined, time: string, strip: (set: FieldSet) => FieldSet): readonly Owned[] {
  const entries = current?.metadata.managedFields as readonly ManagedFieldsEntry[] | undefined;
  if (!current || entries) return decodeOwners(entries);
  return ownByUpdate(shape, {}, plain(current), [], { manager: 'before-first-apply', operation: 'Update', apiVersion: versionOf(kind) }, time, strip);
}

function refuseUnknown(kind: Kind, shape: MapShape, config: KubeObject): void {
  const found = problems(shape, config);
  if (found.length === 0) return;
  const { namespace = '', name } = config.metadata;
  const why = found.length === 1 ? found[0] : `errors:\n${found.map((line) => `  ${line}`).join('\n')}`;
  throw new ApiError(500, 'Unknown', `failed to create typed patch object (${namespace}/${name}; ${versionOf(kind)}, Kind=${kind.kind}): ${why}`);
}

function collision(conflicts: readonly Conflict[]): ApiError {
  const causes = conflicts.map(({ owner, path }) => ({ reason: 'FieldManagerConflict', message: `conflict with ${printManager(owner)}`, field: path }));
  return new ApiError(409, 'Conflict', describe(conflicts), { causes });
}

function describe(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (conflicts.length === 1) return `Apply failed with 1 conflict: conflict with ${printManager(first!.owner)}: ${first!.path}`;
  const names = [...new Set(conflicts.map(({ owner }) => printManager(owner)))].toSorted();
  const lines = names.flatMap((name) => [`conflicts with ${name}:`, ...conflicts.filter(({ owner }) => printManager(owner) === name).map(({ path }) => `- ${path}`)]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

function printManager({ manager, subresource, operation, apiVersion }: Manager): string {
  const name = `${JSON.stringify(manager)}${subresource === undefined ? '' : ` with subresource ${JSON.stringify(subresource)}`}`;
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}

function shapeOf(registry: Registry, kind: Kind): MapShape | undefined {
  const own = kind.custom?.shape(registry.schema);
  const struct = registry.schema?.typeOf(kind);
  return own ?? (struct && shapeOfStruct(struct));
}

const versionOf = ({ group, version }: Kind): string => (group ? `${group}/${version}` : version);

function whoWrites(kind: Kind, options: Options, operation: Manager['operation']): Manager {
  const subresource = options.ownedAs ?? options.subresource;
  return { manager: options.fieldManager ?? insider(kind, options.subresource), operation, apiVersion: versionOf(kind), subresource };
}

/**
 * Differs from Kubernetes: what writes from inside does not say its name; it is known by what it writes, so that what
 * kubeadm made at the beginning counts as made by the controllers.
 */
function insider({ group, plural }: Kind, subresource: Subresource | undefined): string {
  const isKubelets = plural === 'leases' || (group === '' && (plural === 'nodes' || (plural === 'pods' && subresource === 'status')));
  return isKubelets ? 'kubelet' : 'kube-controller-manager';
}

/** Nobody owns what a request of this kind cannot write: status here, spec there. */
function stripFor(kind: Kind, subresource: Subresource | undefined): (set: FieldSet) => FieldSet {
  const part = subresource === 'status' ? [['f:spec']] : subresource === undefined && kind.subresources.includes('status') ? [['f:status']] : [];
  return (set) => [...SYSTEM, ...part].reduce(without, set);
}

/** Without the account of owners, which is no part of what is owned. */
function plain(object: KubeObject | Stored<KubeObject> | undefined): Record<string, unknown> {
  if (!object) return {};
  const { managedFields: _, ...metadata } = object.metadata as KubeObject['metadata'];
  return { ...object, metadata };
}
