/** The pod template inside a workload: where `set`, `rollout` and `describe` look. */
import { dig, type KubeObject } from './object.ts';

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly env?: readonly EnvVar[];
  readonly resources?: { readonly limits?: Readonly<Record<string, string>>; readonly requests?: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: Readonly<Record<string, unknown>>;
}

/** Field names down to the pod's spec; a pod's own is `spec`. */
export function specPath(kind: string | undefined): readonly string[] | undefined {
  switch (kind) {
    case 'Pod':
      return ['spec'];
    case 'CronJob':
      return ['spec', 'jobTemplate', 'spec', 'template', 'spec'];
    case 'Deployment':
    case 'DaemonSet':
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'Job':
    case 'ReplicationController':
      return ['spec', 'template', 'spec'];
    default:
      return undefined;
  }
}

export function containersAt(object: KubeObject, path: readonly string[], field: 'containers' | 'initContainers' = 'containers'): readonly Container[] {
  return (dig(object, ...path, field) as readonly Container[] | undefined) ?? [];
}

/** `{a: {b: value}}` for `['a', 'b']`. */
export function nest(path: readonly string[], value: unknown): Record<string, unknown> {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Record<string, unknown>;
}
