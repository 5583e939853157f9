/** `kubectl diff`: what `apply` would change, through the diff program of this machine. See kubectl/pkg/cmd/diff/diff.go. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StatusError, statusText } from '../client.ts';
import type { Run, Verb } from '../command.ts';
import { FILE_FLAGS, targetsOfFiles, type FileTarget } from '../files.ts';
import { KubectlError, plainError, usageError } from '../io.ts';
import type { KubeObject } from '../object.ts';
import { toYaml } from '../output/yaml.ts';
import { withoutManagedFields } from '../print-objects.ts';
import { pathOf } from '../resources.ts';
import { managerFlag } from '../send.ts';
import { applyOne } from './apply.ts';

export const diff: Verb = {
  name: 'diff', short: 'Diff the live version against a would-be applied version', long: 'Diff configurations specified by file name or stdin between the current online configuration, and the configuration as it would be if applied.\n\nExit status: 0 No differences were found. 1 Differences were found. >1 Kubectl or diff failed with an error.',
  examples: '# Diff resources included in pod.json\nkubectl diff -f pod.json', usage: 'diff -f FILENAME [options]',
  flags: [
    ...FILE_FLAGS, managerFlag('kubectl-client-side-apply'),
    { name: 'server-side', type: 'bool', value: false, help: 'If true, apply runs in the server instead of the client.' },
    { name: 'force-conflicts', type: 'bool', value: false, help: 'If true, server-side apply will force the changes against conflicts.' },
    { name: 'show-managed-fields', type: 'bool', value: false, help: 'If true, include managed fields in the diff.' },
    { name: 'selector', short: 'l', type: 'string', value: '', help: 'Selector (label query) to filter on' },
  ],
  run: async (run) => {
    try {
      return await compare(run);
    } catch (error) {
      // 1 is for differences: what goes wrong is more than that.
      if (error instanceof StatusError) throw new KubectlError(statusText(error.status), 2);
      throw error instanceof KubectlError && error.exitCode === 1 ? new KubectlError(error.message, 2) : error;
    }
  },
};

async function compare(run: Run): Promise<number> {
  if (run.args.length > 0) throw usageError(run.command, `Unexpected args: [${run.args.join(' ')}]`);
  if (run.flags.list('filename').length === 0 && !run.flags.text('kustomize')) throw plainError('must specify one of -f and -k');
  const wanted = run.flags.text('selector') ? (await import('../labels.ts')).labelMatcher(run.flags.text('selector')) : () => true;
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-diff-'));
  try {
    const [live, merged] = ['LIVE', 'MERGED'].map((name) => join(folder, name)) as [string, string];
    mkdirSync(live);
    mkdirSync(merged);
    for (const target of await targetsOfFiles(run)) {
      if (!wanted(target.object.metadata?.labels ?? {})) continue;
      const before = await liveOf(run, target);
      const { object } = await applyOne(run, target, 'server', false);
      const name = fileName(target, target.namespace ?? run.namespace);
      if (before) writeFileSync(join(live, name), shown(run, before, target));
      writeFileSync(join(merged, name), shown(run, object, target));
    }
    const [program = 'diff', ...options] = (run.io.env['KUBECTL_EXTERNAL_DIFF'] ?? 'diff -u -N').split(/\s+/);
    const result = spawnSync(program, [...options, live, merged], { encoding: 'utf8', cwd: run.io.cwd });
    if (result.error) throw plainError(`failed to run ${JSON.stringify(program)}: executable file not found in $PATH`);
    run.out(result.stdout);
    run.err(result.stderr);
    return result.status ?? 2;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function liveOf(run: Run, target: FileTarget): Promise<KubeObject | undefined> {
  try {
    return await run.client.json<KubeObject>('GET', pathOf(target.resource, target.namespace ?? run.namespace, target.name));
  } catch (error) {
    if (error instanceof StatusError && error.status.reason === 'NotFound') return undefined;
    throw error;
  }
}

/** `apps.v1.Deployment.default.web` */
function fileName({ resource, name }: FileTarget, namespace: string): string {
  return `${resource.group ? `${resource.group}.` : ''}${resource.version}.${resource.kind}.${resource.namespaced ? namespace : ''}.${name}`;
}

/** A Secret's data are masked: only whether they differ is shown. */
function shown(run: Run, object: KubeObject, { resource }: FileTarget): string {
  const plain = withoutManagedFields(run, object);
  const data = plain['data'] as Readonly<Record<string, string>> | undefined;
  if (resource.kind !== 'Secret' || resource.group !== '' || !data) return toYaml(plain);
  return toYaml({ ...plain, data: Object.fromEntries(Object.keys(data).map((key) => [key, '***'])) });
}
