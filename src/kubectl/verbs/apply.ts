/** `kubectl apply`: client-side, by three-way merge, or `--server-side`. See kubectl/pkg/cmd/apply/{apply,patcher}.go. */
import { annotated, configurationOf, LAST_APPLIED, lastApplied } from '../last-applied.ts';
import { jsonThreeWay, strategicThreeWay, type JsonMap } from '../apply/three-way.ts';
import { isBuiltIn } from '../built-in.ts';
import { StatusError } from '../client.ts';
import type { Run, Verb } from '../command.ts';
import { each } from '../each.ts';
import { FILE_FLAGS, targetsOfFiles, type FileTarget } from '../files.ts';
import { plainError, usageError } from '../io.ts';
import type { KubeObject } from '../object.ts';
import { sortedJson } from '../output/go-json.ts';
import { formatOf, printObject } from '../print-objects.ts';
import { pathOf } from '../resources.ts';
import { DRY_RUN_FLAG, dryRunOf, printResult, RESULT_FLAGS, type DryRun } from '../result.ts';
import { managerFlag, VALIDATE_FLAG, writeQuery } from '../send.ts';
import { editLastApplied, setLastApplied, viewLastApplied } from './apply-annotation.ts';
import { checkPrune, prune, PRUNE_FLAGS } from './apply-prune.ts';
import { when } from './create.ts';
import { waitGone } from './delete.ts';

export const apply: Verb = {
  name: 'apply',
  short: 'Apply a configuration to a resource by file name or stdin',
  long: 'Apply a configuration to a resource by file name or stdin. The resource name must be specified. This resource will be created if it doesn\'t exist yet. To use \'apply\', always create the resource initially with either \'apply\' or \'create --save-config\'.\n\nJSON and YAML formats are accepted.',
  examples: '# Apply the configuration in pod.json to a pod\nkubectl apply -f ./pod.json\n\n# Apply the JSON passed into stdin to a pod\ncat pod.json | kubectl apply -f -',
  usage: 'apply (-f FILENAME | -k DIRECTORY) [options]',
  flags: [
    ...FILE_FLAGS, ...RESULT_FLAGS, DRY_RUN_FLAG, VALIDATE_FLAG, managerFlag('kubectl-client-side-apply'),
    { name: 'selector', short: 'l', type: 'string', value: '', help: "Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'." },
    { name: 'all', type: 'bool', value: false, help: 'Select all resources in the namespace of the specified resource types.' },
    { name: 'overwrite', type: 'bool', value: true, help: 'Automatically resolve conflicts between the modified and live configuration by using values from the modified configuration' },
    { name: 'server-side', type: 'bool', value: false, help: 'If true, apply runs in the server instead of the client.' },
    { name: 'force-conflicts', type: 'bool', value: false, help: 'If true, server-side apply will force the changes against conflicts.' },
    { name: 'force', type: 'bool', value: false, help: 'If true, what cannot be changed is deleted at once, without its time to end, and made anew.' }, ...PRUNE_FLAGS,
  ],
  verbs: [editLastApplied, setLastApplied, viewLastApplied],
  run: async (run) => {
    const { flags } = run;
    if (run.args.length > 0) throw usageError(run.command, `Unexpected args: [${run.args.join(' ')}]`);
    if (flags.list('filename').length === 0 && !flags.text('kustomize')) throw plainError('must specify one of -f and -k');
    checkPrune(run);
    if (flags.bool('force') && flags.bool('server-side')) throw plainError('--force cannot be used with --server-side');
    if (flags.bool('force') && dryRunOf(run) === 'server') throw plainError('--dry-run=server cannot be used with --force');
    const dryRun = dryRunOf(run);
    if (flags.bool('force-conflicts') && !flags.bool('server-side')) throw plainError('--force-conflicts only works with --server-side');
    if (dryRun === 'client' && flags.bool('server-side')) throw plainError('--dry-run=client doesn\'t work with --server-side (did you mean --dry-run=server instead?)');
    if (!flags.bool('overwrite')) throw plainError('--overwrite=false is not available in the kubectl that comes with cka: compare with `kubectl diff` first');
    const format = formatOf(run);
    const whole = format.type !== 'table' && format.type !== 'wide' && format.type !== 'name';
    const targets = await targetsOfFiles(run);
    const wanted = flags.text('selector') ? (await import('../labels.ts')).labelMatcher(flags.text('selector')) : () => true;
    const chosen = targets.filter(({ object }) => wanted(object.metadata?.labels ?? {}));
    const results: KubeObject[] = [];
    const applied: KubeObject[] = [];
    const code = await each(run, chosen, async (target) => {
      const { object, operation } = await applyOne(run, target, dryRun);
      applied.push(object);
      if (whole) results.push(object);
      else printResult(run, object, operation, dryRun);
    });
    if (chosen.length === 0) throw plainError('no objects passed to apply');
    if (flags.bool('prune') && code === 0) await prune(run, applied, dryRun);
    // Whole objects are shown together, when all is done.
    if (whole && results.length > 0 && code === 0) {
      printObject(run, format, results.length === 1 ? results[0]! : { apiVersion: 'v1', items: results, kind: 'List', metadata: {} }, await run.resources());
    }
    return code;
  },
};

interface Applied {
  readonly object: KubeObject;
  readonly operation: 'created' | 'configured' | 'unchanged' | 'serverside-applied';
}

/** @param annotates whether the object remembers what it was given; `diff` leaves that out */
export async function applyOne(run: Run, target: FileTarget, dryRun: DryRun, annotates = true): Promise<Applied> {
  const { resource, source } = target;
  if (target.object.metadata?.generateName && !target.name) throw plainError(`from ${target.object.metadata.generateName}: cannot use generate name with apply`);
  const namespace = target.namespace ?? run.namespace;
  const given = resource.namespaced && !target.object.metadata?.namespace ? { ...target.object, metadata: { ...target.object.metadata, namespace } } : target.object;
  if (!target.name) throw plainError(`error when retrieving current configuration of:\n${whatIs(target, namespace)}\nfrom server for: "${source}": resource name may not be empty`);
  const path = pathOf(resource, namespace, target.name);
  if (run.flags.bool('server-side')) return serverSide(run, path, given, dryRun);
  const modified = annotates ? annotated(given, configurationOf(given)) : { ...given, metadata: { ...given.metadata, annotations: given.metadata?.annotations ?? {} } };
  let current: KubeObject;
  try {
    current = await run.client.json<KubeObject>('GET', path);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    if (error.status.reason !== 'NotFound') throw new StatusError({ ...error.status, message: `error when retrieving current configuration of:\n${whatIs(target, namespace)}\nfrom server for: "${source}": ${error.status.message}` });
    if (dryRun === 'client') return { object: modified, operation: 'created' };
    try {
      return { object: await run.client.json<KubeObject>('POST', pathOf(resource, namespace) + writeQuery(run, dryRun), { body: modified }), operation: 'created' };
    } catch (failed) {
      throw failed instanceof StatusError ? new StatusError(when(failed, 'creating', source)) : failed;
    }
  }
  const before = lastApplied(current);
  if (before === undefined && annotates) {
    run.err(`Warning: resource ${resource.plural}/${target.name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`);
  }
  return patchOne(run, target, namespace, { original: before === undefined ? {} : (JSON.parse(before) as JsonMap), modified, current }, dryRun);
}

interface Three {
  readonly original: JsonMap;
  readonly modified: KubeObject;
  readonly current: KubeObject;
}

async function patchOne(run: Run, target: FileTarget, namespace: string, { original, modified, current }: Three, dryRun: DryRun): Promise<Applied> {
  const strategic = isBuiltIn(target.resource.group);
  // What the server ignores from a client counts for nothing here either.
  const patch = (strategic ? strategicThreeWay : jsonThreeWay)(original, modified as JsonMap, current as JsonMap);
  const path = pathOf(target.resource, namespace, target.name);
  if (dryRun === 'client') return { object: Object.keys(patch).length === 0 ? current : merged(current, modified), operation: 'configured' };
  if (Object.keys(patch).length === 0) return { object: current, operation: 'unchanged' };
  const body = sortedJson(patch);
  try {
    const contentType = strategic ? 'application/strategic-merge-patch+json' : 'application/merge-patch+json';
    return { object: await run.client.json<KubeObject>('PATCH', path + writeQuery(run, dryRun), { raw: body, contentType }), operation: 'configured' };
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    if (run.flags.bool('force') && (error.status.reason === 'Invalid' || error.status.reason === 'Conflict')) return { object: await anew(run, target, namespace, modified), operation: 'configured' };
    throw new StatusError({ ...error.status, message: `error when applying patch:\n${body}\nto:\n${whatIs(target, namespace)}\nfor: "${target.source}": error when patching "${target.source}": ${error.status.message}` });
  }
}

/** `--force`: gone at once, and made again. */
async function anew(run: Run, { resource, name }: FileTarget, namespace: string, modified: KubeObject): Promise<KubeObject> {
  const old = await run.client.json<KubeObject & { readonly details?: { readonly uid?: string } }>('DELETE', pathOf(resource, namespace, name), { body: { propagationPolicy: 'Background', gracePeriodSeconds: 0 } });
  await waitGone(run, { resource, name, namespace }, old.metadata?.uid ?? old.details?.uid);
  return run.client.json<KubeObject>('POST', pathOf(resource, namespace) + writeQuery(run, 'none'), { body: modified });
}

/** For `--dry-run=client`: the server's object with the file's fields over it. */
function merged(current: KubeObject, modified: KubeObject): KubeObject {
  const over = (a: unknown, b: unknown): unknown =>
    typeof a === 'object' && a !== null && !Array.isArray(a) && typeof b === 'object' && b !== null && !Array.isArray(b)
      ? { ...a, ...Object.fromEntries(Object.entries(b).map(([key, value]) => [key, over((a as Record<string, unknown>)[key], value)])) }
      : b;
  return over(current, modified) as KubeObject;
}

function whatIs({ resource, object, name }: FileTarget, namespace: string): string {
  const groupVersion = resource.group ? `${resource.group}/${resource.version}` : `/${resource.version}`;
  return `Resource: "${groupVersion}, Resource=${resource.plural}", GroupVersionKind: "${groupVersion}, Kind=${object.kind}"\nName: "${name}", Namespace: "${resource.namespaced ? namespace : ''}"`;
}

async function serverSide(run: Run, path: string, object: KubeObject, dryRun: DryRun): Promise<Applied> {
  const manager = run.flags.has('field-manager') ? run.flags.text('field-manager') : 'kubectl';
  const query = `${writeQuery(run, dryRun, manager)}&force=${run.flags.bool('force-conflicts')}`;
  try {
    return { object: await run.client.json<KubeObject>('PATCH', path + query, { body: object, contentType: 'application/apply-patch+yaml' }), operation: 'serverside-applied' };
  } catch (error) {
    if (error instanceof StatusError && error.status.code === 415) throw plainError(`Server-side apply not available on the server: (${error.status.message})`);
    if (!(error instanceof StatusError) || error.status.reason !== 'Conflict') throw error;
    throw plainError(`Apply failed with ${error.status.message?.replace(/^Apply failed with /, '') ?? 'conflicts'}\nPlease review the fields above--they currently have other managers. Here\nare the ways you can resolve this warning:\n* If you intend to manage all of these fields, please re-run the apply\n  command with the \`--force-conflicts\` flag.\n* If you do not intend to manage all of the fields, please edit your\n  manifest to remove references to the fields that should keep their\n  current managers.\n* You may co-own fields by updating your manifest to match the existing\n  value; in this case, you'll become the manager if the other manager(s)\n  stop managing the field (remove it from their configuration).\nSee https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`);
  }
}
