/** ConfigMaps, Secrets, ServiceAccounts, Namespaces, quotas, budgets and classes. See kubectl/pkg/describe/describe.go. */
import { dig, type KubeObject } from '../object.ts';
import { compacted, nameOfRule, type PolicyRule } from '../rbac.ts';
import { writeEvents, type Event } from './events.ts';
import { selectorText, sortedEntries, writeAnnotations, writeHead, writeLabels, writeMeta, type LabelSelector } from './fields.ts';
import type { Writer } from './writer.ts';

const bytesOf = (base64: string) => Buffer.from(base64, 'base64').length;

export function describeConfigMap(out: Writer, object: KubeObject, events: readonly Event[]): void {
  writeHead(out, object);
  writeMeta(out, object);
  out.write('\nData\n====\n');
  for (const [key, value] of sortedEntries(object['data'] as Record<string, string> | undefined)) out.write(`${key}:\n----\n${value}\n\n`);
  out.write('\nBinaryData\n====\n');
  for (const [key, value] of sortedEntries(object['binaryData'] as Record<string, string> | undefined)) out.write(`${key}: ${bytesOf(value)} bytes\n`);
  out.write('\n');
  writeEvents(out, events);
}

export function describeSecret(out: Writer, object: KubeObject): void {
  writeHead(out, object);
  writeMeta(out, object);
  out.write(`\nType:\t${object['type'] as string}\n\nData\n====\n`);
  for (const [key, value] of sortedEntries(object['data'] as Record<string, string> | undefined)) {
    if (object['type'] === 'kubernetes.io/service-account-token' && key === 'token') out.write(`${key}:\t${Buffer.from(value, 'base64').toString('utf8')}\n`);
    else out.write(`${key}:\t${bytesOf(value)} bytes\n`);
  }
}

export function describeServiceAccount(out: Writer, object: KubeObject, events: readonly Event[]): void {
  writeHead(out, object);
  writeMeta(out, object);
  const names = (field: string) => ((object[field] as { name: string }[] | undefined) ?? []).map((one) => one.name);
  for (const [title, list] of [['Image pull secrets', names('imagePullSecrets')], ['Mountable secrets', names('secrets')], ['Tokens', []]] as const) {
    if (list.length === 0) out.line(0, `${title}:\t<none>`);
    list.forEach((name, index) => out.line(0, `${index === 0 ? `${title}:` : ''}\t${name}`));
  }
  writeEvents(out, events);
}

type Amounts = Readonly<Record<string, string>>;

export function describeNamespace(out: Writer, object: KubeObject, quotas: readonly KubeObject[], limits: readonly KubeObject[]): void {
  writeHead(out, object, { namespace: false });
  writeMeta(out, object);
  out.line(0, `Status:\t${dig(object, 'status', 'phase') as string}`);
  const conditions = (dig(object, 'status', 'conditions') as { type: string; status: string; lastTransitionTime: string; reason: string; message: string }[] | undefined) ?? [];
  if (conditions.length > 0) {
    out.write('Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n  ----\t------\t------------------\t------\t-------\n');
    for (const one of conditions) out.write(`  ${one.type}\t${one.status}\t${one.lastTransitionTime}\t${one.reason}\t${one.message}\n`);
  }
  out.write('\n');
  if (quotas.length === 0) out.write('No resource quota.\n');
  else {
    out.write('Resource Quotas\n');
    for (const quota of [...quotas].sort((a, b) => ((a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1))) {
      out.write(`  Name:\t${quota.metadata?.name}\n`);
      out.write('  Resource\tUsed\tHard\n  --------\t---\t---\n');
      const used = dig(quota, 'status', 'used') as Amounts | undefined;
      for (const [name, hard] of sortedEntries(dig(quota, 'status', 'hard') as Amounts | undefined)) out.write(`  ${name}\t${used?.[name] ?? '0'}\t${hard}\n`);
    }
  }
  out.write('\n');
  if (limits.length === 0) return out.write('No LimitRange resource.\n');
  out.write('Resource Limits\n Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n ----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n');
  for (const limit of limits) writeLimits(out, limit, ' ');
}

const SCOPES: Readonly<Record<string, string>> = {
  Terminating: 'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating: 'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort: 'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort: 'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
};

export function describeQuota(out: Writer, object: KubeObject): void {
  writeHead(out, object);
  const scopes = (dig(object, 'spec', 'scopes') as string[] | undefined) ?? [];
  if (scopes.length > 0) out.line(0, `Scopes:\t${[...scopes].sort().join(', ')}`);
  for (const scope of [...scopes].sort()) if (SCOPES[scope]) out.line(0, ` * ${SCOPES[scope]}`);
  out.write('Resource\tUsed\tHard\n--------\t----\t----\n');
  const used = dig(object, 'status', 'used') as Amounts | undefined;
  for (const [name, hard] of sortedEntries(dig(object, 'status', 'hard') as Amounts | undefined)) out.write(`${name}\t${used?.[name] ?? '0'}\t${hard}\n`);
}

export function describeLimitRange(out: Writer, object: KubeObject): void {
  writeHead(out, object);
  out.write('Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n');
  writeLimits(out, object, '');
}

function writeLimits(out: Writer, object: KubeObject, indent: string): void {
  for (const item of (dig(object, 'spec', 'limits') as { type: string; max?: Amounts; min?: Amounts; default?: Amounts; defaultRequest?: Amounts; maxLimitRequestRatio?: Amounts }[] | undefined) ?? []) {
    const columns = [item.min, item.max, item.defaultRequest, item.default, item.maxLimitRequestRatio];
    const names = [...new Set(columns.flatMap((one) => Object.keys(one ?? {})))].sort();
    for (const name of names) out.write(`${indent}${item.type}\t${name}\t${columns.map((one) => one?.[name] ?? '-').join('\t')}\n`);
  }
}

export function describeBudget(out: Writer, object: KubeObject, events: readonly Event[]): void {
  writeHead(out, object);
  const value = (...path: string[]) => dig(object, ...path) as string | number | undefined;
  if (value('spec', 'minAvailable') !== undefined) out.line(0, `Min available:\t${value('spec', 'minAvailable')}`);
  else if (value('spec', 'maxUnavailable') !== undefined) out.line(0, `Max unavailable:\t${value('spec', 'maxUnavailable')}`);
  const selector = dig(object, 'spec', 'selector') as LabelSelector | undefined;
  out.line(0, `Selector:\t${selector ? selectorText(selector) : '<unset>'}`);
  out.line(0, 'Status:');
  for (const [title, field] of [['Allowed disruptions', 'disruptionsAllowed'], ['Current', 'currentHealthy'], ['Desired', 'desiredHealthy'], ['Total', 'expectedPods']] as const) out.line(2, `${title}:\t${value('status', field) ?? 0}`);
  writeEvents(out, events);
}

export function describeStorageClass(out: Writer, object: KubeObject, events: readonly Event[]): void {
  out.line(0, `Name:\t${object.metadata?.name}`);
  const isDefault = object.metadata?.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';
  out.line(0, `IsDefaultClass:\t${isDefault ? 'Yes' : 'No'}`);
  const pairs = (map: Amounts | undefined) => sortedEntries(map).map(([key, value]) => `${key}=${value}`).join(',') || '<none>';
  out.line(0, `Annotations:\t${pairs(object.metadata?.annotations)}`);
  out.line(0, `Provisioner:\t${object['provisioner'] as string}`);
  out.line(0, `Parameters:\t${pairs(object['parameters'] as Amounts | undefined)}`);
  const expansion = object['allowVolumeExpansion'] as boolean | undefined;
  out.line(0, `AllowVolumeExpansion:\t${expansion === undefined ? '<unset>' : expansion ? 'True' : 'False'}`);
  const mounts = (object['mountOptions'] as string[] | undefined) ?? [];
  if (mounts.length === 0) out.line(0, 'MountOptions:\t<none>');
  else out.write(`MountOptions:\n${mounts.map((one) => `  ${one}\n`).join('')}`);
  if (object['reclaimPolicy']) out.line(0, `ReclaimPolicy:\t${object['reclaimPolicy'] as string}`);
  if (object['volumeBindingMode']) out.line(0, `VolumeBindingMode:\t${object['volumeBindingMode'] as string}`);
  writeEvents(out, events);
}

export function describePriorityClass(out: Writer, object: KubeObject, events: readonly Event[]): void {
  out.line(0, `Name:\t${object.metadata?.name}`);
  out.line(0, `Value:\t${object['value'] as number}`);
  out.line(0, `GlobalDefault:\t${(object['globalDefault'] as boolean | undefined) ?? false}`);
  out.line(0, `PreemptionPolicy:\t${object['preemptionPolicy'] as string}`);
  out.line(0, `Description:\t${(object['description'] as string | undefined) ?? ''}`);
  out.line(0, `Annotations:\t${sortedEntries(object.metadata?.annotations).map(([key, value]) => `${key}=${value}`).join(',') || '<none>'}`);
  writeEvents(out, events);
}

export function describeRole(out: Writer, object: KubeObject): void {
  out.line(0, `Name:\t${object.metadata?.name}`);
  writeLabels(out, 'Labels', object.metadata?.labels);
  writeAnnotations(out, object.metadata?.annotations);
  out.line(0, 'PolicyRule:');
  out.line(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs');
  out.line(1, '---------\t-----------------\t--------------\t-----');
  for (const rule of compacted((object['rules'] as PolicyRule[] | null | undefined) ?? [])) {
    // Compacted rules are of one thing each.
    out.line(1, `${nameOfRule(rule)}\t[${(rule.nonResourceURLs ?? []).join(' ')}]\t[${(rule.resourceNames ?? []).join(' ')}]\t[${rule.verbs.join(' ')}]`);
  }
}

export function describeBinding(out: Writer, object: KubeObject): void {
  out.line(0, `Name:\t${object.metadata?.name}`);
  writeLabels(out, 'Labels', object.metadata?.labels);
  writeAnnotations(out, object.metadata?.annotations);
  const role = object['roleRef'] as { kind: string; name: string };
  out.write(`Role:\n  Kind:\t${role.kind}\n  Name:\t${role.name}\nSubjects:\n  Kind\tName\tNamespace\n  ----\t----\t---------\n`);
  for (const one of (object['subjects'] as { kind: string; name: string; namespace?: string }[] | undefined) ?? []) out.line(1, `${one.kind}\t${one.name}\t${one.namespace ?? ''}`);
}
