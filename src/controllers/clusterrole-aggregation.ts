/**
 * Fills a ClusterRole that has an `aggregationRule` with the rules of those that its selectors name; what is written
 * into its rules by hand does not stay. See pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go.
 */
import { draft, isEqual } from '../api/deep.ts';
import type { KubeObject, Stored } from '../api/object.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { find, keyOf, list, unlessGone } from './objects.ts';
import { selects } from './selectors.ts';
import type { LabelSelector } from './shapes.ts';

const RESOURCE = 'clusterroles.rbac.authorization.k8s.io';

type Rule = Record<string, unknown>;

interface ClusterRole extends KubeObject {
  rules?: Rule[] | null;
  aggregationRule?: { clusterRoleSelectors?: LabelSelector[] };
}

export function clusterRoleAggregation({ registry }: ControllerContext): Controller {
  return {
    name: 'clusterrole-aggregation-controller',
    watches: [
      // Any role may be, or have been, a part of any other.
      { group: 'rbac.authorization.k8s.io', resource: 'clusterroles', toKeys: () => list<ClusterRole>(registry, RESOURCE).filter((role) => role.aggregationRule).map(keyOf) },
    ],
    reconcile: (key) => {
      const role = find<ClusterRole>(registry, RESOURCE, key);
      if (!role?.aggregationRule) return;
      const rules = aggregated(role, list<ClusterRole>(registry, RESOURCE));
      if (isEqual(rules, role.rules ?? [])) return;
      const next = draft<ClusterRole>(role);
      next.rules = rules.map((rule) => draft<Rule>(rule));
      unlessGone(() => registry.update(RESOURCE, next));
    },
  };
}

/** In the order of the selectors, and of the names under each; a rule that stands in two roles stands once. */
function aggregated(role: Stored<ClusterRole>, roles: readonly Stored<ClusterRole>[]): readonly Stored<Rule>[] {
  const rules: Stored<Rule>[] = [];
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    for (const part of roles) {
      if (part.metadata.name === role.metadata.name || !selects(selector, part.metadata.labels)) continue;
      for (const rule of part.rules ?? []) if (!rules.some((one) => isEqual(one, rule))) rules.push(rule);
    }
  }
  return rules;
}
