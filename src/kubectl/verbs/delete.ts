/** `kubectl delete`. See kubectl/pkg/cmd/delete/delete.go. */
import { StatusError } from '../client.ts';
import type { Run, Verb } from '../command.ts';
import { each } from '../each.ts';
import { FILE_FLAGS } from '../files.ts';
import { plainError } from '../io.ts';
import { namedObjects, pathTo, type Named } from '../named.ts';
import { OUTPUT_FLAGS } from '../print-objects.ts';
import { objectName } from '../resources.ts';
import { DRY_RUN_FLAG, dryRunOf, type DryRun } from '../result.ts';
import { readLine } from '../read-line.ts';
import { when } from './create.ts';
import { SELECT_FLAGS } from '../select.ts';
import { watchUntil } from '../watch-until.ts';

export const remove: Verb = {
  name: 'delete',
  short: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  long: 'Delete resources by file names, stdin, resources and names, or by resources and label selector.\n\nPods get their time to end in order before they are killed; --now and --force shorten it.',
  examples: '# Delete a pod using the type and name specified in pod.json\nkubectl delete -f ./pod.json\n\n# Delete pods and services with label name=myLabel\nkubectl delete pods,services -l name=myLabel\n\n# Delete a pod with minimal delay\nkubectl delete pod foo --now',
  usage: 'delete ([-f FILENAME] | TYPE [(NAME | -l label | --all)]) [options]',
  flags: [
    ...SELECT_FLAGS, ...FILE_FLAGS, ...OUTPUT_FLAGS, DRY_RUN_FLAG,
    { name: 'all', type: 'bool', value: false, help: 'Delete all resources, in the namespace of the specified resource types.' },
    { name: 'ignore-not-found', type: 'bool', value: false, help: 'Treat "resource not found" as a successful delete. Defaults to "true" when --all is specified.' },
    { name: 'cascade', type: 'string', value: 'background', bare: 'background', help: 'Must be "background", "orphan", or "foreground". Selects the deletion cascading strategy for the dependents (e.g. Pods created by a ReplicationController).' },
    { name: 'force', type: 'bool', value: false, help: 'If true, immediately remove resources from API and bypass graceful deletion.' },
    { name: 'grace-period', type: 'int', value: '-1', help: 'Period of time in seconds given to the resource to terminate gracefully. Ignored if negative.' },
    { name: 'now', type: 'bool', value: false, help: 'If true, resources are signaled for immediate shutdown (same as --grace-period=1).' },
    { name: 'timeout', type: 'duration', value: '0s', help: 'The length of time to wait before giving up on a delete, zero means determine a timeout from the size of the object' },
    { name: 'wait', type: 'bool', value: true, help: 'If true, wait for resources to be gone before returning. This waits for finalizers.' },
    { name: 'interactive', short: 'i', type: 'bool', value: false, help: 'If true, delete resource only when user confirms.' },
    { name: 'raw', type: 'string', value: '', help: 'Raw URI to DELETE to the server.  Uses the transport specified by the kubeconfig file.' },
  ],
  run: async (run) => {
    if (run.flags.text('raw')) {
      run.out((await run.client.send('DELETE', run.flags.text('raw'))).text);
      return 0;
    }
    const grace = graceOf(run);
    const dryRun = dryRunOf(run);
    const cascade = propagationOf(run);
    if (run.flags.bool('all') && run.flags.text('selector')) throw plainError('cannot set --all and --selector at the same time');
    const force = run.flags.bool('force');
    if (force && grace === 0) run.err('Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n');
    const wait = run.flags.bool('wait') && dryRun === 'none' && !(force && !run.flags.has('wait'));
    const targets = await namedObjects(run, run.args, { many: true });
    if (run.flags.bool('interactive') && targets.length > 0 && !(await isConfirmed(run, targets))) {
      run.out('deletion is cancelled\n');
      return 0;
    }
    const gone: { named: Named; uid: string | undefined }[] = [];
    const ignoreMissing = run.flags.bool('ignore-not-found') || (run.flags.bool('all') && !run.flags.has('ignore-not-found'));
    const code = await each(run, targets, async (named) => {
      try {
        const answer = dryRun === 'client'
          ? await run.client.json<Deleted>('GET', pathTo(named))
          : await run.client.json<Deleted>('DELETE', pathTo(named) + (dryRun === 'server' ? '?dryRun=All' : ''), { body: { ...(cascade ? { propagationPolicy: cascade } : {}), ...(grace < 0 ? {} : { gracePeriodSeconds: grace }) } });
        gone.push({ named, uid: answer.metadata?.uid ?? answer.details?.uid });
      } catch (error) {
        if (error instanceof StatusError && error.status.reason === 'NotFound' && ignoreMissing) return;
        throw error instanceof StatusError && named.source !== undefined ? new StatusError(when(error, 'deleting', named.source)) : error;
      }
      report(run, named, grace === 0, dryRun);
    });
    if (targets.length === 0 && code === 0) run.out('No resources found\n');
    // After a failure nobody waits for the rest.
    if (wait && code === 0) for (const one of gone) await waitGone(run, one.named, one.uid);
    return code;
  },
};

/** What is about to go, and whether the answer is yes. */
async function isConfirmed(run: Run, targets: readonly Named[]): Promise<boolean> {
  run.out(`You are about to delete the following ${targets.length} resource(s):\n${targets.map((one) => `${objectName(one.resource, one.name)}\n`).join('')}Do you want to continue? (y/n): `);
  return /^y$/i.test((await readLine(run.io)).trim());
}

interface Deleted {
  readonly metadata?: { readonly uid?: string };
  readonly details?: { readonly uid?: string };
}

function graceOf(run: Run): number {
  const given = run.flags.has('grace-period');
  let grace = run.flags.int('grace-period');
  if (run.flags.bool('now')) {
    if (given) throw plainError('--now and --grace-period cannot be specified together');
    grace = 1;
  }
  if (grace === 0 && !run.flags.bool('force')) return 1;
  if (run.flags.bool('force') && grace < 0) return 0;
  if (run.flags.bool('force') && grace > 0) throw plainError('--force and --grace-period greater than 0 cannot be specified together');
  return grace;
}

function propagationOf(run: Run): string {
  const names: Readonly<Record<string, string>> = { background: 'Background', foreground: 'Foreground', orphan: 'Orphan', true: 'Background', false: 'Orphan' };
  const policy = names[run.flags.text('cascade')];
  if (!policy) throw plainError(`invalid cascade value (${run.flags.text('cascade')}). Must be "background", "foreground", or "orphan"`);
  return policy;
}

function report(run: Run, named: Named, forced: boolean, dryRun: DryRun): void {
  const name = objectName(named.resource, named.name);
  if (run.flags.text('output') === 'name') return run.out(`${name}\n`);
  if (run.flags.text('output') !== '') throw plainError('unexpected -o output mode: ' + run.flags.text('output') + '. We only support \'-o name\'');
  const [kind] = name.split('/');
  const operation = forced && run.flags.bool('force') ? 'force deleted' : 'deleted';
  run.out(`${kind} "${named.name}" ${operation}${dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : ''}\n`);
}

/** Until the object is gone or another one has taken its name. */
export async function waitGone(run: Run, named: Named, uid: string | undefined): Promise<void> {
  const limit = run.flags.duration('timeout');
  const isGone = await watchUntil(run, named, limit > 0 ? limit : undefined, ({ object }) => (!object || (uid !== undefined && object.metadata?.uid !== uid) ? true : undefined));
  if (!isGone) throw plainError(`timed out waiting for the condition on ${named.resource.plural}/${named.name}`);
}
