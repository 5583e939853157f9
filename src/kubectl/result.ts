/** What a changing verb prints for each object: `pod/web created`, or the object itself with `-o`. See genericclioptions.PrintFlags. */
import { plainError } from './io.ts';
import { klogLine } from './klog.ts';
import type { Flag } from './flags.ts';
import type { Run } from './command.ts';
import type { KubeObject } from './object.ts';
import { formatOf, nameOf, OUTPUT_FLAGS, printObject } from './print-objects.ts';

export const DRY_RUN_FLAG: Flag = {
  name: 'dry-run', type: 'string', value: 'none', bare: 'unchanged',
  help: 'Must be "none", "server", or "client". If client strategy, only print the object that would be sent, without sending it. If server strategy, submit server-side request without persisting the resource.',
};

export const RESULT_FLAGS: readonly Flag[] = [...OUTPUT_FLAGS];

export type DryRun = 'none' | 'client' | 'server';

/** @throws KubectlError for a strategy that is none */
export function dryRunOf(run: Run): DryRun {
  const text = run.flags.text('dry-run');
  switch (text) {
    case 'none':
    case 'client':
    case 'server':
      return text;
    case 'unchanged':
      run.err(klogLine('W', 'helpers.go:703', '--dry-run is deprecated and can be replaced with --dry-run=client.'));
      return 'client';
    default:
      throw plainError(`Invalid dry-run value (${text}). Must be "none", "server", or "client".`);
  }
}

/** @param operation `created`, `configured`, `deleted` … */
export function printResult(run: Run, object: KubeObject, operation: string, dryRun: DryRun = 'none', options: { readonly typed?: boolean } = {}): void {
  const format = formatOf(run);
  if (format.type !== 'table' && format.type !== 'wide') {
    // Names need no server: a kind in lower case is the singular of every built-in type.
    return printObject(run, format, object, undefined, options);
  }
  const note = dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : '';
  run.out(`${nameOf(object, undefined)} ${operation}${note}\n`);
}
