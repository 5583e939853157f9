/** What all parts of `kubectl set` share: flags, words with `=`, and a patch for each object. */
import { strategicMerge } from '../apply/strategic-merge.ts';
import type { JsonMap } from '../apply/three-way.ts';
import { StatusError } from '../client.ts';
import type { Run } from '../command.ts';
import { each } from '../each.ts';
import { FILE_FLAGS } from '../files.ts';
import type { Flag } from '../flags.ts';
import { plainError } from '../io.ts';
import { fetch, LOCAL_FLAG, pathTo, type Named } from '../named.ts';
import type { KubeObject } from '../object.ts';
import { specPath } from '../podspec.ts';
import { DRY_RUN_FLAG, dryRunOf, printResult, RESULT_FLAGS } from '../result.ts';
import { managerFlag } from '../send.ts';

export const SET_FLAGS: readonly Flag[] = [
  ...FILE_FLAGS, ...RESULT_FLAGS, DRY_RUN_FLAG, managerFlag('kubectl-set'),
  { name: 'all', type: 'bool', value: false, help: 'If true, select all resources in the namespace of the specified resource types' },
  { name: 'selector', short: 'l', type: 'string', value: '', help: 'Selector (label query) to filter on' },
  LOCAL_FLAG,
];

/** Splits `type name key=value …`: words with `=` (or a trailing `-`) are what is to be set. */
export function splitSpecs(args: readonly string[], removals = false): { targets: readonly string[]; specs: readonly string[] } {
  const isSpec = (arg: string) => arg.includes('=') || (removals && arg.endsWith('-'));
  return { targets: args.filter((arg) => !isSpec(arg)), specs: args.filter(isSpec) };
}

/** Applies a strategic patch to each object; `patchOf` answers undefined when nothing is to be done. @param update what a refusal says was tried: `image update to pod template:` */
export function patchEach(run: Run, named: readonly Named[], operation: string, update: string, patchOf: (object: KubeObject, path: readonly string[]) => object | undefined): Promise<number> {
  const dryRun = dryRunOf(run);
  return each(run, named, async (one) => {
    const object = await fetch(run, one);
    const path = specPath(object.kind);
    if (!path) throw plainError(`${one.resource.plural}/${one.name} the object is not a pod or does not have a pod template: ${one.resource.group}/${one.resource.version}, Kind=${object.kind}`);
    const body = patchOf(object, path);
    if (body === undefined) return;
    if (dryRun === 'client' || run.flags.bool('local')) return printResult(run, strategicMerge(object as JsonMap, body as JsonMap, { newElements: 'last' }) as unknown as KubeObject, operation, dryRun);
    const query = `?fieldManager=${run.flags.text('field-manager')}${dryRun === 'server' ? '&dryRun=All' : ''}`;
    const answer = await run.client.json<KubeObject>('PATCH', pathTo(one) + query, { body, contentType: 'application/strategic-merge-patch+json' }).catch((error: unknown) => {
      throw error instanceof StatusError ? plainError(`failed to patch ${update} ${error.message}`) : error;
    });
    printResult(run, answer, operation, dryRun);
  });
}

/** A shell pattern of `*`. */
export function fits(name: string, pattern: string): boolean {
  return new RegExp(`^${pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`).test(name);
}
