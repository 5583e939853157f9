/** Services, Endpoints, EndpointSlices, Ingresses and NetworkPolicies. See kubectl/pkg/describe/describe.go. */
import { dig, type KubeObject } from '../object.ts';
import { writeEvents, type Event } from './events.ts';
import { selectorText, writeAnnotations, writeHead, writeLabels, writeMeta, type LabelSelector } from './fields.ts';
import type { Writer } from './writer.ts';

interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
}

export interface Slice extends KubeObject {
  readonly addressType?: string;
  readonly endpoints?: readonly { readonly addresses: readonly string[]; readonly conditions?: { readonly ready?: boolean }; readonly hostname?: string; readonly targetRef?: { readonly kind: string; readonly name: string }; readonly nodeName?: string; readonly zone?: string }[] | null;
  readonly ports?: readonly { readonly name?: string; readonly port?: number; readonly protocol?: string }[] | null;
}

export function describeService(out: Writer, object: KubeObject, slices: readonly Slice[], events: readonly Event[]): void {
  const value = (...path: (string | number)[]) => dig(object, ...path) as string | undefined;
  const list = (...path: string[]) => (dig(object, ...path) as string[] | undefined) ?? [];
  writeHead(out, object);
  writeMeta(out, object);
  const selector = dig(object, 'spec', 'selector') as Record<string, string> | undefined;
  out.line(0, `Selector:\t${selectorText({ matchLabels: selector ?? {} })}`);
  out.line(0, `Type:\t${value('spec', 'type')}`);
  if (value('spec', 'ipFamilyPolicy')) out.line(0, `IP Family Policy:\t${value('spec', 'ipFamilyPolicy')}`);
  out.line(0, `IP Families:\t${list('spec', 'ipFamilies').join(',') || '<none>'}`);
  out.line(0, `IP:\t${value('spec', 'clusterIP') ?? ''}`);
  out.line(0, `IPs:\t${list('spec', 'clusterIPs').join(',') || '<none>'}`);
  if (list('spec', 'externalIPs').length > 0) out.line(0, `External IPs:\t${list('spec', 'externalIPs').join(',')}`);
  if (value('spec', 'loadBalancerIP')) out.line(0, `Desired LoadBalancer IP:\t${value('spec', 'loadBalancerIP')}`);
  if (value('spec', 'externalName')) out.line(0, `External Name:\t${value('spec', 'externalName')}`);
  const ingress = (dig(object, 'status', 'loadBalancer', 'ingress') as { ip?: string; hostname?: string }[] | undefined) ?? [];
  if (ingress.length > 0) out.line(0, `LoadBalancer Ingress:\t${ingress.map((one) => one.ip ?? one.hostname ?? '').join(', ')}`);
  for (const port of (dig(object, 'spec', 'ports') as ServicePort[] | undefined) ?? []) {
    const name = port.name || '<unset>';
    out.line(0, `Port:\t${name}\t${port.port}/${port.protocol}`);
    out.line(0, `TargetPort:\t${port.targetPort}/${port.protocol}`);
    if (port.nodePort) out.line(0, `NodePort:\t${name}\t${port.nodePort}/${port.protocol}`);
    out.line(0, `Endpoints:\t${endpointsText(slices, port.name ?? '')}`);
  }
  out.line(0, `Session Affinity:\t${value('spec', 'sessionAffinity')}`);
  if (value('spec', 'externalTrafficPolicy')) out.line(0, `External Traffic Policy:\t${value('spec', 'externalTrafficPolicy')}`);
  if (value('spec', 'internalTrafficPolicy')) out.line(0, `Internal Traffic Policy:\t${value('spec', 'internalTrafficPolicy')}`);
  if (dig(object, 'spec', 'healthCheckNodePort')) out.line(0, `HealthCheck NodePort:\t${value('spec', 'healthCheckNodePort')}`);
  const ranges = list('spec', 'loadBalancerSourceRanges');
  if (ranges.length > 0) out.line(0, `LoadBalancer Source Ranges:\t${ranges.join(',')}`);
  writeEvents(out, events);
}

const SHOWN = 3;

/** Ready addresses with the port of that name, three at most. */
export function endpointsText(slices: readonly Slice[], portName: string): string {
  if (slices.length === 0) return '<none>';
  const found = slices.flatMap((slice) => (slice.ports ?? []).filter((port) => (port.name ?? '') === portName).flatMap((port) =>
    (slice.endpoints ?? []).filter((one) => one.conditions?.ready !== false).flatMap((one) => one.addresses.map((address) => `${address}:${port.port}`))));
  return found.length > SHOWN ? `${found.slice(0, SHOWN).join(',')} + ${found.length - SHOWN} more...` : found.join(',');
}

export function describeEndpoints(out: Writer, object: KubeObject, events: readonly Event[]): void {
  writeHead(out, object);
  writeMeta(out, object);
  out.write('Subsets:\n');
  for (const subset of (object['subsets'] as { addresses?: { ip: string }[]; notReadyAddresses?: { ip: string }[]; ports?: ServicePort[] }[] | undefined) ?? []) {
    const text = (list: { ip: string }[] | undefined) => (list ?? []).map((one) => one.ip).join(',') || '<none>';
    out.line(1, `Addresses:\t${text(subset.addresses)}`);
    out.line(1, `NotReadyAddresses:\t${text(subset.notReadyAddresses)}`);
    if ((subset.ports ?? []).length > 0) {
      out.write('  Ports:\n    Name\tPort\tProtocol\n    ----\t----\t--------\n');
      for (const port of subset.ports ?? []) out.write(`    ${port.name || '<unset>'}\t${port.port}\t${port.protocol}\n`);
    }
    out.write('\n');
  }
  writeEvents(out, events);
}

export function describeEndpointSlice(out: Writer, object: Slice, events: readonly Event[]): void {
  writeHead(out, object);
  writeMeta(out, object);
  out.line(0, `AddressType:\t${object.addressType}`);
  if ((object.ports ?? []).length === 0) out.line(0, 'Ports: <unset>');
  else {
    out.write('Ports:\n  Name\tPort\tProtocol\n  ----\t----\t--------\n');
    for (const port of object.ports ?? []) out.write(`  ${port.name || '<unset>'}\t${port.port ?? '<unset>'}\t${port.protocol}\n`);
  }
  const endpoints = object.endpoints ?? [];
  out.line(0, endpoints.length === 0 ? 'Endpoints: <none>' : 'Endpoints:');
  for (const one of endpoints) {
    out.line(1, `- Addresses:\t${one.addresses.join(', ') || '<none>'}`);
    out.line(2, `Conditions:`);
    out.line(3, `Ready:\t${one.conditions?.ready ?? '<unset>'}`);
    out.line(2, `Hostname:\t${one.hostname ?? '<unset>'}`);
    if (one.targetRef) out.line(2, `TargetRef:\t${one.targetRef.kind}/${one.targetRef.name}`);
    out.line(2, `NodeName:\t${one.nodeName ?? '<unset>'}`);
    out.line(2, `Zone:\t${one.zone ?? '<unset>'}`);
  }
  writeEvents(out, events);
}

interface Backend {
  readonly service?: { readonly name: string; readonly port?: { readonly number?: number; readonly name?: string } };
  readonly resource?: { readonly apiGroup?: string; readonly kind: string; readonly name: string };
}

/** @param endpoints of a Service, by its name; undefined when it is not there */
export function describeIngress(out: Writer, object: KubeObject, endpoints: (service: string, port: number | string) => string, events: readonly Event[]): void {
  const backendText = (backend: Backend | undefined) => {
    if (backend?.service) {
      const port = backend.service.port?.name ?? backend.service.port?.number ?? '';
      return `${backend.service.name}:${port} (${endpoints(backend.service.name, port)})`;
    }
    return backend?.resource ? `APIGroup: ${backend.resource.apiGroup ?? '<none>'}, Kind: ${backend.resource.kind}, Name: ${backend.resource.name}` : '<default>';
  };
  out.line(0, `Name:\t${object.metadata?.name}`);
  writeLabels(out, 'Labels', object.metadata?.labels);
  out.line(0, `Namespace:\t${object.metadata?.namespace}`);
  out.line(0, `Address:\t${((dig(object, 'status', 'loadBalancer', 'ingress') as { ip?: string; hostname?: string }[] | undefined) ?? []).map((one) => one.ip ?? one.hostname ?? '').join(',')}`);
  out.line(0, `Ingress Class:\t${(dig(object, 'spec', 'ingressClassName') as string | undefined) ?? '<none>'}`);
  out.line(0, `Default backend:\t${backendText(dig(object, 'spec', 'defaultBackend') as Backend | undefined)}`);
  const tls = (dig(object, 'spec', 'tls') as { hosts?: string[]; secretName?: string }[] | undefined) ?? [];
  if (tls.length > 0) out.line(0, 'TLS:');
  for (const one of tls) out.line(1, one.secretName ? `${one.secretName} terminates ${(one.hosts ?? []).join(',')}` : `SNI routes ${(one.hosts ?? []).join(',')}`);
  out.write('Rules:\n  Host\tPath\tBackends\n  ----\t----\t--------\n');
  const rules = (dig(object, 'spec', 'rules') as { host?: string; http?: { paths: { path?: string; backend: Backend }[] } }[] | undefined) ?? [];
  for (const rule of rules.filter((one) => one.http)) {
    out.write(`  ${rule.host || '*'}\t\n`);
    for (const path of rule.http!.paths) out.write(`    \t${path.path ?? ''} \t${backendText(path.backend)}\n`);
  }
  if (!rules.some((one) => one.http)) out.write(`  *\t* \t${backendText(dig(object, 'spec', 'defaultBackend') as Backend | undefined)}\n`);
  writeAnnotations(out, object.metadata?.annotations);
  writeEvents(out, events);
}

interface PolicyRule {
  readonly ports?: readonly { readonly port?: number | string; readonly endPort?: number; readonly protocol?: string }[];
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
}

interface Peer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

export function describeNetworkPolicy(out: Writer, object: KubeObject): void {
  writeHead(out, object);
  const created = new Date(object.metadata?.creationTimestamp ?? 0);
  out.line(0, `Created on:\t${created.toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`);
  writeMeta(out, object);
  out.line(0, 'Spec:');
  const spec = (object['spec'] ?? {}) as { podSelector?: LabelSelector; policyTypes?: readonly string[]; ingress?: readonly PolicyRule[]; egress?: readonly PolicyRule[] };
  const pods = selectorText(spec.podSelector);
  out.line(1, `PodSelector: ${pods === '<none>' ? '    <none> (Allowing the specific traffic to all pods in this namespace)' : `    ${pods}`}`);
  for (const [type, word, rules] of [['Ingress', 'ingress', spec.ingress], ['Egress', 'egress', spec.egress]] as const) {
    if (!(spec.policyTypes ?? []).includes(type)) {
      out.line(1, `Not affecting ${word} traffic`);
      continue;
    }
    out.line(1, `Allowing ${word} traffic:`);
    if ((rules ?? []).length === 0) out.line(2, `<none> (Selected pods are isolated for ${word} connectivity)`);
    (rules ?? []).forEach((rule, index) => {
      writeRule(out, rule, type === 'Ingress' ? 'From' : 'To');
      if (index < rules!.length - 1) out.line(2, '----------');
    });
  }
  out.line(1, `Policy Types: ${(spec.policyTypes ?? []).join(', ')}`);
}

function writeRule(out: Writer, rule: PolicyRule, word: 'From' | 'To'): void {
  if ((rule.ports ?? []).length === 0) out.line(2, 'To Port: <any> (traffic allowed to all ports)');
  for (const port of rule.ports ?? []) out.line(2, port.port === undefined ? `To Port: <any>/${port.protocol ?? 'TCP'}` : `To Port: ${port.port}${port.endPort ? `-${port.endPort}` : ''}/${port.protocol ?? 'TCP'}`);
  const peers = (word === 'From' ? rule.from : rule.to) ?? [];
  if (peers.length === 0) out.line(2, `${word}: <any> (traffic not restricted by ${word === 'From' ? 'source' : 'destination'})`);
  for (const peer of peers) {
    out.line(2, `${word}:`);
    if (peer.namespaceSelector) out.line(3, `NamespaceSelector: ${selectorText(peer.namespaceSelector)}`);
    if (peer.podSelector) out.line(3, `PodSelector: ${selectorText(peer.podSelector)}`);
    if (!peer.ipBlock) continue;
    out.line(3, 'IPBlock:');
    out.line(4, `CIDR: ${peer.ipBlock.cidr}`);
    out.line(4, `Except: ${(peer.ipBlock.except ?? []).join(', ')}`);
  }
}

export function describeIngressClass(out: Writer, object: KubeObject, events: readonly Event[]): void {
  writeHead(out, object, { namespace: false });
  writeMeta(out, object);
  out.line(0, `Controller:\t${(dig(object, 'spec', 'controller') as string | undefined) ?? ''}`);
  const parameters = dig(object, 'spec', 'parameters') as { readonly apiGroup?: string; readonly kind: string; readonly name: string } | undefined;
  if (parameters) {
    out.line(0, 'Parameters:');
    if (parameters.apiGroup) out.line(1, `APIGroup:\t${parameters.apiGroup}`);
    out.line(1, `Kind:\t${parameters.kind}`);
    out.line(1, `Name:\t${parameters.name}`);
  }
  writeEvents(out, events);
}
