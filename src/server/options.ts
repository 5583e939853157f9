/**
 * What a request asks for beside its object: selectors, pages, dry runs, deletions.
 * See apimachinery/pkg/apis/meta/{v1,internalversion}/validation.
 */
import { type FieldError, forbiddenField, notSupported, required } from '../api/field-error.ts';
import { invalid } from '../api/status.ts';
import type { DeleteOptions, Patch, Selection, WriteOptions } from '../kinds/registry.ts';
import { readObject, type ProtobufDecoder } from './body.ts';
import type { Exchange } from './exchange.ts';

/** @throws ApiError Invalid for a rule of revisions that does not exist */
export function selectionOf({ query, info }: Exchange): Selection {
  const text = (name: string) => query.get(name) || undefined;
  const resourceVersion = text('resourceVersion');
  return {
    namespace: info?.namespace,
    labelSelector: text('labelSelector'),
    fieldSelector: text('fieldSelector'),
    limit: number(query.get('limit')),
    continue: text('continue'),
    resourceVersion,
    resourceVersionMatch: matchOf(query, resourceVersion),
  };
}

/** @throws ApiError Invalid */
function matchOf(query: URLSearchParams, resourceVersion: string | undefined): 'Exact' | 'NotOlderThan' | undefined {
  const match = query.get('resourceVersionMatch');
  if (!match || query.get('watch')) return undefined;
  const refuse = (error: FieldError) => invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [error]);
  if (resourceVersion === undefined) throw refuse(forbiddenField('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
  if (query.get('continue')) throw refuse(forbiddenField('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'));
  if (match !== 'Exact' && match !== 'NotOlderThan') throw refuse(notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']));
  if (match === 'Exact' && resourceVersion === '0') throw refuse(forbiddenField('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  return match;
}

/** @throws ApiError Invalid for a dryRun that does not exist */
function isDryRun(kind: string, asked: readonly string[]): boolean {
  if (asked.some((value) => value !== 'All')) throw invalid({ group: 'meta.k8s.io', kind }, '', [notSupported('dryRun', asked, ['All'])]);
  return asked.length > 0;
}

/** @throws ApiError Invalid for a dryRun or fieldValidation that does not exist */
export function writeOptions({ query, request, user, warnings, info }: Exchange): WriteOptions {
  const kind = `${info?.verb === 'create' ? 'Create' : info?.verb === 'patch' ? 'Patch' : 'Update'}Options`;
  const dryRun = isDryRun(kind, query.getAll('dryRun'));
  const fieldValidation = query.get('fieldValidation') || 'Warn';
  if (fieldValidation !== 'Strict' && fieldValidation !== 'Warn' && fieldValidation !== 'Ignore') {
    throw invalid({ group: 'meta.k8s.io', kind }, '', [notSupported('fieldValidation', fieldValidation, ['Ignore', 'Strict', 'Warn'])]);
  }
  return {
    dryRun,
    // Without a name the client is known by its program, as the real server does it.
    fieldManager: query.get('fieldManager') || (request.headers['user-agent'] ?? 'unknown').split('/')[0]!,
    fieldValidation,
    user,
    onWarning: (text) => warnings.push(text),
  };
}

/** From the body, or from the query when there is none. @throws ApiError Invalid */
export async function deleteOptions({ request, query }: Exchange, protobuf: () => Promise<ProtobufDecoder>): Promise<DeleteOptions> {
  const body = ((await readObject(request, 'DeleteOptions', protobuf)) ?? {}) as {
    gracePeriodSeconds?: number | null; propagationPolicy?: string | null; dryRun?: string[] | null; preconditions?: { uid?: string; resourceVersion?: string } | null;
    orphanDependents?: boolean | null;
  };
  const policy = body.propagationPolicy ?? query.get('propagationPolicy') ?? (body.orphanDependents ? 'Orphan' : undefined);
  if (policy !== undefined && policy !== 'Foreground' && policy !== 'Background' && policy !== 'Orphan') {
    throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [notSupported('propagationPolicy', policy, ['Background', 'Foreground', 'Orphan'])]);
  }
  return {
    gracePeriodSeconds: body.gracePeriodSeconds ?? number(query.get('gracePeriodSeconds')),
    propagationPolicy: policy,
    preconditions: body.preconditions ?? undefined,
    dryRun: isDryRun('DeleteOptions', body.dryRun ?? query.getAll('dryRun')),
  };
}

/** An apply must say whose it is; nothing else can be forced. @throws ApiError Invalid */
export function refusePatchOptions({ query }: Exchange, type: Patch['type']): void {
  const wrong = type === 'apply'
    ? [...(query.get('fieldManager') ? [] : [required('fieldManager', 'is required for apply patch')])]
    : [...(query.has('force') ? [forbiddenField('force', 'may not be specified for non-apply patch')] : [])];
  if (wrong.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', wrong);
}

export function number(text: string | null): number | undefined {
  return text === null || text === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
}
