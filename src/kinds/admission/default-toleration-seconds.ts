/**
 * Pods stay five minutes on a node that is not ready or not reachable, unless they say otherwise.
 * See plugin/pkg/admission/defaulttolerationseconds/admission.go.
 */
import type { Loose } from '../define.ts';
import type { Toleration } from '../pod/placement.ts';
import type { Admission, AdmissionRequest } from './index.ts';

const SECONDS = 300;

export const defaultTolerationSeconds: Admission = {
  name: 'DefaultTolerationSeconds',
  create: tolerate,
  // Who applies a manifest with tolerations sends the list without these two.
  update: tolerate,
};

function tolerate({ kind, object, options }: AdmissionRequest): void {
  if (kind.group !== '' || kind.plural !== 'pods' || options.subresource !== undefined) return;
  const spec = (object as Loose)['spec'] as { tolerations?: Toleration[] };
  for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
    const tolerated = spec.tolerations?.some((t) => (t.key === key || !t.key) && (t.effect === 'NoExecute' || !t.effect));
    if (!tolerated) (spec.tolerations ??= []).push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: SECONDS });
  }
}
