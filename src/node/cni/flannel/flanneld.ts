/**
 * flanneld with the Kubernetes subnet manager. Backend vxlan: one tunnel device, and per other node one route, one
 * neighbour entry and one forwarding entry, all static. Backend host-gw: one route per other node, over the node itself.
 * See flannel pkg/backend/{vxlan,hostgw} and pkg/trafficmngr/iptables (v0.28).
 */
import { cidr, contains, networkOf, nth, parseCidr, parseIpv4, parseMac, printCidr, type Cidr, type Ipv4, type Mac } from '../../../base/address.ts';
import type { Disposer } from '../../../base/clock.ts';
import type { Machine } from '../../../machine/machine.ts';
import type { Process, Program } from '../../../machine/program.ts';
import { createVxlan, type Vxlan } from '../../../net/device/vxlan.ts';
import { restore } from '../../../programs/iptables/restore.ts';
import type { Component } from '../../component.ts';
import { klog } from '../../klog.ts';
import { serveText } from '../../serve-text.ts';
import { untilStopped } from '../../until-stopped.ts';
import { allNodes, announce, internalIp, ownNode, type NodeView } from '../node-watch.ts';
import { flannelRules } from './rules.ts';

const DEVICE = 'flannel.1';
const NET_CONF = '/etc/kube-flannel/net-conf.json';
/** Room for the VXLAN header on a 1500-byte underlay; nothing to make room for without it. */
const MTU = { vxlan: 1450, 'host-gw': 1500 } as const;

export function flanneld(component: Component, node: Machine): Program {
  return { name: 'flanneld', run: (process) => run(process, component, node) };
}

async function run(process: Process, component: Component, node: Machine): Promise<number> {
  const log = klog(process);
  const unknown = process.argv.slice(1).find((argument) => !/^--?(ip-masq|kube-subnet-mgr|iface(=.*)?|healthz-port=\d+|v=\d+)$/.test(argument));
  if (unknown) {
    await process.stderr.write(`flag provided but not defined: ${unknown.replace(/^-+/, '-')}\n`);
    return 2;
  }
  const fail = (message: string) => {
    log('E', 'main.go:392', message);
    return 1;
  };
  if (!process.files.exists(NET_CONF)) return fail(`Failed to create SubnetManager: failed to read net conf: open ${NET_CONF}: no such file or directory`);
  const configuration = parseNetConf(process.files.read(NET_CONF));
  if (typeof configuration === 'string') return fail(`Failed to create SubnetManager: error parsing subnet config: ${configuration}`);
  const { network, backend } = configuration;
  if (!node.modules.has('br_netfilter')) return fail('Failed to check br_netfilter: stat /proc/sys/net/bridge/bridge-nf-call-iptables: no such file or directory');
  const own = ownNode(component);
  const subnet = parseCidr(own?.spec?.podCIDR ?? '');
  const address = parseIpv4((own && internalIp(own)) ?? '');
  if (!own || !subnet || !address) return fail(`Error registering network: failed to acquire lease: node "${component.nodeName}" pod cidr not assigned`);
  if (!contains(network, networkOf(subnet)) || subnet.prefix < network.prefix) return fail(`Error registering network: failed to acquire lease: subnet "${printCidr(network)}" specified in the flannel net config doesn't contain "${printCidr(subnet)}" PodCIDR of the "${component.nodeName}" node`);

  log('I', 'main.go:212', 'CLI flags config: {etcdEndpoints:http://127.0.0.1:4001 kubeSubnetMgr:true ipMasq:true healthzPort:8081}');
  const device = backend === 'vxlan' ? tunnel(component, node, subnet) : undefined;
  node.files.mkdir('/run/flannel', { recursive: true });
  node.files.write('/run/flannel/subnet.env', `FLANNEL_NETWORK=${printCidr(network)}\nFLANNEL_SUBNET=${nth(subnet, 1)}/${subnet.prefix}\nFLANNEL_MTU=${MTU[backend]}\nFLANNEL_IPMASQ=true\n`);
  log('I', 'main.go:479', 'Wrote subnet file to /run/flannel/subnet.env');
  node.netns.sysctl.set('net.ipv4.ip_forward', '1');
  masquerade(node, network, subnet);
  announce(component, {
    'flannel.alpha.coreos.com/backend-data': device ? JSON.stringify({ VNI: 1, VtepMAC: device.mac }) : 'null',
    'flannel.alpha.coreos.com/backend-type': backend,
    'flannel.alpha.coreos.com/kube-subnet-manager': 'true',
    'flannel.alpha.coreos.com/public-ip': address,
  }, 'FlannelIsUp', 'Flannel is running on this node');
  const stop: Disposer[] = [
    serveText(process, { port: 8081, paths: { '/healthz': healthy, '/readyz': healthy } }),
    followPeers(component, node, device),
  ];
  log('I', 'main.go:489', 'Running backend.');
  const code = await untilStopped(process);
  for (const dispose of stop) dispose();
  return code;
}

const healthy = () => ({ status: 200, body: 'flanneld is running' });

interface NetConf {
  readonly network: Cidr;
  readonly backend: keyof typeof MTU;
}

function parseNetConf(text: string): NetConf | string {
  try {
    const { Network, Backend } = JSON.parse(text) as { Network?: string; Backend?: { Type?: string } };
    const backend = Backend?.Type ?? '';
    if (backend !== 'vxlan' && backend !== 'host-gw') return `unknown backend type: ${backend}`;
    const network = parseCidr(Network ?? '');
    return network ? { network, backend } : 'please define a correct Network parameter in the flannel config';
  } catch (error) {
    return (error as Error).message;
  }
}

function tunnel(component: Component, node: Machine, subnet: Cidr): Vxlan {
  const known = node.netns.devices.get(DEVICE) as Vxlan | undefined;
  if (known) {
    node.netns.devices.setUp(DEVICE, true);
    return known;
  }
  const local = parseIpv4(internalIp(ownNode(component)!)!)!;
  const device = createVxlan(node.netns, DEVICE, { vni: 1, local, device: 'eth0', port: 8472, learning: false, mtu: MTU.vxlan });
  node.netns.addAddress(DEVICE, cidr(`${networkOf(subnet)}/32`), { scope: 'global' });
  node.netns.devices.setUp(DEVICE, true);
  return device;
}

interface Lease {
  readonly subnet: Cidr;
  readonly publicIp: Ipv4;
  /** Of the tunnel device; undefined without one. */
  readonly mac: Mac | undefined;
}

/** A peer is a node that has annotated itself; one whose annotation is gone loses its route. */
function followPeers(component: Component, node: Machine, device: Vxlan | undefined): Disposer {
  const { netns } = node;
  const known = new Map<string, Lease>();
  const add = ({ subnet, publicIp, mac }: Lease) => {
    if (!device) return netns.routes.replace({ destination: subnet, via: publicIp, device: 'eth0', protocol: 'boot' });
    const gateway = networkOf(subnet);
    netns.neighbors.replace(gateway, DEVICE, mac!, 'PERMANENT');
    device.fdb.replace(mac!, publicIp);
    netns.routes.replace({ destination: subnet, via: gateway, device: DEVICE, onlink: true, protocol: 'boot' });
  };
  const remove = ({ subnet, mac }: Lease) => {
    netns.routes.delete({ destination: subnet });
    if (!device) return;
    netns.neighbors.delete(networkOf(subnet), DEVICE);
    device.fdb.delete(mac!);
  };
  const sync = () => {
    const seen = new Set<string>();
    for (const peer of allNodes(component)) {
      const { name } = peer.metadata;
      const lease = name === component.nodeName ? undefined : leaseOf(peer);
      if (!lease || (device && !lease.mac)) continue;
      seen.add(name);
      const before = known.get(name);
      if (before && before.mac === lease.mac && before.publicIp === lease.publicIp) continue;
      known.set(name, lease);
      add(lease);
    }
    for (const [name, lease] of known) {
      if (seen.has(name)) continue;
      known.delete(name);
      remove(lease);
    }
  };
  sync();
  return component.registry.watch('nodes', {}, sync);
}

function leaseOf(node: NodeView): Lease | undefined {
  const annotations = node.metadata.annotations ?? {};
  const subnet = parseCidr(node.spec?.podCIDR ?? '');
  const publicIp = parseIpv4(annotations['flannel.alpha.coreos.com/public-ip'] ?? '');
  try {
    const data = JSON.parse(annotations['flannel.alpha.coreos.com/backend-data'] ?? 'null') as { VtepMAC?: string } | null;
    return subnet && publicIp ? { subnet, publicIp, mac: parseMac(data?.VtepMAC ?? '') } : undefined;
  } catch {
    return undefined;
  }
}

/** `--ip-masq`: chains are made once, jumps only where they are missing. */
function masquerade(node: Machine, network: Cidr, subnet: Cidr): void {
  const netfilter = node.netns.netfilter;
  const rules = flannelRules(printCidr(network), printCidr(subnet));
  restore(netfilter, rules.text, { noFlush: true });
  for (const [table, chain, target, rule] of rules.jumps) {
    const present = netfilter.table(table)?.chains.get(chain)?.rules.some((one) => one.toArgs().at(-1) === target) ?? false;
    if (!present) restore(netfilter, `*${table}\n-A ${chain} ${rule}\nCOMMIT\n`, { noFlush: true });
  }
}
