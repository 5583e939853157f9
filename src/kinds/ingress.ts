/**
 * Ingress and IngressClass: HTTP from outside, by host and path.
 * Differs from Kubernetes: stored and shown; no ingress controller runs yet (a bare kind cluster has none either).
 */
import { invalidValue, notSupported, required, type FieldError } from '../api/field-error.ts';
import { joined } from './cells.ts';
import { ageColumn, column, defineKind, type Loose } from './define.ts';
import { nameProblems } from './metadata.ts';

interface Backend {
  service?: { name?: string; port?: { name?: string; number?: number } };
  resource?: unknown;
}

export const ingress = defineKind({
  group: 'networking.k8s.io',
  kind: 'Ingress',
  plural: 'ingresses',
  shortNames: ['ing'],
  generation: true,
  subresources: ['status'],
  defaults(object) {
    object['spec'] ??= {};
  },
  prepareForCreate(object) {
    object['status'] = { loadBalancer: {} };
  },
  validate: ({ spec }) => validateIngress(spec),
  middle: [
    column('Class', (ingress) => ingress['spec'].ingressClassName ?? ingress.metadata.annotations?.['kubernetes.io/ingress.class'] ?? '<none>'),
    column('Hosts', hosts),
    column('Address', (ingress) => ((ingress['status']?.loadBalancer?.ingress ?? []) as { ip?: string; hostname?: string }[]).map((entry) => entry.ip ?? entry.hostname).join(',')),
    column('Ports', (ingress) => (ingress['spec'].tls?.length ? '80, 443' : '80')),
  ],
});

function hosts(ingress: Loose): string {
  const list = ((ingress['spec'].rules ?? []) as { host?: string }[]).map((rule) => rule.host || '*');
  return list.length > 3 ? `${list.slice(0, 3).join(',')} + ${list.length - 3} more...` : list.join(',') || '*';
}

function validateIngress(spec: Loose['spec']): FieldError[] {
  const errors: FieldError[] = [];
  if (!spec.rules?.length && !spec.defaultBackend) errors.push(invalidValue('spec', spec.rules ?? [], 'either `defaultBackend` or `rules` must be specified'));
  (spec.rules ?? []).forEach((rule: { host?: string; http?: { paths?: { path?: string; pathType?: string; backend?: Backend }[] } }, ruleIndex: number) => {
    // A wildcard stands for one label, the first.
    for (const problem of rule.host ? nameProblems(rule.host.replace(/^\*\./, ''), 'subdomain') : []) errors.push(invalidValue(`spec.rules[${ruleIndex}].host`, rule.host, problem));
    if (rule.http && !rule.http.paths?.length) errors.push(required(`spec.rules[${ruleIndex}].http.paths`));
    rule.http?.paths?.forEach((path, index) => {
      const at = `spec.rules[${ruleIndex}].http.paths[${index}]`;
      if (!path.pathType) errors.push(required(`${at}.pathType`, 'pathType must be specified'));
      else if (!['Exact', 'ImplementationSpecific', 'Prefix'].includes(path.pathType)) errors.push(notSupported(`${at}.pathType`, path.pathType, ['Exact', 'ImplementationSpecific', 'Prefix']));
      else if (path.pathType !== 'ImplementationSpecific' && !path.path?.startsWith('/')) errors.push(invalidValue(`${at}.path`, path.path ?? '', 'must be an absolute path'));
      errors.push(...validateBackend(path.backend ?? {}, `${at}.backend`));
    });
  });
  if (spec.defaultBackend) errors.push(...validateBackend(spec.defaultBackend, 'spec.defaultBackend'));
  return errors;
}

function validateBackend(backend: Backend, path: string): FieldError[] {
  if (backend.resource) return [];
  if (!backend.service) return [required(path, 'resource or service backend is required')];
  const errors: FieldError[] = [];
  if (!backend.service.name) errors.push(required(`${path}.service.name`));
  const { name, number } = backend.service.port ?? {};
  if (!name && !number) errors.push(required(`${path}`, 'port name or number is required'));
  else if (name && number) errors.push(invalidValue(path, number, 'cannot set both port name & port number'));
  return errors;
}

export const ingressclass = defineKind({
  group: 'networking.k8s.io',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  namespaced: false,
  generation: true,
  defaults(object) {
    object['spec'] ??= {};
  },
  columns: [
    column('Name', ({ metadata }) => (metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true' ? `${metadata.name} (default)` : metadata.name)),
    column('Controller', (entry) => entry['spec'].controller ?? ''),
    column('Parameters', (entry) => joined(entry['spec'].parameters ? [`${entry['spec'].parameters.kind}${entry['spec'].parameters.apiGroup ? `.${entry['spec'].parameters.apiGroup}` : ''}/${entry['spec'].parameters.name}`] : [])),
    ageColumn<Loose>(),
  ],
});
