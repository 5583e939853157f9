/** `kubectl scale`: through the scale subresource. See kubectl/pkg/cmd/scale/scale.go. */
import { StatusError } from '../client.ts';
import type { Run, Verb } from '../command.ts';
import { each } from '../each.ts';
import { FILE_FLAGS } from '../files.ts';
import { plainError } from '../io.ts';
import { fetch, namedObjects, pathTo, type Named } from '../named.ts';
import { dig, type KubeObject } from '../object.ts';
import { DRY_RUN_FLAG, dryRunOf, printResult, RESULT_FLAGS } from '../result.ts';
import { notFound, watchUntil } from '../watch-until.ts';

interface Scale extends KubeObject {
  readonly spec?: { readonly replicas?: number };
}

export const scale: Verb = {
  name: 'scale', short: 'Set a new size for a deployment, replica set, or replication controller',
  long: 'Set a new size for a deployment, replica set, replication controller, or stateful set.\n\nScale also allows users to specify one or more preconditions for the scale action.',
  examples: "# Scale a replica set named 'foo' to 3\nkubectl scale --replicas=3 rs/foo\n\n# If the deployment named mysql's current size is 2, scale mysql to 3\nkubectl scale --current-replicas=2 --replicas=3 deployment/mysql",
  usage: 'scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME) [options]',
  flags: [
    ...FILE_FLAGS, ...RESULT_FLAGS, DRY_RUN_FLAG,
    { name: 'replicas', type: 'int', value: '0', help: 'The new desired number of replicas. Required.' },
    { name: 'current-replicas', type: 'int', value: '-1', help: 'Precondition for current size. Requires that the current size of the resource match this value in order to scale. -1 (default) for no condition.' },
    { name: 'resource-version', type: 'string', value: '', help: 'Precondition for resource version. Requires that the current resource version match this value in order to scale.' },
    { name: 'selector', short: 'l', type: 'string', value: '', help: 'Selector (label query) to filter on' },
    { name: 'all', type: 'bool', value: false, help: 'Select all resources in the namespace of the specified resource types' },
    { name: 'timeout', type: 'duration', value: '0s', help: 'The length of time to wait before giving up on a scale operation, zero means don\'t wait. Any other values should contain a corresponding time unit (e.g. 1s, 2m, 3h).' },
  ],
  required: ['replicas'],
  run: async (run) => {
    const { flags } = run;
    const replicas = flags.int('replicas');
    if (replicas < 0) throw plainError('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
    const dryRun = dryRunOf(run);
    const named = await namedObjects(run, run.args, { many: true });
    const known: { one: Named; object: KubeObject }[] = [];
    const code = await each(run, named, async (one) => {
      try {
        known.push({ one, object: await fetch(run, one) });
      } catch (error) {
        throw error instanceof StatusError && named.length === 1 ? plainError(`no objects passed to scale ${error.status.message}`) : error;
      }
    });
    if (named.length === 0) throw plainError('no objects passed to scale');
    if (flags.text('resource-version') && known.length > 1) throw plainError('cannot use --resource-version with multiple resources');
    const failed = await each(run, known, async ({ one, object }) => {
      if (dryRun === 'client') return printResult(run, object, 'scaled', dryRun);
      const path = pathTo(one, 'scale');
      const current = await run.client.json<Scale>('GET', path).catch((error: unknown) => {
        throw error instanceof StatusError && error.status.reason === 'NotFound' ? new StatusError({ ...error.status, message: 'the server could not find the requested resource' }) : error;
      });
      const had = current.spec?.replicas ?? 0;
      if (flags.int('current-replicas') >= 0 && had !== flags.int('current-replicas')) throw plainError(`Expected replicas to be ${flags.int('current-replicas')}, was ${had}`);
      if (flags.text('resource-version') && current.metadata?.resourceVersion !== flags.text('resource-version')) throw plainError(`Expected resource version to be ${flags.text('resource-version')}, was ${current.metadata?.resourceVersion}`);
      const query = dryRun === 'server' ? '?dryRun=All' : '';
      await run.client.json('PATCH', path + query, { body: { spec: { replicas } }, contentType: 'application/merge-patch+json' });
      printResult(run, { ...object, spec: { ...(object['spec'] as object), replicas } }, 'scaled', dryRun);
      if (flags.duration('timeout') > 0 && dryRun === 'none') await untilScaled(run, one, replicas);
    });
    return code || failed;
  },
};

async function untilScaled(run: Run, one: Named, replicas: number): Promise<void> {
  const isThere = await watchUntil(run, one, run.flags.duration('timeout'), ({ object }) => {
    if (!object) throw notFound(one);
    return dig(object, 'status', 'replicas') === replicas ? true : undefined;
  });
  if (!isThere) throw plainError('timed out waiting for the condition');
}
