/** NetworkPolicy: who may talk to whom. Enforced by the network plug-in, if it enforces any: Calico does, Flannel does not. */
import { labelSelectorToString, type LabelSelector } from '../api/selector.ts';
import { invalidValue, notSupported, required, type FieldError } from '../api/field-error.ts';
import { parseCidr } from '../base/address.ts';
import { column, defineKind } from './define.ts';
import { validateLabelSelector } from './workload.ts';

interface Peer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr: string; except?: string[] };
}

export const networkpolicy = defineKind({
  group: 'networking.k8s.io',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  shortNames: ['netpol'],
  generation: true,
  defaults(object) {
    const spec = (object['spec'] ??= {});
    spec.podSelector ??= {};
    spec.policyTypes ??= spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
    for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) for (const port of rule.ports ?? []) port.protocol ??= 'TCP';
  },
  validate({ spec }) {
    const errors: FieldError[] = [...validateLabelSelector(spec.podSelector, 'spec.podSelector')];
    for (const [direction, field] of [['ingress', 'from'], ['egress', 'to']] as const) {
      (spec[direction] ?? []).forEach((rule: Record<string, Peer[] | undefined> | null, index: number) =>
        (rule?.[field] ?? []).forEach((peer, at) => errors.push(...validatePeer(peer, `spec.${direction}[${index}].${field}[${at}]`))),
      );
    }
    (spec.policyTypes ?? []).forEach((type: string, index: number) => {
      if (!['Egress', 'Ingress'].includes(type)) errors.push(notSupported(`spec.policyTypes[${index}]`, type, ['Egress', 'Ingress']));
    });
    return errors;
  },
  middle: [column('Pod-Selector', (policy) => labelSelectorToString(policy['spec'].podSelector))],
});

function validatePeer(peer: Peer, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!peer.podSelector && !peer.namespaceSelector && !peer.ipBlock) errors.push(required(path, 'must specify a peer'));
  if (peer.ipBlock && (peer.podSelector || peer.namespaceSelector)) errors.push({ path, type: 'Forbidden', detail: 'may not specify both ipBlock and another peer' });
  if (peer.podSelector) errors.push(...validateLabelSelector(peer.podSelector, `${path}.podSelector`));
  if (peer.namespaceSelector) errors.push(...validateLabelSelector(peer.namespaceSelector, `${path}.namespaceSelector`));
  if (peer.ipBlock && !(parseCidr(peer.ipBlock.cidr ?? '') && peer.ipBlock.cidr.includes('/')) && !peer.ipBlock.cidr?.includes(':')) {
    errors.push(invalidValue(`${path}.ipBlock.cidr`, peer.ipBlock.cidr ?? '', 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'));
  }
  return errors;
}
