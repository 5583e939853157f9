/**
 * ReplicationController: what ReplicaSets were before they could select by expressions. The real one, too, is the
 * ReplicaSets' controller that reads another kind. See pkg/controller/replication/conversion.go.
 */
import type { KubeObject, Stored } from '../api/object.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { replicasController } from './replicaset.ts';
import type { PodTemplate, ReplicaSet } from './shapes.ts';

interface ReplicationController extends KubeObject {
  spec: { replicas?: number; minReadySeconds?: number; selector?: Record<string, string>; template: PodTemplate };
  status?: NonNullable<ReplicaSet['status']>;
}

export const replicationControllerController = (context: ControllerContext): Controller =>
  replicasController({
    ...context,
    of: {
      name: 'replicationcontroller',
      group: '',
      resource: 'replicationcontrollers',
      kind: 'ReplicationController',
      component: 'replication-controller',
      read: (object) => asReplicaSet(object as unknown as Stored<ReplicationController>),
      statusOf: ({ terminatingReplicas: _notCounted, ...status }) => status,
    },
  });

const asReplicaSet = (stored: Stored<ReplicationController>): Stored<ReplicaSet> => ({ ...stored, spec: { ...stored.spec, selector: { matchLabels: stored.spec.selector ?? {} } } }) as Stored<ReplicaSet>;
