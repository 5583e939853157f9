/**
 * portmap, the plugin that follows the main one: a pod's hostPorts as rules of the node, an own chain per pod.
 * See containernetworking/plugins, plugins/meta/portmap/portmap_iptables.go. IPv4 only, as the network.
 */
import { sha512 } from '@noble/hashes/sha2.js';
import type { Ipv4 } from '../../base/address.ts';
import type { NetNamespace } from '../../net/namespace.ts';
import { restore, save } from '../../programs/iptables/restore.ts';

/** One port of the node that leads into a pod. */
export interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: string;
  /** The address of the node it is for; all of them when absent. */
  readonly hostIP?: string | undefined;
}

export interface Mapped {
  /** Of the configuration list. */
  readonly network: string;
  /** Of the sandbox. */
  readonly id: string;
  readonly ip: Ipv4;
  readonly ports: readonly PortMapping[];
  /** Whether answers to the node itself and to the pod itself come back by this way: the plugin's `snat`. */
  readonly snat: boolean;
}

const DNAT = 'CNI-HOSTPORT-DNAT';
const SETMARK = 'CNI-HOSTPORT-SETMARK';
const MASQ = 'CNI-HOSTPORT-MASQ';
const MARK = '0x2000';

export function mapPorts(node: NetNamespace, pod: Mapped): void {
  const nat = node.netfilter.table('nat')!;
  const lines: string[] = [];
  if (!nat.chains.get(DNAT)) {
    lines.push(`:${DNAT} - [0:0]`);
    for (const chain of ['PREROUTING', 'OUTPUT']) lines.push(`-A ${chain} -m addrtype --dst-type LOCAL -j ${DNAT}`);
  }
  if (pod.snat && !nat.chains.get(MASQ)) {
    lines.push(`:${SETMARK} - [0:0]`, `:${MASQ} - [0:0]`);
    lines.push(`-A ${SETMARK} -m comment --comment "CNI portfwd masquerade mark" -j MARK --set-xmark ${MARK}/${MARK}`);
    lines.push(`-A ${MASQ} -m mark --mark ${MARK}/${MARK} -j MASQUERADE`, `-I POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j ${MASQ}`);
  }
  lines.push(`:${chainOf(pod)} - [0:0]`, ...entries(pod), ...pod.ports.flatMap((port) => rulesOf(pod, port)));
  commit(node, lines);
}

/** The pod's chain goes, with whatever leads there; somebody may have removed either before. */
export function unmapPorts(node: NetNamespace, pod: Mapped): void {
  const chain = chainOf(pod);
  if (!node.netfilter.table('nat')!.chains.get(chain)) return;
  const leading = save(node.netfilter, ['nat']).split('\n').filter((line) => line.startsWith('-A') && line.endsWith(`-j ${chain}`));
  commit(node, [...leading.map((line) => line.replace('-A', '-D')), `-F ${chain}`, `-X ${chain}`]);
}

/** One rule per protocol, which takes the pod's host ports together. */
function entries(pod: Mapped): readonly string[] {
  const protocols = [...new Set(pod.ports.map(({ protocol }) => protocol.toLowerCase()))];
  return protocols.map((protocol) => {
    const ports = pod.ports.filter((port) => port.protocol.toLowerCase() === protocol).map(({ hostPort }) => hostPort);
    return `-A ${DNAT} -p ${protocol} -m comment --comment "dnat name: \\"${pod.network}\\" id: \\"${pod.id}\\"" -m multiport --dports ${[...new Set(ports)].join(',')} -j ${chainOf(pod)}`;
  });
}

function rulesOf(pod: Mapped, { hostPort, containerPort, protocol, hostIP }: PortMapping): readonly string[] {
  const name = protocol.toLowerCase();
  const from = (source: string) => `-A ${chainOf(pod)} -s ${source} ${match} -j ${SETMARK}`;
  const match = `${hostIP ? `-d ${hostIP}/32 ` : ''}-p ${name} -m ${name} --dport ${hostPort}`;
  return [...(pod.snat ? [from(`${pod.ip}/32`), from('127.0.0.1/32')] : []), `-A ${chainOf(pod)} ${match} -j DNAT --to-destination ${pod.ip}:${containerPort}`];
}

/** utils.MustFormatChainNameWithPrefix: a name of 28 letters, from the network and the sandbox. */
function chainOf({ network, id }: Mapped): string {
  const digest = [...sha512(new TextEncoder().encode(network + id))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `CNI-DN-${digest.slice(0, 21)}`;
}

function commit(node: NetNamespace, lines: readonly string[]): void {
  restore(node.netfilter, `*nat\n${lines.join('\n')}\nCOMMIT\n`, { noFlush: true });
}
