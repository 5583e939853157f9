/**
 * /etc/hosts and /etc/resolv.conf of a pod. See pkg/kubelet/kubelet_pods.go and pkg/kubelet/network/dns/dns.go.
 */
import type { Stored } from '../../api/object.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { KubeletConfiguration } from './configuration.ts';


export function podHostname(pod: Stored<Pod>): string {
  // A hostname has at most 63 characters; what is cut must not end in a dash or dot.
  return pod.spec.hostname ?? pod.metadata.name.slice(0, 63).replace(/[-.]+$/, '');
}

export function fullName(pod: Stored<Pod>, clusterDomain: string): string | undefined {
  return pod.spec.subdomain ? `${podHostname(pod)}.${pod.spec.subdomain}.${pod.metadata.namespace}.svc.${clusterDomain}` : undefined;
}

/** @param nodeHosts the node's own file, which pods on the host's network share */
export function etcHosts(pod: Stored<Pod>, podIp: string | undefined, nodeHosts: string, clusterDomain: string): string {
  if (pod.spec.hostNetwork) {
    return `# Kubernetes-managed hosts file (host network).\n${nodeHosts}${aliases(pod)}`;
  }
  const full = fullName(pod, clusterDomain);
  const lines = [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    ...(podIp === undefined ? [] : [`${podIp}\t${full ? `${full}\t` : ''}${podHostname(pod)}`]),
  ];
  return `${lines.join('\n')}\n${aliases(pod)}`;
}

function aliases(pod: Stored<Pod>): string {
  const entries = (pod.spec.hostAliases ?? []).map(({ ip, hostnames }) => `${ip}\t${(hostnames ?? []).join('\t')}\n`);
  return entries.length === 0 ? '' : `\n# Entries added by HostAliases.\n${entries.join('')}`;
}

/** @param nodeFile the node's resolv.conf, for Default and for host-network pods without ClusterFirstWithHostNet */
export function resolvConf(pod: Stored<Pod>, { clusterDNS, clusterDomain }: KubeletConfiguration, nodeFile: string): string {
  const { dnsPolicy = 'ClusterFirst', hostNetwork, dnsConfig } = pod.spec;
  const host = parse(nodeFile);
  let base = { nameservers: [] as string[], searches: [] as string[], options: [] as string[] };
  if (dnsPolicy === 'Default' || (dnsPolicy !== 'None' && clusterDNS.length === 0) || (dnsPolicy === 'ClusterFirst' && hostNetwork)) base = host;
  else if (dnsPolicy !== 'None') {
    const namespace = pod.metadata.namespace ?? 'default';
    const ours = clusterDomain === '' ? [] : [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain];
    base = { nameservers: [...clusterDNS], searches: [...ours, ...host.searches], options: ['ndots:5'] };
  }
  const nameservers = unique([...base.nameservers, ...(dnsConfig?.nameservers ?? [])]);
  const searches = unique([...base.searches, ...(dnsConfig?.searches ?? [])]);
  const options = new Map(base.options.map((option) => option.split(':') as [string, string | undefined]));
  for (const { name, value } of dnsConfig?.options ?? []) if (name) options.set(name, value);
  const shown = [...options].map(([name, value]) => (value === undefined ? name : `${name}:${value}`));
  return [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}`] : []),
    ...nameservers.map((server) => `nameserver ${server}`),
    ...(shown.length > 0 ? [`options ${shown.join(' ')}`] : []),
    '',
  ].join('\n');
}

function parse(text: string): { nameservers: string[]; searches: string[]; options: string[] } {
  const result = { nameservers: [] as string[], searches: [] as string[], options: [] as string[] };
  for (const line of text.split('\n')) {
    const [word, ...rest] = line.trim().split(/\s+/);
    if (word === 'nameserver') result.nameservers.push(...rest.slice(0, 1));
    else if (word === 'search') result.searches = rest;
    else if (word === 'options') result.options.push(...rest);
  }
  return result;
}

const unique = (items: readonly string[]) => [...new Set(items)];
