/**
 * Every kind that the API serves. Adding one is a file and a line; discovery, tables and validation follow.
 * The first version listed of a resource is the preferred one.
 */
import { certificatesigningrequest } from './certificatesigningrequest.ts';
import { apiservice } from './apiservice.ts';
import { componentstatus } from './componentstatus.ts';
import { configmap } from './configmap.ts';
import { controllerrevision } from './controllerrevision.ts';
import { cronjob } from './cronjob.ts';
import { customresourcedefinition } from './custom/definition.ts';
import { daemonset } from './daemonset.ts';
import { deployment } from './deployment.ts';
import { endpoints } from './endpoints.ts';
import { endpointslice } from './endpointslice.ts';
import { event, newEvent } from './event.ts';
import { horizontalpodautoscaler, horizontalpodautoscalerV1 } from './autoscaling/horizontalpodautoscaler.ts';
import { ingress, ingressclass } from './ingress.ts';
import { job } from './job.ts';
import type { Kind } from './kind.ts';
import { lease } from './lease.ts';
import { namespace } from './namespace.ts';
import { networkpolicy } from './networkpolicy.ts';
import { node } from './node.ts';
import { pod } from './pod.ts';
import { poddisruptionbudget } from './poddisruptionbudget.ts';
import { podtemplate } from './podtemplate.ts';
import { priorityclass } from './priorityclass.ts';
import { limitrange, resourcequota } from './quota.ts';
import { clusterrolebinding, rolebinding } from './rbac/bindings.ts';
import { clusterrole, role } from './rbac/roles.ts';
import { replicaset } from './replicaset.ts';
import { replicationcontroller } from './replicationcontroller.ts';
import { reviews } from './reviews.ts';
import { runtimeclass } from './runtimeclass.ts';
import { secret } from './secret.ts';
import { service } from './service.ts';
import { serviceaccount } from './serviceaccount.ts';
import { ipaddress, servicecidr } from './service-range.ts';
import { statefulset } from './statefulset.ts';
import { csidriver, csinode, csistoragecapacity, volumeattachment, volumeattributesclass } from './storage/csi.ts';
import { persistentvolume } from './storage/persistentvolume.ts';
import { persistentvolumeclaim } from './storage/persistentvolumeclaim.ts';
import { storageclass } from './storage/storageclass.ts';

export const kinds: readonly Kind[] = [
  componentstatus,
  configmap,
  endpoints,
  event,
  limitrange,
  namespace,
  node,
  persistentvolumeclaim,
  persistentvolume,
  pod,
  podtemplate,
  replicationcontroller,
  resourcequota,
  secret,
  serviceaccount,
  service,
  controllerrevision,
  daemonset,
  deployment,
  replicaset,
  statefulset,
  horizontalpodautoscaler,
  horizontalpodautoscalerV1,
  cronjob,
  job,
  certificatesigningrequest,
  lease,
  endpointslice,
  newEvent,
  ingressclass,
  ingress,
  ipaddress,
  servicecidr,
  networkpolicy,
  runtimeclass,
  poddisruptionbudget,
  clusterrolebinding,
  clusterrole,
  rolebinding,
  role,
  priorityclass,
  csidriver,
  csinode,
  csistoragecapacity,
  storageclass,
  volumeattachment,
  volumeattributesclass,
  apiservice,
  customresourcedefinition,
  ...reviews,
];
