/**
 * Calico's CNI plugin: a veth whose node end carries no address and answers every ARP question (proxy ARP), a /32 in the
 * pod, a gateway that does not exist (169.254.1.1), and a host route to the pod. No bridge anywhere.
 * See cni-plugin/pkg/dataplane/linux/dataplane_linux.go.
 */
import { cidr, ipv4, type Ipv4, type Mac } from '../../../base/address.ts';
import type { Machine } from '../../../machine/machine.ts';
import { createVeth } from '../../../net/device/veth.ts';
import type { NetNamespace } from '../../../net/namespace.ts';
import { CniError, type CniPlugin, type PodReference } from '../plugin.ts';
import type { CalicoIpam } from './ipam.ts';
import { caliInterface } from './names.ts';

const HOST_MAC = 'ee:ee:ee:ee:ee:ee' as Mac;
const GATEWAY = ipv4('169.254.1.1');
/** Where Felix says how long a packet may be. */
const MTU_FILE = '/var/lib/calico/mtu';

export function calicoPlugin(node: { readonly name: string; readonly machine: Machine; readonly ipam: CalicoIpam }): CniPlugin {
  const host = node.machine.netns;
  return {
    type: 'calico',
    delegates: ['calico-ipam'],
    add: (pod, netns) => {
      if (!node.machine.files.exists('/var/lib/calico/nodename')) {
        throw new CniError('plugin type="calico" failed (add): stat /var/lib/calico/nodename: no such file or directory: check that the calico/node container is running and has mounted /var/lib/calico/');
      }
      const ip = node.ipam.allocate(node.name, pod.uid, { handle: `k8s-pod-network.${pod.mapped?.id ?? pod.uid}`, owner: { namespace: pod.namespace, pod: pod.name } });
      if (!ip) throw new CniError('plugin type="calico" failed (add): failed to request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; No more free affine blocks and strict affinity enabled');
      const mtu = node.machine.files.exists(MTU_FILE) ? Number(node.machine.files.read(MTU_FILE)) : 0;
      wire({ host, pod: netns, mtu: mtu || 1500 }, pod, ip);
      return { ip };
    },
    remove: (pod) => {
      const name = caliInterface(pod.namespace, pod.name);
      if (host.devices.get(name)) host.devices.remove(name);
      node.ipam.release(pod.uid);
    },
  };
}

function wire({ host, pod, mtu }: { readonly host: NetNamespace; readonly pod: NetNamespace; readonly mtu: number }, reference: PodReference, ip: Ipv4): void {
  const name = caliInterface(reference.namespace, reference.name);
  if (host.devices.get(name)) host.devices.remove(name);
  createVeth({ ns: host, name, mac: HOST_MAC, mtu }, { ns: pod, name: 'eth0', mtu });
  host.devices.setUp(name, true);
  host.sysctl.set(`net.ipv4.conf.${name}.proxy_arp`, '1');
  host.sysctl.set(`net.ipv4.conf.${name}.forwarding`, '1');
  host.sysctl.set(`net.ipv4.conf.${name}.rp_filter`, '1');

  pod.devices.setUp('eth0', true);
  pod.addAddress('eth0', cidr(`${ip}/32`), { scope: 'global' });
  pod.routes.add({ destination: cidr(`${GATEWAY}/32`), device: 'eth0', scope: 'link', protocol: 'boot' });
  pod.routes.add({ destination: cidr('0.0.0.0/0'), via: GATEWAY, device: 'eth0', protocol: 'boot' });
  host.routes.add({ destination: cidr(`${ip}/32`), device: name, scope: 'link', metric: 1024, protocol: 'boot' });
}
