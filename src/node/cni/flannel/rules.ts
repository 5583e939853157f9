/** flanneld's iptables rules. See pkg/trafficmngr/iptables/iptables.go (v0.28). */
export interface FlannelRules {
  readonly text: string;
  /** Appended where missing: table, chain, target, rule. */
  readonly jumps: readonly (readonly [table: 'nat' | 'filter', chain: string, target: string, rule: string])[];
}

/**
 * @param network of all pods, `10.244.0.0/16`
 * @param subnet of this node's pods, `10.244.1.0/24`
 */
export function flannelRules(network: string, subnet: string): FlannelRules {
  const masq = '-m comment --comment "flanneld masq"';
  const forward = '-m comment --comment "flanneld forward"';
  return {
    text: [
      '*nat',
      ':FLANNEL-POSTRTG - [0:0]',
      // What kube-proxy has marked is masqueraded by its own chain.
      `-A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 ${masq} -j RETURN`,
      `-A FLANNEL-POSTRTG -s ${subnet} -d ${network} ${masq} -j RETURN`,
      `-A FLANNEL-POSTRTG -s ${network} -d ${subnet} ${masq} -j RETURN`,
      `-A FLANNEL-POSTRTG ! -s ${network} -d ${subnet} ${masq} -j RETURN`,
      `-A FLANNEL-POSTRTG -s ${network} ! -d 224.0.0.0/4 ${masq} -j MASQUERADE --random-fully`,
      `-A FLANNEL-POSTRTG ! -s ${network} -d ${network} ${masq} -j MASQUERADE --random-fully`,
      'COMMIT',
      '*filter',
      ':FLANNEL-FWD - [0:0]',
      `-A FLANNEL-FWD -s ${network} ${forward} -j ACCEPT`,
      `-A FLANNEL-FWD -d ${network} ${forward} -j ACCEPT`,
      'COMMIT',
      '',
    ].join('\n'),
    jumps: [
      ['nat', 'POSTROUTING', 'FLANNEL-POSTRTG', `${masq} -j FLANNEL-POSTRTG`],
      ['filter', 'FORWARD', 'FLANNEL-FWD', `${forward} -j FLANNEL-FWD`],
    ],
  };
}
