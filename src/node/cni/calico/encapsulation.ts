/**
 * How packets get from node to node: in VXLAN, in IP-in-IP, or as they are. See libcalico-go/lib/apis/v3/ippool.go.
 * The environment of calico-node makes the first IPPool; what that object says counts from then on.
 */
export interface Encapsulation {
  readonly mode: 'vxlan' | 'ipip' | 'none';
  /** Only towards nodes of another subnet. */
  readonly crossSubnet: boolean;
  /** Whether pods that leave the pool do so as their node. */
  readonly natOutgoing: boolean;
}

/** @param env of the calico-node container; the pool modes are `Always`, `CrossSubnet` and `Never` */
export function encapsulationOf(env: ReadonlyMap<string, string>): Encapsulation | { readonly error: string } {
  const vxlan = env.get('CALICO_IPV4POOL_VXLAN') ?? 'Never';
  const ipip = env.get('CALICO_IPV4POOL_IPIP') ?? 'Never';
  for (const [name, value] of [['CALICO_IPV4POOL_VXLAN', vxlan], ['CALICO_IPV4POOL_IPIP', ipip]] as const) {
    if (!['Always', 'CrossSubnet', 'Never', 'Off'].includes(value)) return { error: `Unrecognized mode specified in environment variable ${name}: ${value}` };
  }
  const on = (value: string) => value === 'Always' || value === 'CrossSubnet';
  if (on(vxlan) && on(ipip)) return { error: 'CALICO_IPV4POOL_IPIP and CALICO_IPV4POOL_VXLAN are both enabled; only one is allowed' };
  return poolEncapsulation({ vxlanMode: vxlan, ipipMode: ipip, natOutgoing: (env.get('CALICO_IPV4POOL_NAT_OUTGOING') ?? 'true') === 'true' });
}

/** @param pool the spec of an IPPool */
export function poolEncapsulation({ vxlanMode, ipipMode, natOutgoing }: { readonly vxlanMode?: unknown; readonly ipipMode?: unknown; readonly natOutgoing?: unknown }): Encapsulation {
  const nat = { natOutgoing: natOutgoing === true };
  const on = (value: unknown) => value === 'Always' || value === 'CrossSubnet';
  if (on(vxlanMode)) return { mode: 'vxlan', crossSubnet: vxlanMode === 'CrossSubnet', ...nat };
  return on(ipipMode) ? { mode: 'ipip', crossSubnet: ipipMode === 'CrossSubnet', ...nat } : { mode: 'none', crossSubnet: false, ...nat };
}

/** Room for the header that the tunnel adds on an underlay of 1500 bytes. */
export const MTU: Readonly<Record<Encapsulation['mode'], number>> = { vxlan: 1450, ipip: 1480, none: 1500 };

/** The device of each tunnel. */
export const TUNNEL = { vxlan: 'vxlan.calico', ipip: 'tunl0' } as const;
