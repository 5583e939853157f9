/**
 * How pods' packets cross from node to node, in the words of those who ask for it and of those who read it. Knows what each
 * network plugin can do, and nothing of how it is done.
 */
import { unreachable } from '../base/assert.ts';
import { UserError } from '../base/user-error.ts';
import type { Encapsulation } from '../sim/topology.ts';
import type { BackendName, ClusterInfo, ClusterSpec } from './cluster.ts';

export type { Encapsulation } from '../sim/topology.ts';

/** Every word that may be asked for; `host-gw` is Flannel's name for plain routes. */
export const ENCAPSULATION_WORDS = ['vxlan', 'vxlan-cross-subnet', 'ipip', 'none', 'host-gw'] as const;

/** Unless asked otherwise. */
export const USUAL_ENCAPSULATION: Encapsulation = 'vxlan';

const KNOWN: Readonly<Record<ClusterSpec['cni'], Readonly<Partial<Record<string, Encapsulation>>>>> = {
  calico: { vxlan: 'vxlan', 'vxlan-cross-subnet': 'vxlan-cross-subnet', ipip: 'ipip', none: 'none' },
  flannel: { vxlan: 'vxlan', 'host-gw': 'none', none: 'none' },
};

/** @throws UserError when the plugin has nothing of that name */
export function encapsulationOf(cni: ClusterSpec['cni'], word: string): Encapsulation {
  const found = KNOWN[cni][word];
  if (!found) throw new UserError(`${cni === 'calico' ? 'Calico' : 'Flannel'} has no encapsulation "${word}".`, `Use one of ${Object.keys(KNOWN[cni]).join(', ')}.`, 2);
  return found;
}

/** @throws UserError when clusters of that backend are built in one way only, and it is another one */
export function requireEncapsulation(backend: BackendName, { encapsulation = USUAL_ENCAPSULATION }: ClusterSpec): void {
  if (backend === 'simulator' || encapsulation === USUAL_ENCAPSULATION) return;
  throw new UserError(`--encapsulation is for the simulator: ${backend === 'kind' ? 'clusters of kind are built with VXLAN between nodes' : 'a cluster of your own has the one it has'}.`, 'Leave it out, or add --backend simulator.', 2);
}

/** `calico over VXLAN`, `flannel with host-gw`; the plugin alone where nobody knows. */
export function networkLine({ cni, encapsulation }: Pick<ClusterInfo, 'cni' | 'encapsulation'>): string {
  switch (encapsulation) {
    case 'vxlan': return `${cni} over VXLAN`;
    case 'vxlan-cross-subnet': return `${cni} over VXLAN across subnets`;
    case 'ipip': return `${cni} over IP-in-IP`;
    case 'none': return cni === 'flannel' ? 'flannel with host-gw' : `${cni} with plain routes`;
    case undefined: return cni;
    default: return unreachable(encapsulation);
  }
}
