/**
 * Felix's extra chains when kube-proxy balances with IPVS. A packet for a Service then never passes FORWARD: the balancer
 * takes it at INPUT and sends it out through OUTPUT. So the endpoint that it came from is noted in the mark on the way in,
 * and its policies are asked on the way out, when the destination is known. See felix/rules/static.go, dispatch.go.
 */
const note = (text: string) => `-m comment --comment "${text}"`;

const MASK = '0xfff00000';
/** The mark of everything that did not come from a pod. */
const NO_ENDPOINT = '0x100000';

/**
 * @param interfaces the node's ends of its pods' cables
 * Differs from Kubernetes: an endpoint's mark is its place among the node's pods; Felix derives it from a digest of the name.
 */
export function endpointMarkChains(interfaces: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const marked = interfaces.map((name, index) => [name, `0x${((index + 2) * 0x100000).toString(16)}`] as const);
  const chains = new Map<string, readonly string[]>([
    ['cali-forward-check', [
      '-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN',
      `-p tcp ${note('To kubernetes NodePort service')} -m multiport --dports 30000:32767 -m set --match-set cali40this-host dst -g cali-set-endpoint-mark`,
      `-p udp ${note('To kubernetes NodePort service')} -m multiport --dports 30000:32767 -m set --match-set cali40this-host dst -g cali-set-endpoint-mark`,
      `${note('To kubernetes service')} -m set ! --match-set cali40this-host dst -g cali-set-endpoint-mark`,
    ]],
    ['cali-set-endpoint-mark', [
      ...marked.map(([name]) => `-i ${name} -g cali-sm-${name}`),
      `-i cali+ ${note('Unknown endpoint')} -j DROP`,
      `${note('Non-Cali endpoint mark')} -j MARK --set-xmark ${NO_ENDPOINT}/${MASK}`,
    ]],
    ['cali-forward-endpoint-mark', [
      `-m mark ! --mark ${NO_ENDPOINT}/${MASK} -j cali-from-endpoint-mark`,
      '-o cali+ -j cali-to-wl-dispatch',
      '-j cali-to-hep-forward',
      `-j MARK --set-xmark 0x0/${MASK}`,
      `${note('Policy explicitly accepted packet.')} -m mark --mark 0x10000/0x10000 -j ACCEPT`,
    ]],
    ['cali-from-endpoint-mark', [
      ...marked.map(([name, mark]) => `-m mark --mark ${mark}/${MASK} -g cali-fw-${name}`),
      `${note('Unknown interface')} -j DROP`,
    ]],
  ]);
  for (const [name, mark] of marked) chains.set(`cali-sm-${name}`, [`-j MARK --set-xmark ${mark}/${MASK}`]);
  return chains;
}
