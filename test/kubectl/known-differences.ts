/** Where our kubectl may answer a recorded conversation otherwise than the real one, each with its reason; besides what is known of every client. */
import type { KnownDifference } from '../recorded/known-differences.ts';

export const OURS: readonly KnownDifference[] = [
  { scenario: 'logs-exec-errors', command: 'kubectl logs -l app=two --all-containers --tail=1 --prefix', reason: 'the real one asks in the order of a Go map; ours in that of the pod' },
  { scenario: 'workload-yaml-all', command: 'kubectl create svc externalname e', reason: 'JSON comes in the order in which the server has it, and the simulated one has another' },
  { scenario: 'wait-delete', command: 'kubectl delete pods --all', reason: 'the second that the pods have to end is over on a fast clock' },
  { scenario: 'rbac-roles', command: 'kubectl auth reconcile', reason: 'what was required is told up to 1.33, which ours follows' },
];
