/** `kubectl auth reconcile`: RBAC objects get what the files say, and keep what else they have. See kubectl/pkg/cmd/auth/reconcile.go. */
import { StatusError } from '../client.ts';
import type { Run, Verb } from '../command.ts';
import { each } from '../each.ts';
import { FILE_FLAGS, targetsOfFiles, type FileTarget } from '../files.ts';
import { plainError } from '../io.ts';
import type { KubeObject } from '../object.ts';
import { brokenDown, covers, type PolicyRule } from '../rbac.ts';
import { pathOf } from '../resources.ts';
import { DRY_RUN_FLAG, dryRunOf, printResult, RESULT_FLAGS, type DryRun } from '../result.ts';

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly apiGroup?: string;
}

export const reconcile: Verb = {
  name: 'reconcile', short: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects',
  long: 'Bring roles and bindings to what the files say. What is missing is created; permissions and subjects that are there already stay, unless the flags say otherwise. Better than apply for RBAC, since a binding to another role is made anew.',
  examples: '# Reconcile RBAC resources from a file\nkubectl auth reconcile -f my-rbac-rules.yaml', usage: 'auth reconcile -f FILENAME',
  flags: [
    ...FILE_FLAGS, ...RESULT_FLAGS, DRY_RUN_FLAG,
    { name: 'remove-extra-permissions', type: 'bool', value: false, help: 'If true, removes extra permissions added to roles' },
    { name: 'remove-extra-subjects', type: 'bool', value: false, help: 'If true, removes extra subjects added to rolebindings' },
  ],
  run: async (run) => {
    const dryRun = dryRunOf(run);
    if (run.flags.list('filename').length === 0 && !run.flags.text('kustomize')) throw plainError('must specify one of -f and -k');
    const targets = (await targetsOfFiles(run)).filter(({ resource }) => resource.group === 'rbac.authorization.k8s.io');
    return each(run, targets, async (target) => printResult(run, await reconcileOne(run, target, dryRun), 'reconciled', dryRun));
  },
};

async function reconcileOne(run: Run, { resource, name, namespace, object }: FileTarget, dryRun: DryRun): Promise<KubeObject> {
  const place = namespace ?? run.namespace;
  const path = pathOf(resource, place, name);
  const query = dryRun === 'server' ? '?dryRun=All' : '';
  const isBinding = object['roleRef'] !== undefined;
  const create = async (operation: string) => {
    const added: Change = isBinding ? subjectsOf(run, {}, object) : { value: {}, added: ((object['rules'] as readonly PolicyRule[] | null | undefined) ?? []).map(ruleText), removed: [] };
    tell(run, operation, isBinding, added);
    return dryRun === 'client' ? object : run.client.json<KubeObject>('POST', pathOf(resource, place) + query, { body: object });
  };
  let live: KubeObject;
  try {
    live = await run.client.json<KubeObject>('GET', path);
  } catch (error) {
    if (error instanceof StatusError && error.status.reason === 'NotFound') return create('create');
    throw error;
  }
  // What a binding binds never changes: another role is another binding.
  if (JSON.stringify(live['roleRef']) !== JSON.stringify(object['roleRef'])) {
    if (dryRun === 'none') await run.client.json('DELETE', path);
    return create('recreate');
  }
  const change = isBinding ? subjectsOf(run, live, object) : rulesOf(run, live, object);
  if (change.added.length + change.removed.length === 0) return live;
  tell(run, 'update', isBinding, change);
  const changed = { ...live, ...change.value };
  return dryRun === 'client' ? changed : run.client.json<KubeObject>('PUT', path + query, { body: changed });
}

interface Change {
  readonly value: Readonly<Record<string, unknown>>;
  /** As Go prints them. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

function tell(run: Run, operation: string, isBinding: boolean, { added, removed }: Change): void {
  const what = isBinding ? 'subjects' : 'rules';
  run.err(`\treconciliation required ${operation}\n`);
  if (added.length > 0) run.err(`\tmissing ${what} added:\n${added.map((text) => `\t\t${text}\n`).join('')}`);
  if (removed.length > 0) run.err(`\textra ${what} removed:\n${removed.map((text) => `\t\t${text}\n`).join('')}`);
}

const ruleText = (rule: PolicyRule): string => {
  const list = (words: readonly string[] | undefined) => `[${(words ?? []).join(' ')}]`;
  return `{Verbs:${list(rule.verbs)} APIGroups:${list(rule.apiGroups)} Resources:${list(rule.resources)} ResourceNames:${list(rule.resourceNames)} NonResourceURLs:${list(rule.nonResourceURLs)}}`;
};

const subjectText = ({ kind, apiGroup = '', name, namespace = '' }: Subject): string => `{Kind:${kind} APIGroup:${apiGroup} Name:${name} Namespace:${namespace}}`;

function rulesOf(run: Run, live: KubeObject, wanted: KubeObject): Change {
  const had = (live['rules'] as readonly PolicyRule[] | null | undefined) ?? [];
  const rules = (wanted['rules'] as readonly PolicyRule[] | null | undefined) ?? [];
  const missing = rules.flatMap(brokenDown).filter((rule) => !covers(had, rule));
  const extra = run.flags.bool('remove-extra-permissions') ? had.flatMap(brokenDown).filter((rule) => !covers(rules, rule)) : [];
  return { value: { rules: extra.length > 0 ? rules : [...had, ...missing] }, added: missing.map(ruleText), removed: extra.map(ruleText) };
}

function subjectsOf(run: Run, live: KubeObject, wanted: KubeObject): Change {
  const had = (live['subjects'] as readonly Subject[] | null | undefined) ?? [];
  const subjects = (wanted['subjects'] as readonly Subject[] | null | undefined) ?? [];
  const isSame = (a: Subject) => (b: Subject) => a.kind === b.kind && a.name === b.name && (a.namespace ?? '') === (b.namespace ?? '');
  const missing = subjects.filter((one) => !had.some(isSame(one)));
  const extra = run.flags.bool('remove-extra-subjects') ? had.filter((one) => !subjects.some(isSame(one))) : [];
  return { value: { subjects: [...had.filter((one) => !extra.includes(one)), ...missing] }, added: missing.map(subjectText), removed: extra.map(subjectText) };
}
