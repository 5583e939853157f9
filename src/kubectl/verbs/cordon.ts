/** `kubectl cordon` and `uncordon`. See kubectl/pkg/cmd/drain and drain/cordon.go. */
import type { Run, Verb } from '../command.ts';
import { each } from '../each.ts';
import { plainError, usageError } from '../io.ts';
import { fetch, namedObjects, pathTo, type Named } from '../named.ts';
import { dig } from '../object.ts';
import { DRY_RUN_FLAG, dryRunOf, type DryRun } from '../result.ts';

export const NODE_FLAGS: Verb['flags'] = [DRY_RUN_FLAG, { name: 'selector', short: 'l', type: 'string', value: '', help: 'Selector (label query) to filter on' }];

/** The nodes on the command line, looked up: one that is not there keeps the others from being touched. @throws KubectlError in drain's words */
export async function nodesOf(run: Run): Promise<readonly Named[]> {
  const selector = run.flags.text('selector');
  if (run.args.length > 0 && selector) throw plainError('error: cannot specify both a node name and a --selector option');
  if (run.args.length === 0 && !selector) throw usageError(run.command, `USAGE: ${run.command.replace('kubectl ', '')} NODE [flags]`);
  const named = await namedObjects(run, ['nodes', ...run.args], { many: true });
  if (named.length === 0) run.err('No resources found\n');
  const found: Named[] = [];
  for (const one of named) found.push({ ...one, object: await fetch(run, one) });
  return found;
}

/** Sets `spec.unschedulable` and tells about it. */
export async function mark(run: Run, named: Named, unschedulable: boolean, dryRun: DryRun): Promise<void> {
  const node = await fetch(run, named);
  const word = unschedulable ? 'cordoned' : 'uncordoned';
  const note = dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : '';
  if ((dig(node, 'spec', 'unschedulable') === true) === unschedulable) return run.out(`node/${named.name} already ${word}${note}\n`);
  if (dryRun !== 'client') await run.client.json('PATCH', pathTo(named) + (dryRun === 'server' ? '?dryRun=All' : ''), { body: { spec: { unschedulable: unschedulable ? true : null } }, contentType: 'application/strategic-merge-patch+json' });
  run.out(`node/${named.name} ${word}${note}\n`);
}

function verb(name: 'cordon' | 'uncordon', short: string): Verb {
  return {
    name, short, long: `${short}.`, examples: `# ${short.replace('node', 'node "foo"')}\nkubectl ${name} foo`, usage: `${name} NODE [options]`, flags: NODE_FLAGS,
    run: async (run) => {
      const dryRun = dryRunOf(run);
      return each(run, await nodesOf(run), (named) => mark(run, named, name === 'cordon', dryRun));
    },
  };
}

export const cordon = verb('cordon', 'Mark node as unschedulable');
export const uncordon = verb('uncordon', 'Mark node as schedulable');
