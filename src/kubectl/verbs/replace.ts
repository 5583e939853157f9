/** `kubectl replace`. See kubectl/pkg/cmd/replace/replace.go. */
import { StatusError } from '../client.ts';
import type { Run, Verb } from '../command.ts';
import { each } from '../each.ts';
import { FILE_FLAGS, targetsOfFiles, type FileTarget } from '../files.ts';
import { plainError, usageError } from '../io.ts';
import { lastApplied, withLastApplied } from '../last-applied.ts';
import type { KubeObject } from '../object.ts';
import { pathOf } from '../resources.ts';
import { DRY_RUN_FLAG, dryRunOf, printResult, RESULT_FLAGS } from '../result.ts';
import { managerFlag, SAVE_CONFIG_FLAG, VALIDATE_FLAG, writeQuery } from '../send.ts';
import { when } from './create.ts';
import { waitGone } from './delete.ts';

export const replace: Verb = {
  name: 'replace',
  short: 'Replace a resource by file name or stdin',
  long: 'Replace a resource by file name or stdin.\n\nJSON and YAML formats are accepted. If replacing an existing resource, the complete resource spec must be provided.',
  examples: '# Replace a pod using the data in pod.json\nkubectl replace -f ./pod.json\n\n# Force replace, delete and then re-create the resource\nkubectl replace --force -f ./pod.json',
  usage: 'replace -f FILENAME [options]',
  flags: [
    ...FILE_FLAGS, ...RESULT_FLAGS, DRY_RUN_FLAG, VALIDATE_FLAG, SAVE_CONFIG_FLAG, managerFlag('kubectl-replace'),
    { name: 'force', type: 'bool', value: false, help: 'If true, immediately remove resources from API and bypass graceful deletion.' },
    { name: 'grace-period', type: 'int', value: '-1', help: 'Period of time in seconds given to the resource to terminate gracefully.' },
    { name: 'cascade', type: 'string', value: 'background', bare: 'background', help: 'Must be "background", "orphan", or "foreground".' },
    { name: 'timeout', type: 'duration', value: '0s', help: 'The length of time to wait before giving up on a delete' },
    { name: 'subresource', type: 'string', value: '', help: 'If specified, replace will operate on the subresource of the requested object.' },
  ],
  run: async (run) => {
    const { flags } = run;
    if (run.args.length > 0) throw usageError(run.command, `Unexpected args: [${run.args.join(' ')}]`);
    if (flags.list('filename').length === 0 && !flags.text('kustomize')) throw plainError('must specify one of -f and -k');
    if (flags.has('grace-period') && !flags.bool('force')) throw plainError('--grace-period must have --force specified');
    if (flags.duration('timeout') !== 0 && !flags.bool('force')) throw plainError('--timeout must have --force specified');
    const targets = await targetsOfFiles(run);
    if (targets.length === 0) throw plainError('no objects passed to replace');
    return flags.bool('force') ? forceReplace(run, targets) : replaceAll(run, targets);
  },
};

function replaceAll(run: Run, targets: readonly FileTarget[]): Promise<number> {
  const dryRun = dryRunOf(run);
  const subresource = run.flags.text('subresource') || undefined;
  return each(run, targets, async ({ resource, name, namespace, object, source }) => {
    const place = namespace ?? run.namespace;
    const placed = resource.namespaced && !object.metadata?.namespace ? { ...object, metadata: { ...object.metadata, namespace: place } } : object;
    const path = pathOf(resource, place, name, subresource);
    const body = run.flags.bool('save-config') || lastApplied(placed) !== undefined ? withLastApplied(placed) : placed;
    if (dryRun === 'client') return printResult(run, body, 'replaced', dryRun);
    try {
      // Without a version of its own the object takes the server's: the last one to speak wins.
      const version = body.metadata?.resourceVersion ?? (await run.client.json<KubeObject>('GET', path)).metadata?.resourceVersion;
      const answer = await run.client.json<KubeObject>('PUT', path + writeQuery(run, dryRun), { body: { ...body, metadata: { ...body.metadata, resourceVersion: version } } });
      printResult(run, answer, 'replaced', dryRun);
    } catch (error) {
      throw error instanceof StatusError ? new StatusError(when(error, 'replacing', source)) : error;
    }
  });
}

/** Deletes, waits until the old one is gone, and makes a new one. */
async function forceReplace(run: Run, targets: readonly FileTarget[]): Promise<number> {
  const grace = run.flags.has('grace-period') ? run.flags.int('grace-period') : 0;
  if (grace === 0 && run.flags.has('grace-period') && !run.flags.bool('force')) throw plainError('--grace-period must have --force specified');
  const gone: { target: FileTarget; uid: string | undefined }[] = [];
  const code = await each(run, targets, async (target) => {
    const place = target.namespace ?? run.namespace;
    try {
      const path = pathOf(target.resource, place, target.name);
      const answer = await run.client.json<KubeObject & { details?: { uid?: string } }>('DELETE', path, { body: { propagationPolicy: 'Background', ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}) } });
      gone.push({ target, uid: answer.metadata?.uid ?? answer.details?.uid });
    } catch (error) {
      if (error instanceof StatusError && error.status.reason === 'NotFound') return;
      throw error;
    }
    run.out(`${target.resource.singular}${target.resource.group ? `.${target.resource.group}` : ''} "${target.name}" deleted\n`);
  });
  if (code !== 0) return code;
  for (const { target, uid } of gone) await waitGone(run, { resource: target.resource, name: target.name, namespace: target.namespace ?? run.namespace }, uid);
  return each(run, targets, async ({ resource, namespace, object }) => {
    const { resourceVersion: _, uid: __, ...metadata } = object.metadata ?? {};
    const place = namespace ?? run.namespace;
    const body = { ...object, metadata };
    const answer = await run.client.json<KubeObject>('POST', pathOf(resource, place) + writeQuery(run, 'none'), { body: run.flags.bool('save-config') ? withLastApplied(body) : body });
    printResult(run, answer, 'replaced');
  });
}
