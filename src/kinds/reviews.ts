/**
 * Kinds that are questions put to the server, answered at once and never stored. The answers are in `registry/virtual.ts`.
 */
import { defineKind, type KindSpec, type Loose } from './define.ts';

const question = (spec: Pick<KindSpec<Loose>, 'group' | 'kind' | 'plural' | 'namespaced'>) => defineKind({ ...spec, stored: false, verbs: ['create'] });

export const reviews = [
  question({ kind: 'Binding', plural: 'bindings', namespaced: true }),
  question({ group: 'authentication.k8s.io', kind: 'TokenReview', plural: 'tokenreviews', namespaced: false }),
  question({ group: 'authentication.k8s.io', kind: 'SelfSubjectReview', plural: 'selfsubjectreviews', namespaced: false }),
  question({ group: 'authorization.k8s.io', kind: 'SubjectAccessReview', plural: 'subjectaccessreviews', namespaced: false }),
  question({ group: 'authorization.k8s.io', kind: 'SelfSubjectAccessReview', plural: 'selfsubjectaccessreviews', namespaced: false }),
  question({ group: 'authorization.k8s.io', kind: 'SelfSubjectRulesReview', plural: 'selfsubjectrulesreviews', namespaced: false }),
  question({ group: 'authorization.k8s.io', kind: 'LocalSubjectAccessReview', plural: 'localsubjectaccessreviews', namespaced: true }),
];
