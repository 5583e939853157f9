/**
 * What the server fills into a pod's spec, and into the pod templates of workloads.
 * See pkg/apis/core/v1/defaults.go.
 */
import { canonicalQuantity } from '../../api/quantity.ts';
import type { Container, Handler, PodSpec, Probe, Resources, Volume } from './types.ts';

/** For a pod and for a template alike. */
export function defaultPodSpec(spec: PodSpec): void {
  spec.restartPolicy ??= 'Always';
  spec.terminationGracePeriodSeconds ??= 30;
  spec.dnsPolicy ||= 'ClusterFirst';
  spec.securityContext ??= {};
  spec.schedulerName ||= 'default-scheduler';
  // Two names for one thing: the old one is kept in step.
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
  else if (spec.serviceAccount) spec.serviceAccountName = spec.serviceAccount;
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])]) {
    defaultContainer(container);
    if (spec.hostNetwork) for (const port of container.ports ?? []) port.hostPort ??= port.containerPort;
  }
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  for (const constraint of spec.topologySpreadConstraints ?? []) {
    if (constraint.nodeAffinityPolicy === undefined && constraint.nodeTaintsPolicy === undefined) continue;
    constraint.nodeAffinityPolicy ??= 'Honor';
    constraint.nodeTaintsPolicy ??= 'Ignore';
  }
}

/** For pods alone: what templates leave open. */
export function defaultPod(spec: PodSpec): void {
  spec.enableServiceLinks ??= true;
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    const { resources } = container;
    // Who names a limit and no request asks for as much.
    for (const [name, limit] of Object.entries(resources?.limits ?? {})) {
      const requests = (resources!.requests ??= {});
      requests[name] ??= limit;
    }
  }
}

export function defaultContainer(container: Container): void {
  container.imagePullPolicy ||= tagOf(container.image ?? '') === 'latest' ? 'Always' : 'IfNotPresent';
  container.terminationMessagePath ||= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  container.resources ??= {};
  canonicalResources(container.resources);
  for (const port of container.ports ?? []) port.protocol ??= 'TCP';
  for (const variable of container.env ?? []) {
    if (variable.valueFrom?.fieldRef) variable.valueFrom.fieldRef.apiVersion ||= 'v1';
    // The real server always shows a divisor.
    if (variable.valueFrom?.resourceFieldRef) variable.valueFrom.resourceFieldRef.divisor ??= '0';
    // An empty value is left out, as Go's encoder leaves it out.
    if (variable.value === '') delete variable.value;
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) if (probe) defaultProbe(probe);
  for (const handler of [container.lifecycle?.postStart, container.lifecycle?.preStop]) if (handler) defaultHandler(handler);
}

function defaultProbe(probe: Probe): void {
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  defaultHandler(probe);
}

function defaultHandler(handler: Handler): void {
  if (handler.httpGet) {
    handler.httpGet.path ||= '/';
    handler.httpGet.scheme ||= 'HTTP';
  }
  if (handler.grpc) handler.grpc.service ??= '';
}

function defaultVolume(volume: Volume): void {
  if (Object.keys(volume).length === 1) volume.emptyDir = {};
  if (volume.hostPath) volume.hostPath.type ??= '';
  for (const source of [volume.secret, volume.configMap, volume.downwardAPI, volume.projected]) if (source) source.defaultMode ??= 0o644;
  for (const file of volume.downwardAPI?.items ?? []) if (file.fieldRef) file.fieldRef.apiVersion ||= 'v1';
  for (const source of volume.projected?.sources ?? []) {
    if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600;
    for (const file of source.downwardAPI?.items ?? []) if (file.fieldRef) file.fieldRef.apiVersion ||= 'v1';
  }
}

/** Amounts are shown in their canonical form: `0.5` becomes `500m`. */
export function canonicalResources(resources: Resources): void {
  for (const list of [resources.requests, resources.limits]) {
    for (const [name, amount] of Object.entries(list ?? {})) list![name] = canonicalQuantity(String(amount));
  }
}

/** `latest` when a reference names neither tag nor digest. */
export function tagOf(image: string): string {
  if (image.includes('@')) return '';
  const name = image.slice(image.lastIndexOf('/') + 1);
  const colon = name.indexOf(':');
  return colon < 0 ? 'latest' : name.slice(colon + 1);
}
