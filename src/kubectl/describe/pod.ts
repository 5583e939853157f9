/** `kubectl describe pod`. See describePod in kubectl/pkg/describe/describe.go. */
import { humanDuration } from '../../base/duration.ts';
import { dig, type KubeObject } from '../object.ts';
import { writeContainers, type ContainerStatus } from './containers.ts';
import { writeEvents, type Event } from './events.ts';
import { controllerOf, timeOf, writeHead, writeLabels, writeMeta } from './fields.ts';
import { writeSpread, writeTolerations, type Toleration } from './pod-template.ts';
import { writeVolumes, type Volume } from './volumes.ts';
import type { Writer } from './writer.ts';

export function describePod(out: Writer, pod: KubeObject, events: readonly Event[]): void {
  const text = (...path: (string | number)[]) => dig(pod, ...path) as string | undefined;
  writeHead(out, pod);
  if (dig(pod, 'spec', 'priority') !== undefined) out.line(0, `Priority:\t${text('spec', 'priority')}`);
  if (text('spec', 'priorityClassName')) out.line(0, `Priority Class Name:\t${text('spec', 'priorityClassName')}`);
  if (text('spec', 'runtimeClassName')) out.line(0, `Runtime Class Name:\t${text('spec', 'runtimeClassName')}`);
  if (text('spec', 'serviceAccountName')) out.line(0, `Service Account:\t${text('spec', 'serviceAccountName')}`);
  out.line(0, text('spec', 'nodeName') ? `Node:\t${text('spec', 'nodeName')}/${text('status', 'hostIP') ?? ''}` : 'Node:\t<none>');
  if (text('status', 'startTime')) out.line(0, `Start Time:\t${timeOf(text('status', 'startTime'))}`);
  writeMeta(out, pod);
  writeStatus(out, pod);
  writeAddresses(out, pod);
  const owner = controllerOf(pod);
  if (owner) out.line(0, `Controlled By:\t${owner}`);
  if (text('status', 'nominatedNodeName')) out.line(0, `NominatedNodeName:\t${text('status', 'nominatedNodeName')}`);
  const statuses = (field: string) => (dig(pod, 'status', field) as readonly ContainerStatus[] | undefined) ?? [];
  if (((dig(pod, 'spec', 'initContainers') as unknown[] | undefined) ?? []).length > 0) writeContainers(out, 'Init Containers', pod, 'initContainers', statuses('initContainerStatuses'), '');
  writeContainers(out, 'Containers', pod, 'containers', statuses('containerStatuses'), '');
  if (((dig(pod, 'spec', 'ephemeralContainers') as unknown[] | undefined) ?? []).length > 0) writeContainers(out, 'Ephemeral Containers', pod, 'ephemeralContainers', statuses('ephemeralContainerStatuses'), '');
  writeConditions(out, pod);
  writeVolumes(out, (dig(pod, 'spec', 'volumes') as Volume[] | undefined) ?? [], '');
  out.line(0, `QoS Class:\t${text('status', 'qosClass') ?? 'BestEffort'}`);
  writeLabels(out, 'Node-Selectors', dig(pod, 'spec', 'nodeSelector') as Record<string, string> | undefined);
  writeTolerations(out, (dig(pod, 'spec', 'tolerations') as Toleration[] | undefined) ?? [], '');
  writeSpread(out, pod, '');
  writeEvents(out, events);
}

function writeStatus(out: Writer, pod: KubeObject): void {
  const deleted = pod.metadata?.deletionTimestamp;
  if (deleted) {
    out.line(0, `Status:\tTerminating (lasts ${humanDuration(Date.now() - Date.parse(deleted))})`);
    out.line(0, `Termination Grace Period:\t${String(pod.metadata?.['deletionGracePeriodSeconds'] as number)}s`);
  } else out.line(0, `Status:\t${(dig(pod, 'status', 'phase') as string | undefined) ?? ''}`);
  for (const [title, field] of [['Reason', 'reason'], ['Message', 'message']] as const) if (dig(pod, 'status', field)) out.line(0, `${title}:\t${dig(pod, 'status', field) as string}`);
  const profile = dig(pod, 'spec', 'securityContext', 'seccompProfile', 'type') as string | undefined;
  if (profile) out.line(0, `SeccompProfile:\t${profile}`);
}

function writeAddresses(out: Writer, pod: KubeObject): void {
  out.line(0, `IP:\t${(dig(pod, 'status', 'podIP') as string | undefined) ?? ''}`);
  const addresses = (dig(pod, 'status', 'podIPs') as { ip: string }[] | undefined) ?? [];
  if (addresses.length === 0) return out.line(0, 'IPs:\t<none>');
  out.line(0, 'IPs:');
  for (const { ip } of addresses) out.line(1, `IP:\t${ip}`);
}

function writeConditions(out: Writer, pod: KubeObject): void {
  const conditions = (dig(pod, 'status', 'conditions') as { type: string; status: string }[] | undefined) ?? [];
  const gates = (dig(pod, 'spec', 'readinessGates') as { conditionType: string }[] | undefined) ?? [];
  if (gates.length > 0) {
    out.write('Readiness Gates:\n  Type\tStatus\n');
    for (const gate of gates) out.write(`  ${gate.conditionType} \t${conditions.find((one) => one.type === gate.conditionType)?.status ?? '<none>'} \n`);
  }
  if (conditions.length === 0) return;
  out.write('Conditions:\n  Type\tStatus\n');
  for (const one of conditions) out.write(`  ${one.type} \t${one.status} \n`);
}
