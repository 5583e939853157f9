/** Containers of pods and templates. See describeContainers in kubectl/pkg/describe/describe.go. */
import { dig, type KubeObject } from '../object.ts';
import type { Container, EnvVar } from '../podspec.ts';
import { sortedEntries, timeOf } from './fields.ts';
import type { Writer } from './writer.ts';

export interface ContainerStatus {
  readonly name: string;
  readonly containerID?: string;
  readonly imageID?: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: State;
  readonly lastState?: State;
}

interface State {
  readonly running?: { readonly startedAt?: string };
  readonly waiting?: { readonly reason?: string };
  readonly terminated?: { readonly reason?: string; readonly message?: string; readonly exitCode: number; readonly signal?: number; readonly startedAt?: string; readonly finishedAt?: string };
}

/**
 * @param holder a pod, whose own fields the environment may name, or a template
 * @param statuses of a pod's containers; undefined for a template
 * @param space what a template's text stands further in
 */
export function writeContainers(out: Writer, label: string, holder: KubeObject, field: string, statuses: readonly ContainerStatus[] | undefined, space: string): void {
  const containers = (dig(holder, 'spec', field) as readonly Container[] | undefined) ?? [];
  out.line(0, `${space}${label}:${containers.length === 0 ? ' <none>' : ''}`);
  for (const container of containers) {
    const status = statuses?.find((one) => one.name === container.name);
    writeBasics(out, container, status, space);
    for (const [title, words] of [['Command', container['command']], ['Args', container['args']]] as const) {
      if (!Array.isArray(words) || words.length === 0) continue;
      out.line(2, `${title}:`);
      for (const word of words as string[]) for (const line of word.split('\n')) out.line(3, line);
    }
    if (status) writeState(out, status);
    writeResources(out, container);
    for (const [title, key] of [['Liveness', 'livenessProbe'], ['Readiness', 'readinessProbe'], ['Startup', 'startupProbe']] as const) if (container[key]) out.line(2, `${title}:\t${probeText(container[key] as Probe)}`);
    writeEnvironment(out, container, statuses === undefined ? undefined : holder);
    writeMounts(out, container);
  }
}

interface Port {
  readonly containerPort: number;
  readonly hostPort?: number;
  readonly protocol?: string;
}

function writeBasics(out: Writer, container: Container, status: ContainerStatus | undefined, space: string): void {
  out.line(1, `${space ? ' ' : ''}${container.name}:`);
  if (status) out.line(2, `Container ID:\t${status.containerID ?? ''}`);
  out.line(2, `Image:\t${container.image ?? ''}`);
  if (status) out.line(2, `Image ID:\t${status.imageID ?? ''}`);
  const ports = (container['ports'] as Port[] | undefined) ?? [];
  const text = ports.map((port) => `${port.containerPort}/${port.protocol ?? ''}`).join(', ');
  const host = ports.map((port) => `${port.hostPort ?? 0}/${port.protocol ?? ''}`).join(', ');
  out.line(2, `${text.includes(',') ? 'Ports' : 'Port'}:\t${text || '<none>'}`);
  out.line(2, `${host.includes(',') ? 'Host Ports' : 'Host Port'}:\t${host || '<none>'}`);
  const profile = dig(container, 'securityContext', 'seccompProfile', 'type') as string | undefined;
  if (profile) out.line(2, `SeccompProfile:\t${profile}`);
}

function writeState(out: Writer, status: ContainerStatus): void {
  stateLines(out, 'State', status.state ?? {});
  if (status.lastState?.terminated) stateLines(out, 'Last State', status.lastState);
  out.line(2, `Ready:\t${status.ready ? 'True' : 'False'}`);
  out.line(2, `Restart Count:\t${status.restartCount ?? 0}`);
}

function stateLines(out: Writer, title: string, { running, waiting, terminated }: State): void {
  if (running) {
    out.line(2, `${title}:\tRunning`);
    return out.line(3, `Started:\t${timeOf(running.startedAt)}`);
  }
  if (!terminated) {
    out.line(2, `${title}:\tWaiting`);
    if (waiting?.reason) out.line(3, `Reason:\t${waiting.reason}`);
    return;
  }
  out.line(2, `${title}:\tTerminated`);
  if (terminated.reason) out.line(3, `Reason:\t${terminated.reason}`);
  if (terminated.message) out.line(3, `Message:\t${terminated.message}`);
  out.line(3, `Exit Code:\t${terminated.exitCode}`);
  if (terminated.signal) out.line(3, `Signal:\t${terminated.signal}`);
  out.line(3, `Started:\t${timeOf(terminated.startedAt)}`);
  out.line(3, `Finished:\t${timeOf(terminated.finishedAt)}`);
}

function writeResources(out: Writer, { resources }: Container): void {
  for (const [title, amounts] of [['Limits', resources?.limits], ['Requests', resources?.requests]] as const) {
    if (sortedEntries(amounts).length === 0) continue;
    out.line(2, `${title}:`);
    for (const [name, amount] of sortedEntries(amounts)) out.line(3, `${name}:\t${amount}`);
  }
}

interface Probe {
  readonly initialDelaySeconds?: number;
  readonly timeoutSeconds?: number;
  readonly periodSeconds?: number;
  readonly successThreshold?: number;
  readonly failureThreshold?: number;
  readonly exec?: { readonly command?: readonly string[] };
  readonly httpGet?: { readonly scheme?: string; readonly host?: string; readonly port: number | string; readonly path?: string };
  readonly tcpSocket?: { readonly host?: string; readonly port: number | string };
  readonly grpc?: { readonly port: number; readonly service?: string };
}

function probeText(probe: Probe): string {
  const rest = `delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds ?? 0}s period=${probe.periodSeconds ?? 0}s #success=${probe.successThreshold ?? 0} #failure=${probe.failureThreshold ?? 0}`;
  const { exec, httpGet, tcpSocket, grpc } = probe;
  if (exec) return `exec [${(exec.command ?? []).join(' ')}] ${rest}`;
  if (httpGet) return `http-get ${(httpGet.scheme ?? 'HTTP').toLowerCase()}://${httpGet.host ?? ''}:${httpGet.port}${httpGet.path ?? ''} ${rest}`;
  if (tcpSocket) return `tcp-socket ${tcpSocket.host ?? ''}:${tcpSocket.port} ${rest}`;
  if (grpc) return `grpc <pod>:${grpc.port} ${grpc.service ?? ''} ${rest}`;
  return `unknown ${rest}`;
}

interface Reference {
  readonly name?: string;
  readonly key?: string;
  readonly optional?: boolean;
  readonly fieldPath?: string;
  readonly apiVersion?: string;
  readonly resource?: string;
  readonly containerName?: string;
}

function writeEnvironment(out: Writer, container: Container, pod: KubeObject | undefined): void {
  const from = (container['envFrom'] as { prefix?: string; configMapRef?: Reference; secretRef?: Reference }[] | undefined) ?? [];
  if (from.length > 0) out.line(2, 'Environment Variables from:');
  for (const one of from) {
    const ref = one.configMapRef ?? one.secretRef;
    out.line(3, `${ref?.name ?? ''}\t${one.configMapRef ? 'ConfigMap' : 'Secret'}${one.prefix ? ` with prefix '${one.prefix}'` : ''}\tOptional: ${ref?.optional ?? false}`);
  }
  const env = container.env ?? [];
  out.line(2, `Environment:${env.length === 0 ? '\t<none>' : ''}`);
  for (const one of env) writeVariable(out, one, container, pod);
}

function writeVariable(out: Writer, one: EnvVar, container: Container, pod: KubeObject | undefined): void {
  const of = (field: string) => one.valueFrom?.[field] as Reference | undefined;
  const [field, resource, secret, map] = [of('fieldRef'), of('resourceFieldRef'), of('secretKeyRef'), of('configMapKeyRef')];
  if (!one.valueFrom) {
    (one.value ?? '').split('\n').forEach((line, index) => out.line(3, index === 0 ? `${one.name}:\t${line}` : `\t${line}`));
  } else if (field) out.line(3, `${one.name}:\t${pod ? fieldValue(pod, field.fieldPath ?? '') : ''} (${field.apiVersion ?? 'v1'}:${field.fieldPath})`);
  else if (resource) out.line(3, `${one.name}:\t${resourceValue(container, resource.resource ?? '')} (${resource.resource})`);
  else if (secret) out.line(3, `${one.name}:\t<set to the key '${secret.key}' in secret '${secret.name}'>\tOptional: ${secret.optional ?? false}`);
  else if (map) out.line(3, `${one.name}:\t<set to the key '${map.key}' of config map '${map.name}'>\tOptional: ${map.optional ?? false}`);
}

/** Only metadata is known to the client for sure; the rest is left empty, as there. */
function fieldValue(pod: KubeObject, path: string): string {
  const { metadata } = pod;
  switch (path) {
    case 'metadata.name':
      return metadata?.name ?? '';
    case 'metadata.namespace':
      return metadata?.namespace ?? '';
    case 'metadata.uid':
      return metadata?.uid ?? '';
    case 'metadata.labels':
      return sortedEntries(metadata?.labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join('\n');
    case 'metadata.annotations':
      return sortedEntries(metadata?.annotations).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join('\n');
    default: {
      const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
      return keyed ? (metadata?.[keyed[1] as 'labels' | 'annotations']?.[keyed[2]!] ?? '') : '';
    }
  }
}

function resourceValue({ resources }: Container, name: string): string {
  const [kind, what = ''] = name.split('.');
  const amount = (kind === 'limits' ? resources?.limits : resources?.requests)?.[what];
  if (amount === undefined) return kind === 'limits' ? 'node allocatable' : '0';
  // In whole cores, rounded up, as a divisor of 1 gives them.
  if (what === 'cpu') return String(Math.ceil(amount.endsWith('m') ? Number(amount.slice(0, -1)) / 1000 : Number(amount)));
  const unit = /^([\d.]+)(Ki|Mi|Gi|Ti|k|M|G|T)?$/.exec(amount);
  const factors: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
  return unit ? String(Number(unit[1]) * (unit[2] ? factors[unit[2]]! : 1)) : amount;
}

function writeMounts(out: Writer, container: Container): void {
  const mounts = [...((container['volumeMounts'] as { name: string; mountPath: string; readOnly?: boolean; subPath?: string; subPathExpr?: string }[] | undefined) ?? [])].sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1));
  out.line(2, `Mounts:${mounts.length === 0 ? '\t<none>' : ''}`);
  for (const mount of mounts) {
    const flags = [mount.readOnly ? 'ro' : 'rw', ...(mount.subPath ? [`path=${JSON.stringify(mount.subPath)}`] : [])];
    out.line(3, `${mount.mountPath} from ${mount.name} (${flags.join(',')})`);
  }
}
