/**
 * A node as a machine: Debian with the tools of kind's node image, plus those that labs and candidates look for on one
 * (ping, tcpdump, dig, ipset …; see kind/README.md for the image that brings them on real kind).
 */
import { cidr } from '../base/address.ts';
import type { Clock } from '../base/clock.ts';
import type { Rng } from '../base/rng.ts';
import { TRIXIE, debian } from '../images/bases/debian.ts';
import { install } from '../images/bases/commands.ts';
import { FileSystem } from '../machine/files.ts';
import { Machine, programFile, type ProgramTable } from '../machine/machine.ts';
import type { Lan } from '../net/device/lan.ts';
import type { World } from '../net/world.ts';
import type { NodePlan } from './topology.ts';
import { UNDERLAY, UNDERLAY_GATEWAY } from './topology.ts';

export const TOOLS = [
  'ip', 'bridge', 'ss', 'curl', 'wget', 'jq', 'ping', 'traceroute', 'mtr', 'tcpdump', 'dig', 'nslookup', 'host', 'nc', 'ethtool',
  'ps', 'top', 'free', 'uptime', 'pgrep', 'pkill', 'pidof', 'kill', 'killall', 'watch', 'vi', 'vim', 'less', 'netstat', 'arp', 'route', 'ifconfig', 'systemctl', 'journalctl', 'crictl',
  'arping', 'file', 'lsns', 'sudo', 'openssl', 'hexdump', 'strings', 'xxd',
];
export const ADMIN = ['iptables', 'iptables-save', 'iptables-restore', 'ipset', 'ipvsadm', 'conntrack', 'brctl', 'sysctl', 'modprobe', 'lsmod', 'dmesg', 'chroot', 'arping'];

/** The node image, unpacked once and shared by all nodes until they write. */
export function nodeFiles(): FileSystem {
  const files = new FileSystem();
  debian(files, TRIXIE);
  install(files, '/usr/bin', TOOLS);
  install(files, '/usr/sbin', ADMIN);
  for (const folder of ['/etc/kubernetes/manifests', '/etc/cni/net.d', '/var/lib/kubelet', '/var/log/pods', '/var/log/containers', '/lib/modules', '/run', '/opt/cni/bin']) files.mkdir(folder, { recursive: true });
  for (const plugin of ['host-local', 'loopback', 'ptp', 'portmap', 'bridge']) files.write(`/opt/cni/bin/${plugin}`, programFile(`cni-${plugin}`), { mode: 0o755 });
  files.write('/root/.bashrc', "PS1='root@\\h:\\w# '\nalias k=kubectl\n");
  return files;
}

export interface NodeMachineOptions {
  readonly plan: NodePlan;
  readonly image: FileSystem;
  readonly world: World;
  readonly lan: Lan;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly programs: ProgramTable;
  /** Loads ip_vs and its schedulers, as whoever wants that mode does before. */
  readonly ipvs?: boolean;
}

/** Power on: kernel, underlay interface, address, default route, hosts file. */
export function makeNodeMachine(options: NodeMachineOptions): Machine {
  const { plan, world, lan } = options;
  const netns = world.createNamespace(plan.name);
  netns.devices.setUp('lo', true);
  // br_netfilter is loaded, as on a node prepared for Kubernetes: bridged packets meet iptables too.
  netns.sysctl.loadBridgeNetfilter();
  if (options.ipvs) netns.sysctl.loadIpvs();
  lan.attach(netns, 'eth0');
  netns.devices.setUp('eth0', true);
  netns.addAddress('eth0', { address: plan.address, prefix: UNDERLAY.prefix }, { scope: 'global' });
  netns.routes.add({ destination: cidr('0.0.0.0/0'), via: UNDERLAY_GATEWAY, device: 'eth0', protocol: 'boot' });
  const files = options.image.clone();
  const machine = new Machine({
    hostname: plan.name,
    files,
    netns,
    clock: options.clock,
    rng: options.rng,
    programs: options.programs,
    modules: new Set(['br_netfilter', 'bridge', 'stp', 'llc', 'veth', 'vxlan', 'ip6_udp_tunnel', 'udp_tunnel', 'overlay', 'nf_conntrack', 'nf_nat', 'xt_conntrack', 'xt_MASQUERADE', 'xt_comment', 'xt_mark', 'xt_addrtype', 'xt_multiport', 'xt_statistic', 'xt_recent', 'xt_set', 'ip_set', 'nfnetlink', 'ip_tables', 'x_tables', ...(options.ipvs ? ['ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_sh'] : [])]),
    memoryBytes: 8 * 1024 ** 3,
    cpus: 4,
  });
  netns.netfilter.onLog = (line) => machine.units.kernel(line);
  // Process 1 is systemd, as on a kind node. Were it the kubelet, stopping that would end everything on the node.
  machine.register(['/sbin/init']);
  files.write('/etc/hostname', `${plan.name}\n`);
  files.write('/etc/hosts', `127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n${plan.address}\t${plan.name}\n`);
  // Docker's resolver listens on the network's gateway for nodes; here nobody answers there, and a query is refused.
  files.write('/etc/resolv.conf', `nameserver ${UNDERLAY_GATEWAY}\noptions ndots:0\n`);
  netns.sysctl.set('net.ipv4.ip_forward', '1');
  return machine;
}

/** The host under the nodes: the gateway, which answers for itself and knows no world beyond. */
export function makeUnderlay(lan: Lan): void {
  lan.namespace.addAddress(lan.bridge.name, { address: UNDERLAY_GATEWAY, prefix: UNDERLAY.prefix }, { scope: 'global' });
}
