/**
 * APIService: who answers for a version of an API group: this server, or a Service behind it. The objects of what this
 * server answers for are made by `controllers/api-services.ts`. See kube-aggregator/pkg/apis/apiregistration.
 * Differs from Kubernetes: requests are not passed on to Services, so what is behind one is never available.
 */
import { invalidValue, required, type FieldError } from '../api/field-error.ts';
import { column, defineKind } from './define.ts';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
}

export const apiservice = defineKind({
  group: 'apiregistration.k8s.io',
  kind: 'APIService',
  plural: 'apiservices',
  categories: ['api-extensions'],
  namespaced: false,
  subresources: ['status'],
  // `v1.` is the core group's.
  nameRule: 'path-segment',
  defaults(object) {
    if (object['spec']?.service) object['spec'].service.port ??= 443;
  },
  validate({ metadata, spec }) {
    const wanted = `${spec?.version ?? ''}.${spec?.group ?? ''}`;
    const errors: FieldError[] = metadata.name === wanted ? [] : [invalidValue('metadata.name', metadata.name, 'must be `spec.version+"."+spec.group`: ' + JSON.stringify(wanted))];
    if (!(spec?.groupPriorityMinimum > 0 && spec.groupPriorityMinimum <= 20000)) errors.push(invalidValue('spec.groupPriorityMinimum', spec?.groupPriorityMinimum ?? 0, 'must be positive and less than 20000'));
    if (!(spec?.versionPriority > 0 && spec.versionPriority <= 1000)) errors.push(invalidValue('spec.versionPriority', spec?.versionPriority ?? 0, 'must be positive and less than 1000'));
    if (!spec?.service) return errors;
    for (const field of ['namespace', 'name']) if (!spec.service[field]) errors.push(required(`spec.service.${field}`));
    if (spec.insecureSkipTLSVerify && spec.caBundle) errors.push(invalidValue('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present'));
    return errors;
  },
  middle: [
    column('Service', ({ spec }) => (spec.service ? `${spec.service.namespace}/${spec.service.name}` : 'Local')),
    column('Available', ({ status }) => {
      const available = ((status?.conditions ?? []) as Condition[]).find(({ type }) => type === 'Available');
      return !available ? 'Unknown' : available.status === 'True' ? 'True' : `${available.status} (${available.reason})`;
    }),
  ],
});
