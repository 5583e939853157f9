/** `kubectl apply view-last-applied|set-last-applied|edit-last-applied`. See kubectl/pkg/cmd/apply. */
import type { Verb } from '../command.ts';
import { each } from '../each.ts';
import { FILE_FLAGS, targetsOfFiles } from '../files.ts';
import { KubectlError, plainError } from '../io.ts';
import { annotated, configurationOf, LAST_APPLIED, lastApplied } from '../last-applied.ts';
import { fetch, namedObjects } from '../named.ts';
import type { KubeObject } from '../object.ts';
import { toYaml } from '../output/yaml.ts';
import { goJsonIndent } from '../print-objects.ts';
import { pathOf } from '../resources.ts';
import { DRY_RUN_FLAG, dryRunOf, printResult, RESULT_FLAGS } from '../result.ts';

export const viewLastApplied: Verb = {
  name: 'view-last-applied', short: 'View the latest last-applied-configuration annotations of a resource/object', long: 'View the latest last-applied-configuration annotations by type/name or file.',
  examples: '# View the last-applied-configuration annotations by type/name in YAML\nkubectl apply view-last-applied deployment/nginx', usage: 'apply view-last-applied (TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME) [options]',
  flags: [
    ...FILE_FLAGS,
    { name: 'output', short: 'o', type: 'string', value: 'yaml', help: 'Output format. Must be one of (yaml, json)' },
    { name: 'selector', short: 'l', type: 'string', value: '', help: 'Selector (label query) to filter on' },
    { name: 'all', type: 'bool', value: false, help: 'Select all resources in the namespace of the specified resource types' },
  ],
  run: async (run) => {
    const output = run.flags.text('output');
    if (output !== 'yaml' && output !== 'json') throw plainError(`Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`);
    const all = await namedObjects(run, run.args, { many: true });
    const texts: string[] = [];
    const code = await each(run, all, async (named) => {
      const text = lastApplied(await fetch(run, named));
      // What was never applied is passed over in silence.
      if (text !== undefined) texts.push(text);
    });
    for (const text of texts) run.out(output === 'yaml' ? toYaml(JSON.parse(text)) : `${goJsonIndent(JSON.parse(text)).replace(/^ +/gm, (blanks) => blanks.slice(blanks.length / 2))}\n`);
    return code;
  },
};

export const setLastApplied: Verb = {
  name: 'set-last-applied', short: 'Set the last-applied-configuration annotation on a live object to match the contents of a file', long: 'Set the latest last-applied-configuration annotations by setting it to match the contents of a file.',
  examples: '# Set the last-applied-configuration of a resource to match the contents of a file\nkubectl apply set-last-applied -f deploy.yaml', usage: 'apply set-last-applied -f FILENAME [options]',
  flags: [...FILE_FLAGS, ...RESULT_FLAGS, DRY_RUN_FLAG, { name: 'create-annotation', type: 'bool', value: false, help: "Will create 'last-applied-configuration' annotations if current objects doesn't have one" }],
  run: async (run) => {
    const dryRun = dryRunOf(run);
    return each(run, await targetsOfFiles(run), async ({ resource, name, namespace, object }) => {
      const place = namespace ?? run.namespace;
      const path = pathOf(resource, place, name);
      const current = await run.client.json<KubeObject>('GET', path);
      if (lastApplied(current) === undefined && !run.flags.bool('create-annotation')) throw plainError(`no last-applied-configuration annotation found on resource: ${name}, to create the annotation, run the command with --create-annotation`);
      const placed = resource.namespaced && !object.metadata?.namespace ? { ...object, metadata: { ...object.metadata, namespace: place } } : object;
      const text = configurationOf(placed);
      if (dryRun === 'client') return printResult(run, annotated(current, text), 'configured', dryRun);
      const answer = await run.client.json<KubeObject>('PATCH', `${path}${dryRun === 'server' ? '?dryRun=All' : ''}`, { body: { metadata: { annotations: { [LAST_APPLIED]: text } } }, contentType: 'application/merge-patch+json' });
      printResult(run, answer, 'configured', dryRun);
    });
  },
};

export const editLastApplied: Verb = {
  name: 'edit-last-applied', short: 'Edit latest last-applied-configuration annotations of a resource/object', long: 'Edit the latest last-applied-configuration annotations of resources from the default editor. (Needs the real kubectl.)',
  examples: '', usage: 'apply edit-last-applied (RESOURCE/NAME | -f FILENAME) [options]', flags: FILE_FLAGS,
  run: () => Promise.reject(new KubectlError(`error: apply edit-last-applied is not available in the kubectl that comes with cka: use apply view-last-applied and apply set-last-applied, or install the real kubectl`)),
};

