/**
 * Flannel's CNI plugin and what it delegates to: it reads the node's subnet from /run/flannel/subnet.env and hands over to
 * `bridge` (cni0, a veth per pod) and `host-local` (a file per lease). See flannel-io/cni-plugin and containernetworking/plugins.
 */
import { cidr, contains, nth, parseCidr, printCidr, type Cidr, type Ipv4 } from '../../../base/address.ts';
import type { Rng } from '../../../base/rng.ts';
import type { Machine } from '../../../machine/machine.ts';
import { createBridge, type Bridge } from '../../../net/device/bridge.ts';
import { createVeth } from '../../../net/device/veth.ts';
import { CniError, type CniPlugin } from '../plugin.ts';

const BRIDGE = 'cni0';
const LEASES = '/var/lib/cni/networks/cbr0';
const SUBNET_FILE = '/run/flannel/subnet.env';

interface Subnet {
  readonly network: Cidr;
  /** The bridge's own address with the node's prefix length. */
  readonly gateway: Cidr;
  readonly mtu: number;
}

export function flannelPlugin(node: { readonly machine: Machine; readonly rng: Rng }): CniPlugin {
  const { machine, rng } = node;
  const attached = new Map<string, { veth: string; ip: Ipv4 }>();
  return {
    type: 'flannel',
    delegates: ['bridge', 'host-local'],
    add: (pod, netns, configuration) => {
      const subnet = readSubnet(machine);
      const ip = lease(machine, subnet, pod.uid);
      const bridge = ensureBridge(machine, subnet);
      const veth = `veth${rng.text(8, '0123456789abcdef')}`;
      createVeth({ ns: machine.netns, name: veth, mtu: subnet.mtu }, { ns: netns, name: 'eth0', mtu: subnet.mtu });
      machine.netns.devices.setMaster(veth, BRIDGE);
      // `hairpinMode` of the delegate: a pod reaches itself through its own Service.
      const port = bridge.port(machine.netns.devices.get(veth)!);
      if (port) port.hairpin = (configuration['delegate'] as { hairpinMode?: boolean } | undefined)?.hairpinMode ?? false;
      machine.netns.devices.setUp(veth, true);
      netns.devices.setUp('eth0', true);
      netns.addAddress('eth0', { address: ip, prefix: subnet.gateway.prefix }, { scope: 'global' });
      netns.routes.add({ destination: cidr('0.0.0.0/0'), via: subnet.gateway.address, device: 'eth0', protocol: 'boot' });
      netns.routes.add({ destination: subnet.network, via: subnet.gateway.address, device: 'eth0', protocol: 'boot' });
      attached.set(pod.uid, { veth, ip });
      return { ip };
    },
    remove: (pod) => {
      const known = attached.get(pod.uid);
      if (!known) return;
      attached.delete(pod.uid);
      if (machine.netns.devices.get(known.veth)) machine.netns.devices.remove(known.veth);
      if (machine.files.exists(`${LEASES}/${known.ip}`)) machine.files.remove(`${LEASES}/${known.ip}`);
    },
  };
}

function readSubnet(machine: Machine): Subnet {
  if (!machine.files.exists(SUBNET_FILE)) {
    throw new CniError(`plugin type="flannel" failed (add): loadFlannelSubnetEnv failed: open ${SUBNET_FILE}: no such file or directory`);
  }
  const values = new Map(machine.files.read(SUBNET_FILE).split('\n').map((line) => line.split('=') as [string, string]));
  const network = parseCidr(values.get('FLANNEL_NETWORK') ?? '');
  const gateway = parseCidr(values.get('FLANNEL_SUBNET') ?? '');
  const missing = [!network && 'FLANNEL_NETWORK', !gateway && 'FLANNEL_SUBNET', !values.get('FLANNEL_MTU') && 'FLANNEL_MTU'].filter((name) => name !== false);
  if (!network || !gateway || missing.length > 0) throw new CniError(`plugin type="flannel" failed (add): ${SUBNET_FILE} is missing ${missing.join(', ')}`);
  return { network, gateway, mtu: Number(values.get('FLANNEL_MTU')) };
}

/** Leases are files, as host-local keeps them; the search goes on behind the last one given, so addresses rotate. */
function lease(machine: Machine, subnet: Subnet, uid: string): Ipv4 {
  machine.files.mkdir(LEASES, { recursive: true });
  const lastFile = `${LEASES}/last_reserved_ip.0`;
  const last = machine.files.exists(lastFile) ? machine.files.read(lastFile).trim() : '';
  const size = 2 ** (32 - subnet.gateway.prefix);
  const addresses = Array.from({ length: size - 3 }, (_, index) => nth(subnet.gateway, index + 2));
  const start = addresses.indexOf(last as Ipv4) + 1;
  for (let step = 0; step < addresses.length; step++) {
    const address = addresses[(start + step) % addresses.length]!;
    if (machine.files.exists(`${LEASES}/${address}`)) continue;
    machine.files.write(`${LEASES}/${address}`, `${uid}\neth0`);
    machine.files.write(lastFile, address);
    return address;
  }
  throw new CniError(`plugin type="flannel" failed (add): failed to delegate add: failed to allocate for range 0: no IP addresses available in range set: ${addresses[0]}-${addresses.at(-1)}`);
}

function ensureBridge(machine: Machine, subnet: Subnet): Bridge {
  const netns = machine.netns;
  if (!netns.devices.get(BRIDGE)) createBridge(netns, BRIDGE, { mtu: subnet.mtu });
  const addresses = netns.addresses(BRIDGE);
  if (!addresses.some((one) => printCidr(one.address) === printCidr(subnet.gateway))) {
    const other = addresses.find((one) => !contains(subnet.gateway, one.address.address));
    if (other) throw new CniError(`plugin type="flannel" failed (add): failed to delegate add: failed to set bridge addr: "${BRIDGE}" already has an IP address different from ${printCidr(subnet.gateway)}`);
    netns.addAddress(BRIDGE, subnet.gateway, { scope: 'global' });
  }
  netns.devices.setUp(BRIDGE, true);
  return netns.devices.get(BRIDGE) as Bridge;
}
