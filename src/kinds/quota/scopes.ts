/** The scopes of a ResourceQuota: which pods it is about at all. See pkg/quota/v1/evaluator/core/pods.go and pkg/apis/core/validation. */
import { invalidValue, type FieldError } from '../../api/field-error.ts';
import { holds } from '../../api/selector.ts';
import type { Loose } from '../define.ts';
import { qosClassOf } from '../pod/qos.ts';

interface Requirement {
  readonly scopeName: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

interface Scoped {
  readonly hard?: Readonly<Record<string, string>>;
  readonly scopes?: readonly string[];
  readonly scopeSelector?: { readonly matchExpressions?: readonly Requirement[] };
}

const requirementsOf = ({ scopes = [], scopeSelector }: Scoped): readonly Requirement[] => [...scopes.map((scopeName) => ({ scopeName, operator: 'Exists' as const })), ...(scopeSelector?.matchExpressions ?? [])];

/** Whether a quota counts this object; without scopes it counts all, with scopes nothing but pods. */
export function isInScope(quota: Scoped, isPod: boolean, object: Loose): boolean {
  const requirements = requirementsOf(quota);
  return requirements.length === 0 || (isPod && requirements.every((one) => fits(one, object)));
}

function fits({ scopeName, operator, values = [] }: Requirement, pod: Loose): boolean {
  const spec = pod['spec'];
  switch (scopeName) {
    case 'Terminating':
      return spec.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return spec.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return qosClassOf(spec) === 'BestEffort';
    case 'NotBestEffort':
      return qosClassOf(spec) !== 'BestEffort';
    case 'PriorityClass':
      return holds(operator, values, spec.priorityClassName || undefined);
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(spec.affinity);
    default:
      return false;
  }
}

function crossesNamespaces(affinity: Loose['spec']): boolean {
  const terms = [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((one) => [...(one?.requiredDuringSchedulingIgnoredDuringExecution ?? []), ...(one?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((weighted: { podAffinityTerm: object }) => weighted.podAffinityTerm)]);
  return terms.some((term: { namespaces?: string[]; namespaceSelector?: object }) => (term.namespaces?.length ?? 0) > 0 || term.namespaceSelector !== undefined);
}

const SCOPES = new Set(['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'PriorityClass', 'CrossNamespacePodAffinity', 'VolumeAttributesClass']);
const PODS = ['pods'];
const COMPUTE = [...PODS, 'cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];
const CONFLICTING = [['BestEffort', 'NotBestEffort'], ['Terminating', 'NotTerminating']] as const;

export function validateScopes(quota: Scoped): FieldError[] {
  const { scopes = [], hard = {} } = quota;
  const refuse = (why: string) => invalidValue('spec.scopes', scopes, why);
  const errors: FieldError[] = [];
  for (const scope of scopes) {
    if (!SCOPES.has(scope)) errors.push(refuse('unsupported scope'));
    // What is counted by `count/…` is no resource of a pod.
    else if (Object.keys(hard).some((name) => !name.includes('/') && !(scope === 'BestEffort' ? PODS : COMPUTE).includes(name))) errors.push(refuse('unsupported scope applied to resource'));
  }
  if (CONFLICTING.some((pair) => pair.every((scope) => scopes.includes(scope)))) errors.push(refuse('conflicting scopes'));
  return errors;
}
