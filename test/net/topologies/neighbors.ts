/** ARP: who is asked, who answers, and for whom. */
import type { Topology } from './script.ts';
import { CALICO, CALICO_ARP } from './wires.ts';

export const neighbors: readonly Topology[] = [
  {
    title: 'pods behind proxy ARP',
    script: `${CALICO}${CALICO_ARP}\n  serve q 80`,
    probes: [
      ['p ping 192.168.1.3', 'reply from 192.168.1.3 ttl 63'],
      ['p tcp 192.168.1.3 80', 'q: hello from 192.168.1.2'],
      ['node ping 192.168.1.2', 'reply from 192.168.1.2 ttl 64'],
    ],
  },
  {
    title: 'the same pods when nobody speaks for the gateway',
    script: CALICO,
    probes: [['p ping 192.168.1.3', 'host-unreachable from 192.168.1.2']],
  },
];
