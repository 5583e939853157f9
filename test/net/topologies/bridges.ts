/** Bridges, with and without br_netfilter. */
import type { Topology } from './script.ts';
import { BRIDGED } from './wires.ts';

export const bridges: readonly Topology[] = [
  {
    title: 'two pods and their node on a bridge',
    script: `${BRIDGED}\n  serve q 80`,
    probes: [
      ['p ping 10.244.0.3', 'reply from 10.244.0.3 ttl 64'],
      ['p ping 10.244.0.1', 'reply from 10.244.0.1 ttl 64'],
      ['node ping 10.244.0.3', 'reply from 10.244.0.3 ttl 64'],
      ['p tcp 10.244.0.3 80', 'q: hello from 10.244.0.2'],
    ],
  },
  {
    title: 'a port taken out of the bridge',
    script: `${BRIDGED}\n  node: ip link set veth2 nomaster`,
    probes: [
      ['p ping 10.244.0.3', 'host-unreachable from 10.244.0.2'],
      ['p ping 10.244.0.1', 'reply from 10.244.0.1 ttl 64'],
    ],
  },
  {
    title: 'a Service on the node of both pods, without br_netfilter: the answer takes the short way and is not known',
    script: `${BRIDGED}
  serve q 8080
  node: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp --dport 80 -j DNAT --to-destination 10.244.0.3:8080`,
    probes: [['p tcp 10.96.0.10 80', 'timeout']],
  },
  {
    title: 'the same Service with br_netfilter: the bridge shows the answer to conntrack',
    script: `${BRIDGED}
  serve q 8080
  node: sysctl -w net.bridge.bridge-nf-call-iptables=1
  node: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp --dport 80 -j DNAT --to-destination 10.244.0.3:8080
  node: iptables -A FORWARD -i cni0 -o cni0 -p tcp --dport 8081 -j REJECT --reject-with tcp-reset`,
    probes: [
      ['p tcp 10.96.0.10 80', 'q: hello from 10.244.0.2'],
      ['p tcp 10.244.0.3 8080', 'q: hello from 10.244.0.2'],
      ['p tcp 10.244.0.3 8081', 'ECONNREFUSED'],
    ],
  },
  {
    title: 'the same Service, masqueraded: the answer must come back through the node',
    script: `${BRIDGED}
  serve q 8080
  node: iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp --dport 80 -j DNAT --to-destination 10.244.0.3:8080
  node: iptables -t nat -A POSTROUTING -s 10.244.0.0/24 -d 10.244.0.3/32 -j MASQUERADE`,
    probes: [['p tcp 10.96.0.10 80', 'q: hello from 10.244.0.1']],
  },
];
