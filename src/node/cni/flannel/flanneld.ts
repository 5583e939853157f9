/**
 * flanneld with the VXLAN backend and the Kubernetes subnet manager: one tunnel device, one route, one neighbour entry and
 * one forwarding entry per other node, all static. See flannel pkg/backend/vxlan and pkg/trafficmngr/iptables (v0.28).
 */
import { cidr, networkOf, nth, parseCidr, parseIpv4, parseMac, printCidr, type Cidr, type Mac } from '../../../base/address.ts';
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
/** Room for the VXLAN header on a 1500-byte underlay. */
const MTU = 1450;

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
  const network = parseNetwork(process.files.read(NET_CONF));
  if (typeof network === 'string') return fail(`Failed to create SubnetManager: error parsing subnet config: ${network}`);
  if (!node.modules.has('br_netfilter')) return fail('Failed to check br_netfilter: stat /proc/sys/net/bridge/bridge-nf-call-iptables: no such file or directory');
  const own = ownNode(component);
  const subnet = parseCidr(own?.spec?.podCIDR ?? '');
  const address = parseIpv4((own && internalIp(own)) ?? '');
  if (!own || !subnet || !address) return fail(`Error registering network: failed to acquire lease: node "${component.nodeName}" pod cidr not assigned`);

  log('I', 'main.go:212', 'CLI flags config: {etcdEndpoints:http://127.0.0.1:4001 kubeSubnetMgr:true ipMasq:true healthzPort:8081}');
  const device = tunnel(component, node, subnet);
  node.files.mkdir('/run/flannel', { recursive: true });
  node.files.write('/run/flannel/subnet.env', `FLANNEL_NETWORK=${printCidr(network)}\nFLANNEL_SUBNET=${nth(subnet, 1)}/${subnet.prefix}\nFLANNEL_MTU=${MTU}\nFLANNEL_IPMASQ=true\n`);
  log('I', 'main.go:479', 'Wrote subnet file to /run/flannel/subnet.env');
  node.netns.sysctl.set('net.ipv4.ip_forward', '1');
  masquerade(node, network, subnet);
  announce(component, {
    'flannel.alpha.coreos.com/backend-data': JSON.stringify({ VNI: 1, VtepMAC: device.mac }),
    'flannel.alpha.coreos.com/backend-type': 'vxlan',
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

function parseNetwork(text: string): Cidr | string {
  try {
    const configuration = JSON.parse(text) as { Network?: string; Backend?: { Type?: string } };
    if (configuration.Backend?.Type !== 'vxlan') return `unknown backend type: ${configuration.Backend?.Type ?? ''}`;
    return parseCidr(configuration.Network ?? '') ?? 'please define a correct Network parameter in the flannel config';
  } catch (error) {
    return (error as Error).message;
  }
}

function tunnel(component: Component, node: Machine, subnet: Cidr): Vxlan {
  const known = node.netns.devices.get(DEVICE) as Vxlan | undefined;
  if (known) return known;
  const local = parseIpv4(internalIp(ownNode(component)!)!)!;
  const device = createVxlan(node.netns, DEVICE, { vni: 1, local, device: 'eth0', port: 8472, learning: false, mtu: MTU });
  node.netns.addAddress(DEVICE, cidr(`${networkOf(subnet)}/32`), { scope: 'global' });
  node.netns.devices.setUp(DEVICE, true);
  return device;
}

/** A peer is a node that has annotated itself; one whose annotation is gone loses its route. */
function followPeers(component: Component, node: Machine, device: Vxlan): Disposer {
  const known = new Map<string, { subnet: Cidr; mac: Mac }>();
  const sync = () => {
    const seen = new Set<string>();
    for (const peer of allNodes(component)) {
      const lease = peer.metadata.name === component.nodeName ? undefined : leaseOf(peer);
      if (!lease) continue;
      seen.add(peer.metadata.name);
      if (known.get(peer.metadata.name)?.mac === lease.mac) continue;
      known.set(peer.metadata.name, lease);
      const gateway = networkOf(lease.subnet);
      node.netns.neighbors.replace(gateway, DEVICE, lease.mac, 'PERMANENT');
      device.fdb.replace(lease.mac, lease.publicIp);
      node.netns.routes.replace({ destination: lease.subnet, via: gateway, device: DEVICE, onlink: true, protocol: 'boot' });
    }
    for (const [name, lease] of known) {
      if (seen.has(name)) continue;
      known.delete(name);
      node.netns.routes.delete({ destination: lease.subnet });
      node.netns.neighbors.delete(networkOf(lease.subnet), DEVICE);
      device.fdb.delete(lease.mac);
    }
  };
  sync();
  return component.registry.watch('nodes', {}, sync);
}

function leaseOf(node: NodeView) {
  const annotations = node.metadata.annotations ?? {};
  const subnet = parseCidr(node.spec?.podCIDR ?? '');
  const publicIp = parseIpv4(annotations['flannel.alpha.coreos.com/public-ip'] ?? '');
  try {
    const data = JSON.parse(annotations['flannel.alpha.coreos.com/backend-data'] ?? 'null') as { VtepMAC?: string } | null;
    const mac = parseMac(data?.VtepMAC ?? '');
    return subnet && publicIp && mac ? { subnet, publicIp, mac } : undefined;
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
