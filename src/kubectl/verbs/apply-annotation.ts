/** `kubectl apply view-last-applied|set-last-applied|edit-last-applied`. See kubectl/pkg/cmd/apply. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run, Verb } from '../command.ts';
import { each } from '../each.ts';
import { FILE_FLAGS, parseManifest, targetsOfFiles } from '../files.ts';
import { plainError } from '../io.ts';
import { annotated, configurationOf, LAST_APPLIED, lastApplied } from '../last-applied.ts';
import { fetch, namedObjects, pathTo } from '../named.ts';
import type { KubeObject } from '../object.ts';
import { goJsonIndent } from '../output/go-json.ts';
import { toYaml } from '../output/yaml.ts';
import { pathOf } from '../resources.ts';
import { DRY_RUN_FLAG, dryRunOf, printResult, RESULT_FLAGS } from '../result.ts';
import { openEditor } from './edit.ts';

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

const HEADER = "# Please edit the 'last-applied-configuration' annotations below.\n# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.\n#\n";

export const editLastApplied: Verb = {
  name: 'edit-last-applied', short: 'Edit latest last-applied-configuration annotations of a resource/object', long: 'Edit what an object remembers of the last apply, in the editor that KUBE_EDITOR or EDITOR names. The object itself stays as it is.',
  examples: '# Edit the last-applied-configuration annotations by type/name in YAML\nkubectl apply edit-last-applied deployment/nginx', usage: 'apply edit-last-applied (RESOURCE/NAME | -f FILENAME)', flags: [...FILE_FLAGS, ...RESULT_FLAGS],
  run: async (run) => each(run, await namedObjects(run, run.args, { many: false }), async (named) => {
    const live = await fetch(run, named);
    const before = lastApplied(live);
    if (before === undefined) throw plainError(`last-applied-configuration annotation not found on resource: ${named.name}`);
    const body = toYaml(JSON.parse(before));
    const edited = await editedText(run, named.name, HEADER + body);
    if (edited.trim() === '') return run.err('Edit cancelled, saved file was empty.\n');
    if (edited === body) return run.err('Edit cancelled, no changes made.\n');
    const object = parseManifest(edited, 'edited-file')[0]?.object;
    if (object?.metadata?.name !== named.name || object.kind !== live.kind) throw plainError('At least one of apiVersion, kind and name was changed');
    const text = configurationOf(object);
    printResult(run, await run.client.json<KubeObject>('PATCH', pathTo(named), { body: { metadata: { annotations: { [LAST_APPLIED]: text } } }, contentType: 'application/merge-patch+json' }), 'edited');
  }),
};

/** What the editor leaves of it, without comments. */
async function editedText(run: Run, name: string, text: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-edit-'));
  const file = join(folder, `${name}.yaml`);
  try {
    writeFileSync(file, text, { mode: 0o600 });
    await openEditor(run, file);
    return readFileSync(file, 'utf8').split('\n').filter((line) => !line.startsWith('#')).join('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
