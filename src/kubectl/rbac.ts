/** Rules of RBAC as kubectl shows them: taken apart, joined by resource, in order. See kubectl/pkg/util/rbac/rbac.go. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** `deployments.apps/scale`: the group comes before the subresource. */
export function nameOfRule({ resources: [resource = ''] = [], apiGroups: [group = ''] = [] }: PolicyRule): string {
  const [plural = '', ...subresource] = resource.split('/');
  return [group === '' ? plural : `${plural}.${group}`, ...subresource].join('/');
}

/** One verb on one thing. */
export function brokenDown(rule: PolicyRule): readonly PolicyRule[] {
  const names = (rule.resourceNames ?? []).length > 0 ? rule.resourceNames!.map((name) => ({ resourceNames: [name] })) : [{}];
  const onResources = (rule.apiGroups ?? []).flatMap((group) => (rule.resources ?? []).flatMap((resource) => names.flatMap((name) => rule.verbs.map((verb) => ({ verbs: [verb], apiGroups: [group], resources: [resource], ...name })))));
  const onUrls = (rule.nonResourceURLs ?? []).flatMap((url) => rule.verbs.map((verb) => ({ verbs: [verb], nonResourceURLs: [url] })));
  return [...onResources, ...onUrls];
}

/** Verbs on the same thing become one rule; sorted as their Go text would be. */
export function compacted(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const joined = new Map<string, PolicyRule>();
  const rest: PolicyRule[] = [];
  for (const rule of rules.flatMap(brokenDown)) {
    if (rule.nonResourceURLs) {
      rest.push(rule);
      continue;
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames]);
    const known = joined.get(key);
    joined.set(key, known ? { ...known, verbs: [...new Set([...known.verbs, ...rule.verbs])] } : rule);
  }
  return [...rest, ...joined.values()].sort((a, b) => (goText(a) < goText(b) ? -1 : goText(a) > goText(b) ? 1 : 0));
}

function goText(rule: PolicyRule): string {
  const list = (words: readonly string[] | undefined) => `[${(words ?? []).join(' ')}]`;
  return `Verbs:${list(rule.verbs)},APIGroups:${list(rule.apiGroups)},Resources:${list(rule.resources)},ResourceNames:${list(rule.resourceNames)},NonResourceURLs:${list(rule.nonResourceURLs)},`;
}

/** Whether one of `rules` allows all that `wanted`, a rule taken apart, allows. */
export function covers(rules: readonly PolicyRule[], wanted: PolicyRule): boolean {
  const has = (list: readonly string[] | undefined, word: string | undefined) => word === undefined || (list ?? []).includes('*') || (list ?? []).includes(word);
  return rules.some((rule) => {
    if (!has(rule.verbs, wanted.verbs[0])) return false;
    if (wanted.nonResourceURLs) return (rule.nonResourceURLs ?? []).some((url) => url === wanted.nonResourceURLs![0] || (url.endsWith('*') && wanted.nonResourceURLs![0]!.startsWith(url.slice(0, -1))));
    const isNamed = (rule.resourceNames ?? []).length === 0 || (wanted.resourceNames !== undefined && rule.resourceNames!.includes(wanted.resourceNames[0]!));
    return isNamed && has(rule.apiGroups, wanted.apiGroups?.[0]) && has(rule.resources, wanted.resources?.[0]);
  });
}
