/** What both CNI daemons do with Node objects: read the other nodes, annotate their own, say that the network is up. */
import type { KubeObject, Stored } from '../../api/object.ts';
import { ApiError } from '../../api/status.ts';
import type { Component } from '../component.ts';

interface NodeObject extends KubeObject {
  spec?: { podCIDR?: string };
  status?: { addresses?: { type: string; address: string }[]; conditions?: Condition[] };
}

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastHeartbeatTime?: string;
  lastTransitionTime?: string;
}

export type NodeView = Stored<NodeObject>;

export function allNodes(component: Component): readonly NodeView[] {
  return component.registry.list('nodes').items as readonly NodeView[];
}

export function ownNode(component: Component): NodeView | undefined {
  return component.registry.find('nodes', component.nodeName) as NodeView | undefined;
}

export function internalIp(node: NodeView): string | undefined {
  return node.status?.addresses?.find((address) => address.type === 'InternalIP')?.address;
}

/** Writes the annotations and `NetworkUnavailable=False`. A node that is not there yet is left for the next try. */
export function announce(component: Component, annotations: Readonly<Record<string, string>>, reason: string, message: string): void {
  patchNode(component, { metadata: { annotations } });
  setNetworkUnavailable(component, 'False', reason, message);
}

/** The condition by which others know whether pods of this node have a network: the scheduler keeps away from `True`. */
export function setNetworkUnavailable(component: Component, status: 'True' | 'False', reason: string, message: string): void {
  const now = `${new Date(component.clock.unixMs()).toISOString().slice(0, 19)}Z`;
  patchNode(component, { status: { conditions: [{ type: 'NetworkUnavailable', status, reason, message, lastHeartbeatTime: now, lastTransitionTime: now }] } }, 'status');
}

function patchNode(component: Component, body: unknown, subresource?: 'status'): void {
  try {
    component.registry.patch('nodes', component.nodeName, undefined, { type: 'strategic', body }, subresource ? { subresource } : {});
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}
