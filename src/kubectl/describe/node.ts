/** `kubectl describe node`: conditions, capacity, and what its pods ask for. See describeNode in kubectl/pkg/describe/describe.go. */
import { humanAge } from '../age.ts';
import { dig, type KubeObject } from '../object.ts';
import type { Container } from '../podspec.ts';
import { writeEvents, type Event } from './events.ts';
import { byText, sortedEntries, timeOf, writeAnnotations, writeLabels } from './fields.ts';
import { formatAmount, parseAmount } from '../amounts.ts';
import type { Writer } from './writer.ts';

type Amounts = Readonly<Record<string, string>>;

export function describeNode(out: Writer, node: KubeObject, lease: KubeObject | undefined, pods: readonly KubeObject[], events: readonly Event[]): void {
  const labels = node.metadata?.labels ?? {};
  const roles = Object.keys(labels).filter((key) => key.startsWith('node-role.kubernetes.io/')).map((key) => key.slice('node-role.kubernetes.io/'.length)).filter((role) => role !== '').sort();
  out.line(0, `Name:\t${node.metadata?.name}`);
  out.line(0, `Roles:\t${roles.join(',') || '<none>'}`);
  writeLabels(out, 'Labels', labels);
  writeAnnotations(out, node.metadata?.annotations);
  out.line(0, `CreationTimestamp:\t${timeOf(node.metadata?.creationTimestamp)}`);
  const taints = ((dig(node, 'spec', 'taints') as { key: string; value?: string; effect: string }[] | undefined) ?? []).toSorted((a, b) => byText(a.effect + a.key, b.effect + b.key)).map((one) => `${one.key}${one.value ? `=${one.value}` : ''}:${one.effect}`);
  out.write(`Taints:\t${taints.length === 0 ? '<none>' : taints.join('\n\t')}\n`);
  out.line(0, `Unschedulable:\t${dig(node, 'spec', 'unschedulable') === true}`);
  writeLease(out, lease);
  writeConditions(out, node);
  out.line(0, 'Addresses:');
  for (const one of (dig(node, 'status', 'addresses') as { type: string; address: string }[] | undefined) ?? []) out.line(1, `${one.type}:\t${one.address}`);
  for (const [title, field] of [['Capacity', 'capacity'], ['Allocatable', 'allocatable']] as const) {
    out.line(0, `${title}:`);
    for (const [name, amount] of sortedEntries(dig(node, 'status', field) as Amounts | undefined)) out.line(1, `${name}:\t${amount}`);
  }
  writeSystem(out, node);
  const cidrs = (dig(node, 'spec', 'podCIDRs') as string[] | undefined) ?? [];
  if (dig(node, 'spec', 'podCIDR')) out.line(0, `PodCIDR:\t${dig(node, 'spec', 'podCIDR') as string}`);
  if (cidrs.length > 0) out.line(0, `PodCIDRs:\t${cidrs.join(',')}`);
  if (dig(node, 'spec', 'providerID')) out.line(0, `ProviderID:\t${dig(node, 'spec', 'providerID') as string}`);
  writePods(out, node, pods);
  writeEvents(out, events);
}

function writeLease(out: Writer, lease: KubeObject | undefined): void {
  const value = (field: string) => dig(lease, 'spec', field) as string | undefined;
  out.line(0, 'Lease:');
  out.line(1, `HolderIdentity:\t${value('holderIdentity') ?? '<unset>'}`);
  out.line(1, `AcquireTime:\t${timeOf(value('acquireTime'))}`);
  out.line(1, `RenewTime:\t${timeOf(value('renewTime'))}`);
}

function writeConditions(out: Writer, node: KubeObject): void {
  const conditions = (dig(node, 'status', 'conditions') as Readonly<Record<string, string>>[] | undefined) ?? [];
  if (conditions.length === 0) return;
  out.write('Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n  ----\t------\t-----------------\t------------------\t------\t-------\n');
  for (const one of conditions) out.write(`  ${one['type']} \t${one['status']} \t${timeOf(one['lastHeartbeatTime'])} \t${timeOf(one['lastTransitionTime'])} \t${one['reason']} \t${one['message']}\n`);
}

function writeSystem(out: Writer, node: KubeObject): void {
  const info = (dig(node, 'status', 'nodeInfo') ?? {}) as Readonly<Record<string, string>>;
  out.line(0, 'System Info:');
  for (const [title, field] of [['Machine ID', 'machineID'], ['System UUID', 'systemUUID'], ['Boot ID', 'bootID'], ['Kernel Version', 'kernelVersion'], ['OS Image', 'osImage'], ['Operating System', 'operatingSystem'], ['Architecture', 'architecture'], ['Container Runtime Version', 'containerRuntimeVersion'], ['Kubelet Version', 'kubeletVersion'], ['Kube-Proxy Version', 'kubeProxyVersion']] as const) {
    out.line(1, `${title}:\t${info[field] ?? ''}`);
  }
}

/** What a pod asks for: the sum of its containers, or its greediest init container. */
function asks(pod: KubeObject, kind: 'requests' | 'limits'): ReadonlyMap<string, number> {
  const sum = new Map<string, number>();
  const of = (field: string) => (dig(pod, 'spec', field) as readonly (Container & { restartPolicy?: string })[] | undefined) ?? [];
  const add = (container: Container) => {
    for (const [name, amount] of Object.entries(container.resources?.[kind] ?? {})) sum.set(name, (sum.get(name) ?? 0) + parseAmount(amount));
  };
  of('containers').forEach(add);
  of('initContainers').filter((one) => one.restartPolicy === 'Always').forEach(add);
  for (const container of of('initContainers').filter((one) => one.restartPolicy !== 'Always')) {
    for (const [name, amount] of Object.entries(container.resources?.[kind] ?? {})) sum.set(name, Math.max(sum.get(name) ?? 0, parseAmount(amount)));
  }
  return sum;
}

function writePods(out: Writer, node: KubeObject, pods: readonly KubeObject[]): void {
  const allocatable = (dig(node, 'status', 'allocatable') ?? dig(node, 'status', 'capacity') ?? {}) as Amounts;
  const share = (amount: number, name: string) => {
    const whole = parseAmount(allocatable[name] ?? '0');
    return `${formatAmount(amount, name)} (${whole === 0 ? 0 : Math.trunc((amount / whole) * 100)}%)`;
  };
  out.line(0, `Non-terminated Pods:\t(${pods.length} in total)`);
  out.write('  Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n  ---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n');
  const totals = { requests: new Map<string, number>(), limits: new Map<string, number>() };
  for (const pod of pods) {
    const wants = { requests: asks(pod, 'requests'), limits: asks(pod, 'limits') };
    for (const kind of ['requests', 'limits'] as const) for (const [name, amount] of wants[kind]) totals[kind].set(name, (totals[kind].get(name) ?? 0) + amount);
    const cell = (kind: 'requests' | 'limits', name: string) => share(wants[kind].get(name) ?? 0, name);
    out.write(`  ${pod.metadata?.namespace}\t${pod.metadata?.name}\t\t${cell('requests', 'cpu')}\t${cell('limits', 'cpu')}\t${cell('requests', 'memory')}\t${cell('limits', 'memory')}\t${humanAge(pod.metadata?.creationTimestamp)}\n`);
  }
  out.write('Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n  Resource\tRequests\tLimits\n  --------\t--------\t------\n');
  const standard = ['cpu', 'memory', 'ephemeral-storage'];
  const others = Object.keys(allocatable).filter((name) => !standard.includes(name) && name !== 'pods').sort();
  for (const name of [...standard, ...others]) {
    const [requests, limits] = [totals.requests.get(name) ?? 0, totals.limits.get(name) ?? 0];
    out.write(standard.includes(name) || name.startsWith('hugepages-') ? `  ${name}\t${share(requests, name)}\t${share(limits, name)}\n` : `  ${name}\t${formatAmount(requests, name)}\t${formatAmount(limits, name)}\n`);
  }
}
