/** Every controller there is. A new one is a file and a line here. The scheduler is a process of its own, as in a real cluster. */
import type { MakeController } from './controller.ts';
import { apiServiceController } from './api-services.ts';
import { clusterRoleAggregation } from './clusterrole-aggregation.ts';
import { cronJobController } from './cronjob.ts';
import { customResourceDefinitionController } from './custom-resource-definition.ts';
import { csiNodeController } from './csi-nodes.ts';
import { csrSigner } from './csr-signing.ts';
import { daemonSetController } from './daemonset.ts';
import { deploymentController } from './deployment.ts';
import { disruptionController } from './disruption.ts';
import { endpointsController } from './endpoints.ts';
import { endpointSliceMirroringController } from './endpointslice-mirroring.ts';
import { endpointSliceController } from './endpointslice.ts';
import { garbageCollector } from './garbage-collector.ts';
import { horizontalPodAutoscalerController } from './horizontalpodautoscaler.ts';
import { ipAddressController } from './ip-addresses.ts';
import { jobController } from './job.ts';
import { localPathProvisioner } from './local-path-provisioner.ts';
import { namespaceController } from './namespace.ts';
import { nodeIpamController } from './node-ipam.ts';
import { nodeLifecycleController } from './node-lifecycle.ts';
import { claimBinder, volumeController } from './persistentvolume.ts';
import { podGarbageCollector } from './pod-gc.ts';
import { replicaSetController } from './replicaset.ts';
import { replicationControllerController } from './replicationcontroller.ts';
import { resourceQuotaController } from './resource-quota.ts';
import { rootCaController } from './root-ca.ts';
import { schedulerController } from './scheduler.ts';
import { serviceCidrController } from './service-cidrs.ts';
import { serviceAccountController } from './serviceaccount.ts';
import { statefulSetController } from './statefulset.ts';
import { taintEvictionController } from './taint-eviction.ts';
import { ttlAfterFinishedController } from './ttl-after-finished.ts';
import { claimProtection, volumeProtection } from './volume-protection.ts';

export const controllers: readonly MakeController[] = [
  serviceAccountController,
  rootCaController,
  namespaceController,
  nodeIpamController,
  nodeLifecycleController,
  taintEvictionController,
  deploymentController,
  replicaSetController,
  replicationControllerController,
  daemonSetController,
  statefulSetController,
  jobController,
  cronJobController,
  ttlAfterFinishedController,
  disruptionController,
  horizontalPodAutoscalerController,
  endpointsController,
  endpointSliceController,
  endpointSliceMirroringController,
  claimBinder,
  volumeController,
  claimProtection,
  volumeProtection,
  localPathProvisioner,
  csiNodeController,
  serviceCidrController,
  ipAddressController,
  apiServiceController,
  clusterRoleAggregation,
  csrSigner,
  resourceQuotaController,
  podGarbageCollector,
  customResourceDefinitionController,
  garbageCollector,
];

export const scheduler: MakeController = schedulerController;
