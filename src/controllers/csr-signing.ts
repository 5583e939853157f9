/**
 * Signs what was approved, for the signers that the cluster itself is. See pkg/controller/certificates/signer/signer.go.
 * Differs from Kubernetes: nothing is approved by itself; the kubelets of the simulator need no certificates.
 */
import { draft } from '../api/deep.ts';
import type { KubeObject, Stored } from '../api/object.ts';
import { timestamp } from '../api/time.ts';
import type { Controller, ControllerContext } from './controller.ts';
import type { Condition } from './shapes.ts';

interface SigningRequest extends KubeObject {
  spec: { request: string; signerName: string; usages: string[]; expirationSeconds?: number };
  status?: { conditions?: Condition[]; certificate?: string };
}

const KEY_USAGES = ['digital signature', 'key encipherment'];
/** What each signer puts its name to: the usage that must be there, beside those of any key. */
const SIGNERS: ReadonlyMap<string, string> = new Map([
  ['kubernetes.io/kube-apiserver-client', 'client auth'],
  ['kubernetes.io/kube-apiserver-client-kubelet', 'client auth'],
  ['kubernetes.io/kubelet-serving', 'server auth'],
]);

export function csrSigner({ registry, clock }: ControllerContext): Controller {
  const kind = 'certificatesigningrequests.certificates.k8s.io';
  return {
    name: 'csrsigning',
    watches: [{ group: 'certificates.k8s.io', resource: 'certificatesigningrequests', toKeys: (object, type) => (type === 'DELETED' ? [] : [{ name: object.metadata.name }]) }],
    reconcile: ({ name }) => {
      const request = registry.find(kind, name) as unknown as Stored<SigningRequest> | undefined;
      const { conditions = [], certificate } = request?.status ?? {};
      const usage = SIGNERS.get(request?.spec.signerName ?? '');
      if (!request || certificate || usage === undefined || !registry.certificateSigner) return;
      if (!conditions.some((one) => one.type === 'Approved') || conditions.some((one) => one.type === 'Denied' || one.type === 'Failed')) return;
      const { usages, expirationSeconds } = request.spec;
      const next = draft<SigningRequest>(request);
      const fail = (message: string) => {
        const now = timestamp(clock.unixMs());
        next.status = { ...next.status, conditions: [...(next.status?.conditions ?? []), { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message, lastTransitionTime: now, lastUpdateTime: now }] };
      };
      if (!usages.includes(usage) || usages.some((one) => one !== usage && !KEY_USAGES.includes(one))) fail(`usages did not match [${[...KEY_USAGES, usage].join(' ')}]`);
      else next.status = { ...next.status, certificate: btoa(registry.certificateSigner({ request: atob(request.spec.request), usages, ...(expirationSeconds !== undefined && { expirationSeconds }) })) };
      registry.updateStatus(kind, next as unknown as KubeObject);
    },
  };
}
