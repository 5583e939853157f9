/**
 * What a controller is. Level-driven: it gets a key, looks at the world through the registry, moves it one step.
 * Running it twice changes nothing.
 */
import type { Clock } from '../base/clock.ts';
import type { Rng } from '../base/rng.ts';
import type { KubeObject, ObjectKey, Stored } from '../api/object.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Registry } from '../kinds/registry.ts';

export interface Controller {
  readonly name: string;
  readonly watches: readonly WatchRule[];
  /** What it watches of a kind that a CustomResourceDefinition adds while it runs. */
  watchesCustom?(kind: Kind): WatchRule;
  /** Throwing an ApiError means: refused, try again with back-off. Any other throw is a bug. */
  reconcile(key: ObjectKey): void | { readonly againAfterMs: number };
}

/** Events of `resource` (plural, e.g. `pods`) become keys to reconcile: usually itself or its owner. */
export interface WatchRule {
  readonly group: string;
  readonly resource: string;
  toKeys(object: Stored<KubeObject>, type: 'ADDED' | 'MODIFIED' | 'DELETED', previous?: Stored<KubeObject>): readonly ObjectKey[];
}

/** What every controller is made from. */
export interface ControllerContext {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly rng: Rng;
  /** Write or count an event (`kubectl get events`), as the real recorder aggregates them. */
  readonly record: EventRecorder;
}

export type EventRecorder = (event: {
  readonly object: Stored<KubeObject>;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** `deployment-controller`, `kubelet` … */
  readonly component: string;
  readonly host?: string;
  /** `spec.containers{nginx}` for events of one container. */
  readonly fieldPath?: string;
}) => void;

export type MakeController = (context: ControllerContext) => Controller;
