/** `kubectl patch`. See kubectl/pkg/cmd/patch/patch.go. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { jsonPatch, JsonPatchError, type Operation } from '../apply/json-patch.ts';
import { strategicMerge } from '../apply/strategic-merge.ts';
import type { Json, JsonMap } from '../apply/three-way.ts';
import { StatusError } from '../client.ts';
import type { Verb } from '../command.ts';
import { each } from '../each.ts';
import { FILE_FLAGS } from '../files.ts';
import { plainError } from '../io.ts';
import { fetch, LOCAL_FLAG, namedObjects, pathTo } from '../named.ts';
import type { KubeObject } from '../object.ts';
import { DRY_RUN_FLAG, dryRunOf, printResult, RESULT_FLAGS } from '../result.ts';

export const PATCH_TYPES: Readonly<Record<string, string>> = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
};

export const patch: Verb = {
  name: 'patch',
  short: 'Update fields of a resource',
  long: 'Update fields of a resource using strategic merge patch, a JSON merge patch, or a JSON patch.\n\nJSON and YAML formats are accepted.',
  examples: "# Partially update a node using a strategic merge patch, specifying the patch as JSON\nkubectl patch node k8s-node-1 -p '{\"spec\":{\"unschedulable\":true}}'\n\n# Update a container's image using a JSON patch with positional arrays\nkubectl patch pod valid-pod --type='json' -p='[{\"op\": \"replace\", \"path\": \"/spec/containers/0/image\", \"value\":\"new image\"}]'",
  usage: 'patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE] [options]',
  flags: [
    ...FILE_FLAGS, ...RESULT_FLAGS, DRY_RUN_FLAG, LOCAL_FLAG,
    { name: 'patch', short: 'p', type: 'string', value: '', help: 'The patch to be applied to the resource JSON file.' },
    { name: 'patch-file', type: 'string', value: '', help: 'A file containing a patch to be applied to the resource.' },
    { name: 'type', type: 'string', value: 'strategic', help: 'The type of patch being provided; one of [json merge strategic]' },
    { name: 'subresource', type: 'string', value: '', help: 'If specified, patch will operate on the subresource of the requested object.' },
    { name: 'field-manager', type: 'string', value: 'kubectl-patch', help: 'Name of the manager used to track field ownership.' },
  ],
  run: async (run) => {
    const contentType = PATCH_TYPES[run.flags.text('type').toLowerCase()];
    if (!contentType) throw plainError(`--type must be one of [json merge strategic], not "${run.flags.text('type')}"`);
    const text = run.flags.text('patch-file') ? readFileSync(resolve(run.io.cwd, run.flags.text('patch-file')), 'utf8') : run.flags.text('patch');
    if (text === '') throw plainError('must specify --patch or --patch-file containing the contents of the patch');
    if (run.flags.bool('local') && run.args.length > 0) throw plainError('cannot specify --local and server resources');
    const raw = await patchText(text);
    const dryRun = dryRunOf(run);
    const query = `?fieldManager=${run.flags.text('field-manager')}${dryRun === 'server' ? '&dryRun=All' : ''}`;
    return each(run, await namedObjects(run, run.args, { many: false }), async (named) => {
      const before = await fetch(run, named);
      if (dryRun === 'client' || run.flags.bool('local')) {
        const after = patchedHere(before, contentType, raw);
        return printResult(run, after, withoutVersion(before) === withoutVersion(after) ? 'patched (no change)' : 'patched');
      }
      const after = await run.client.json<KubeObject>('PATCH', pathTo(named, run.flags.text('subresource') || undefined) + query, { raw, contentType }).catch((error: unknown) => {
        if (!(error instanceof StatusError) || error.status.code !== 415 || !error.status.message) throw error;
        throw plainError(`${contentType} is not supported by ${before.apiVersion}, Kind=${before.kind}: ${error.status.message}`);
      });
      const changed = withoutVersion(before) !== withoutVersion(after);
      printResult(run, after, changed ? 'patched' : 'patched (no change)', dryRun);
    });
  },
};

/** Without asking the server. @throws KubectlError */
function patchedHere(object: KubeObject, contentType: string, raw: string): KubeObject {
  const patch = JSON.parse(raw) as Json;
  if (contentType === PATCH_TYPES['json']) {
    try {
      return jsonPatch(object as Json, patch as unknown as Operation[]) as unknown as KubeObject;
    } catch (error) {
      throw error instanceof JsonPatchError ? plainError(error.message) : error;
    }
  }
  // Without merge keys a strategic patch is a plain one.
  return strategicMerge(object as JsonMap, patch as JsonMap, { newElements: 'last', atomicLists: contentType === PATCH_TYPES['merge'] }) as unknown as KubeObject;
}

/** JSON goes out as it is, whatever it holds: the server judges it. YAML becomes JSON first. */
async function patchText(text: string): Promise<string> {
  if (/^\s*[{[]/.test(text)) return text;
  const { parse } = await import('yaml');
  try {
    return JSON.stringify(parse(text));
  } catch (error) {
    throw plainError(`unable to parse "${text}": yaml: ${(error as Error).message.split('\n')[0]}`);
  }
}

/** What the user could have changed: versions and bookkeeping left out. */
export function withoutVersion(object: KubeObject): string {
  return JSON.stringify(sorted({ ...object, metadata: { ...object.metadata, resourceVersion: undefined, managedFields: undefined, generation: undefined } }));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return (value as unknown[]).map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}
