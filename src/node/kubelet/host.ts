/** What the parts of a kubelet share: one node's machine, its API, its clock. No behaviour here. */
import type { Ipv4 } from '../../base/address.ts';
import type { Clock } from '../../base/clock.ts';
import type { Rng } from '../../base/rng.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import type { Registry } from '../../kinds/registry.ts';
import type { Machine, ProgramTable } from '../../machine/machine.ts';
import type { Process } from '../../machine/program.ts';
import type { NetNamespace } from '../../net/namespace.ts';
import type { PodReference } from '../cni/plugin.ts';
import type { BackOff } from './back-off.ts';
import type { KubeletConfiguration } from './configuration.ts';
import type { NodeFacts } from './field-ref.ts';
import type { NodeImages } from './images.ts';

/** The network of pods, as containerd sees it: a CNI plugin. */
export interface PodNetwork {
  /** @throws CniError in the plugin's words */
  attach(pod: PodReference, netns: NetNamespace): { readonly ip: Ipv4 };
  detach(pod: PodReference): void;
  readonly ready: boolean;
}

/** Writes or counts an event; the same shape as the controllers' recorder. */
export type EventRecorder = (event: {
  readonly object: Stored<KubeObject>;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly component: string;
  readonly host?: string;
  readonly fieldPath?: string;
}) => void;

export interface KubeletHost {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly record: EventRecorder;
  readonly machine: Machine;
  /** Image programs, and those of the cluster's own components. */
  readonly programs: ProgramTable;
  readonly images: NodeImages;
  readonly network: PodNetwork;
  /** Does containerd answer? */
  isRuntimeUp(): boolean;
  /** What it was started with. */
  readonly configuration: KubeletConfiguration;
  readonly node: NodeFacts;
  readonly crashes: BackOff;
  /** The kubelet's own process on the node, from which its probes come; undefined while it does not run. */
  process(): Process | undefined;
}

/** A container's, a sandbox's name for itself. */
export function hexId(rng: Rng): string {
  return rng.text(64, '0123456789abcdef');
}
