/** `kubectl apply --prune`: what was applied once and is in no file any more is deleted. See kubectl/pkg/cmd/apply/prune.go. */
import type { Run } from '../command.ts';
import type { Flag } from '../flags.ts';
import { plainError } from '../io.ts';
import { lastApplied } from '../last-applied.ts';
import type { KubeObject } from '../object.ts';
import { objectName, pathOf, type Resource } from '../resources.ts';
import type { DryRun } from '../result.ts';
import { listAll } from './get.ts';

export const PRUNE_FLAGS: readonly Flag[] = [
  { name: 'prune', type: 'bool', value: false, help: 'Automatically delete resource objects, that do not appear in the configs and are created by either apply or create --save-config. Should be used with either -l or --all.' },
  { name: 'prune-allowlist', type: 'array', help: 'Overwrite the default allowlist with <group/version/kind> for --prune' },
];

const ALLOWED = [
  'core/v1/ConfigMap', 'core/v1/Endpoints', 'core/v1/Namespace', 'core/v1/PersistentVolumeClaim', 'core/v1/PersistentVolume', 'core/v1/Pod', 'core/v1/ReplicationController', 'core/v1/Secret', 'core/v1/Service',
  'batch/v1/Job', 'batch/v1/CronJob', 'networking.k8s.io/v1/Ingress', 'apps/v1/DaemonSet', 'apps/v1/Deployment', 'apps/v1/ReplicaSet', 'apps/v1/StatefulSet',
];

/** @throws KubectlError for a kind that is none, and when all would be pruned and nobody said so */
export function checkPrune({ flags }: Run): void {
  const wrong = flags.list('prune-allowlist').find((text) => text.split('/').length !== 3);
  if (wrong !== undefined) throw plainError(`invalid GroupVersionKind format: ${wrong}, please follow <group/version/kind>`);
  if (flags.bool('prune') && !flags.bool('all') && !flags.text('selector')) throw plainError('all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector');
}

/** @param applied what stays */
export async function prune(run: Run, applied: readonly KubeObject[], dryRun: DryRun): Promise<void> {
  const kept = new Set(applied.map((object) => object.metadata?.uid));
  const namespaces = [...new Set(applied.map((object) => object.metadata?.namespace).filter((name) => name !== undefined))];
  for (const resource of await allowed(run)) {
    for (const namespace of resource.namespaced ? namespaces : [undefined]) {
      const all = await listAll(run, resource, namespace);
      for (const object of all) if (lastApplied(object) !== undefined && !kept.has(object.metadata?.uid)) await remove(run, resource, object, dryRun);
    }
  }
}

async function allowed(run: Run): Promise<readonly Resource[]> {
  const resources = await run.resources();
  const given = run.flags.list('prune-allowlist');
  const kinds = (given.length > 0 ? given : ALLOWED).map((text) => {
    const [group, version, kind] = text.split('/');
    return resources.ofKind(group === 'core' ? version! : `${group}/${version}`, kind!);
  });
  const known = kinds.filter((one) => one !== undefined);
  return [...known.filter((one) => one.namespaced), ...known.filter((one) => !one.namespaced)];
}

async function remove(run: Run, resource: Resource, object: KubeObject, dryRun: DryRun): Promise<void> {
  const name = object.metadata?.name ?? '';
  if (dryRun !== 'client') await run.client.json('DELETE', pathOf(resource, object.metadata?.namespace, name) + (dryRun === 'server' ? '?dryRun=All' : ''), { body: { propagationPolicy: 'Background' } });
  run.out(`${objectName(resource, name)} pruned${dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : ''}\n`);
}
