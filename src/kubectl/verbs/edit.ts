/** `kubectl edit`: the object in your editor, its changes as a patch, refusals back in the file. See kubectl/pkg/cmd/util/editor/editoptions.go. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonThreeWay, strategicThreeWay, type JsonMap } from '../apply/three-way.ts';
import { isBuiltIn } from '../built-in.ts';
import { StatusError, statusText } from '../client.ts';
import type { Run, Verb } from '../command.ts';
import { FILE_FLAGS, parseManifest } from '../files.ts';
import { KubectlError, plainError } from '../io.ts';
import { withLastApplied } from '../last-applied.ts';
import { fetch, namedObjects, pathTo, type Named } from '../named.ts';
import type { KubeObject } from '../object.ts';
import { sortedJson } from '../output/go-json.ts';
import { toYaml } from '../output/yaml.ts';
import { withoutManagedFields } from '../print-objects.ts';
import { objectName, qualified } from '../resources.ts';
import { printResult, RESULT_FLAGS } from '../result.ts';
import { managerFlag, SAVE_CONFIG_FLAG, VALIDATE_FLAG, writeQuery } from '../send.ts';

export const edit: Verb = {
  name: 'edit', short: 'Edit a resource on the server', long: 'Edit a resource from the default editor.\n\nThe edit command allows you to directly edit any API resource you can retrieve via the command-line tools. It will open the editor defined by your KUBE_EDITOR, or EDITOR environment variables, or fall back to \'vi\'.',
  examples: '# Edit the service named \'registry\'\nkubectl edit svc/registry\n\n# Use an alternative editor\nKUBE_EDITOR="nano" kubectl edit svc/registry', usage: 'edit (RESOURCE/NAME | -f FILENAME) [options]',
  flags: [
    ...FILE_FLAGS, ...RESULT_FLAGS, VALIDATE_FLAG, SAVE_CONFIG_FLAG, managerFlag('kubectl-edit'),
    { name: 'output-patch', type: 'bool', value: false, help: 'Output the patch if the resource is edited.' },
    { name: 'subresource', type: 'string', value: '', help: 'If specified, edit will operate on the subresource of the requested object.' },
  ],
  run: async (run) => {
    const named = await namedObjects(run, run.args, { many: true });
    if (named.length !== 1) throw plainError('the kubectl that comes with cka edits one object at a time: name one');
    const one = named[0]!;
    return editOne(run, one, await fetch(run, one));
  },
};

const HEADER = "# Please edit the object below. Lines beginning with a '#' will be ignored,\n# and an empty file will abort the edit. If an error occurs while saving this file will be\n# reopened with the relevant failures.\n#\n";

async function editOne(run: Run, one: Named, live: KubeObject): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-edit-'));
  const file = join(folder, `${one.name}.yaml`);
  const original = withoutManagedFields(run, live);
  let body = toYaml(original);
  let reason = '';
  try {
    for (;;) {
      const before = HEADER + reason + body;
      writeFileSync(file, before, { mode: 0o600 });
      await openEditor(run, file);
      const text = readFileSync(file, 'utf8');
      const edited = text.split('\n').filter((line) => !line.startsWith('#')).join('\n');
      if (edited.trim() === '') return cancelled(run, 'Edit cancelled, saved file was empty.');
      if (edited === body) {
        if (reason === '') return cancelled(run, 'Edit cancelled, no changes made.');
        throw keepCopy(run, text, 'Edit cancelled, no valid changes were saved.');
      }
      body = edited;
      try {
        return await save(run, one, original, parseManifest(edited, 'edited-file')[0]?.object);
      } catch (error) {
        if (!(error instanceof StatusError || error instanceof KubectlError)) throw error;
        const told = error instanceof StatusError ? statusText(error.status) : error.message;
        if (error instanceof StatusError && (error.status.reason === 'NotFound' || error.status.reason === 'Forbidden')) throw keepCopy(run, text, told);
        run.err(`${told.startsWith('error: ') ? told : `error: ${qualified(one.resource)} ${JSON.stringify(one.name)} is invalid`}\n`);
        reason = `${reasonLines(one, error, told)}#\n`;
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function reasonLines(one: Named, error: StatusError | KubectlError, told: string): string {
  const causes = error instanceof StatusError ? (error.status.details?.causes ?? []) : [];
  if (causes.length === 0) return told.split('\n').map((line) => `# ${line}\n`).join('');
  return `# ${qualified(one.resource)} ${JSON.stringify(one.name)} was not valid:\n${causes.map((cause) => `# * ${cause.field}: ${cause.message}\n`).join('')}`;
}

function cancelled(run: Run, text: string): number {
  run.err(`${text}\n`);
  return 0;
}

/** What was typed is never thrown away. */
function keepCopy(run: Run, text: string, told: string): KubectlError {
  const copy = join(mkdtempSync(join(tmpdir(), 'kubectl-edit-')), 'edit.yaml');
  writeFileSync(copy, text, { mode: 0o600 });
  run.err(`A copy of your changes has been stored to ${JSON.stringify(copy)}\n`);
  return new KubectlError(told.startsWith('error: ') || told.startsWith('Error ') ? told : `error: ${told}`);
}

async function save(run: Run, one: Named, original: KubeObject, edited: KubeObject | undefined): Promise<number> {
  if (!edited) throw plainError('no objects found in the edited file');
  if (edited.metadata?.name !== original.metadata?.name) throw plainError('At least one of apiVersion, kind and name was changed');
  const wanted = run.flags.bool('save-config') ? withLastApplied(edited) : edited;
  const strategic = isBuiltIn(one.resource.group);
  const patch = (strategic ? strategicThreeWay : jsonThreeWay)(original as JsonMap, wanted as JsonMap, original as JsonMap);
  if (Object.keys(patch).length === 0) {
    run.out(`${objectName(one.resource, one.name)} skipped\n`);
    return 0;
  }
  if (run.flags.bool('output-patch')) run.out(`Patch: ${sortedJson(patch)}\n`);
  const answer = await run.client.json<KubeObject>('PATCH', pathTo(one, run.flags.text('subresource') || undefined) + writeQuery(run, 'none'), { raw: sortedJson(patch), contentType: strategic ? 'application/strategic-merge-patch+json' : 'application/merge-patch+json' });
  printResult(run, answer, 'edited');
  return 0;
}

/** Through a shell, so that `EDITOR="code --wait"` works. */
export function openEditor(run: Run, file: string): Promise<void> {
  const editor = run.io.env['KUBE_EDITOR'] || run.io.env['EDITOR'] || 'vi';
  const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit', cwd: run.io.cwd, env: run.io.env as NodeJS.ProcessEnv });
  return new Promise((resolve, reject) => {
    child.on('error', () => reject(plainError(`unable to launch the editor ${JSON.stringify(editor)}`)));
    child.on('exit', (code) => (code === 0 ? resolve() : reject(plainError(`there was a problem with the editor ${JSON.stringify(editor)}`))));
  });
}
