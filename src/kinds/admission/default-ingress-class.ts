/** An Ingress that names no class gets the default one. See plugin/pkg/admission/network/defaultingressclass/admission.go. */
import { forbidden } from '../../api/status.ts';
import type { Loose } from '../define.ts';
import type { Admission } from './index.ts';

const IS_DEFAULT = 'ingressclass.kubernetes.io/is-default-class';

export const defaultIngressClass: Admission = {
  name: 'DefaultIngressClass',
  create({ registry, kind, object }) {
    const { spec } = object as Loose;
    if (kind.plural !== 'ingresses' || spec.ingressClassName !== undefined || object.metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined) return;
    const defaults = registry.list('ingressclasses.networking.k8s.io').items.filter(({ metadata }) => metadata.annotations?.[IS_DEFAULT] === 'true');
    if (defaults.length > 1) {
      // The newest counts; the real server refuses only when it cannot tell.
      const [first, second] = defaults.toSorted((a, b) => (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? ''));
      if (first!.metadata.creationTimestamp === second!.metadata.creationTimestamp) throw forbidden(kind, object.metadata.name, `${defaults.length} default IngressClasses were found, only 1 allowed`);
      spec.ingressClassName = first!.metadata.name;
    } else if (defaults[0]) spec.ingressClassName = defaults[0].metadata.name;
  },
};
