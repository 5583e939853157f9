/** `kubectl create role|rolebinding|clusterrole|clusterrolebinding|token`. See create_role.go and its neighbours. */
import { parseDuration } from '../../../base/duration.ts';
import { StatusError } from '../../client.ts';
import type { Run, Verb } from '../../command.ts';
import { KubectlError, plainError } from '../../io.ts';
import type { KubeObject } from '../../object.ts';
import { formatOf, OUTPUT_FLAGS, printObject } from '../../print-objects.ts';
import { CREATED, generatorVerb, nameArgument } from './generator.ts';

const GROUP = 'rbac.authorization.k8s.io';
const place = (plural: string, namespaced: boolean) => ({ group: GROUP, version: 'v1', plural, namespaced });

const VERBS = new Set(['*', 'get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'use', 'bind', 'escalate', 'impersonate', 'approve', 'sign', 'proxy']);
const SPECIAL: Readonly<Record<string, readonly string[]>> = { use: ['policy/podsecuritypolicies', 'extensions/podsecuritypolicies'], bind: [`${GROUP}/roles`, `${GROUP}/clusterroles`], escalate: [`${GROUP}/roles`, `${GROUP}/clusterroles`], impersonate: ['/users', '/serviceaccounts', '/groups', 'authentication.k8s.io/userextras'], approve: ['certificates.k8s.io/signers'], sign: ['certificates.k8s.io/signers'] };

const RULE_FLAGS = [
  { name: 'verb', type: 'strings', help: 'Verb that applies to the resources contained in the rule' },
  { name: 'resource', type: 'strings', help: 'Resource that the rule applies to' },
  { name: 'resource-name', type: 'array', help: 'Resource in the white list that the rule applies to, repeat this flag for multiple items' },
] as const;

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** Rules, one for each API group. */
async function rulesOf(run: Run): Promise<readonly object[]> {
  const { flags } = run;
  const given = unique(flags.list('verb'));
  const verbs = given.includes('*') ? ['*'] : given;
  const asked = flags.list('resource');
  if (verbs.length === 0) throw plainError('at least one verb must be specified');
  const names = flags.list('resource-name');
  if (asked.length === 0) throw plainError('at least one resource must be specified');
  const resources = await run.resources();
  const found: { group: string; name: string }[] = [];
  for (const word of asked) {
    const [path = '', subresource] = word.split('/');
    if (path === '*') {
      found.push({ group: '', name: subresource ? `*/${subresource}` : '*' });
      continue;
    }
    const resource = resources.find(path);
    if (!resource) {
      const known = Object.values(SPECIAL).flat().find((one) => one.endsWith(`/${path.split('.')[0]}`));
      if (!known) throw new KubectlError(`the server doesn't have a resource type "${path}"`);
      found.push({ group: known.split('/')[0]!, name: path.split('.')[0]! });
      continue;
    }
    found.push({ group: resource.group, name: subresource ? `${resource.plural}/${subresource}` : resource.plural });
  }
  for (const verb of verbs) if (!VERBS.has(verb)) run.err(`Warning: '${verb}' is not a standard resource verb\n`);
  const groups = unique(found.map((one) => one.group));
  return groups.map((group) => ({ verbs, apiGroups: [group], resources: unique(found.filter((one) => one.group === group).map((one) => one.name)), ...(names.length > 0 ? { resourceNames: names } : {}) }));
}

export const role = generatorVerb({
  name: 'role', short: 'Create a role with single rule', noun: 'role', usage: 'role NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none]',
  examples: '# Create a role named "pod-reader" that allows user to perform "get", "watch" and "list" on pods\nkubectl create role pod-reader --verb=get --verb=list --verb=watch --resource=pods', flags: RULE_FLAGS, place: place('roles', true),
  build: async (run, name) => ({ kind: 'Role', apiVersion: `${GROUP}/v1`, metadata: { name, ...CREATED }, rules: await rulesOf(run) }),
});

export const clusterrole = generatorVerb({
  name: 'clusterrole', short: 'Create a cluster role', noun: 'clusterrole', usage: 'clusterrole NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none]',
  examples: '# Create a cluster role named "pod-reader" that allows user to perform "get", "watch" and "list" on pods\nkubectl create clusterrole pod-reader --verb=get,list,watch --resource=pods', place: place('clusterroles', false),
  flags: [
    ...RULE_FLAGS,
    { name: 'non-resource-url', type: 'strings', help: 'A partial url that user should have access to.' },
    { name: 'aggregation-rule', type: 'strings', help: 'An aggregation label selector for combining ClusterRoles.' },
  ],
  build: async (run, name) => {
    const { flags } = run;
    const head = { kind: 'ClusterRole', apiVersion: `${GROUP}/v1`, metadata: { name, ...CREATED } };
    const labels = flags.list('aggregation-rule').map((pair) => pair.split('=') as [string, string]);
    const urls = flags.list('non-resource-url');
    if (labels.length > 0) {
      if (urls.length > 0 || flags.list('verb').length > 0 || flags.list('resource').length > 0 || flags.list('resource-name').length > 0) throw plainError('aggregation rule must be specified without nonResourceURLs, resources, verbs or resourceNames');
      return { ...head, aggregationRule: { clusterRoleSelectors: [{ matchLabels: Object.fromEntries(labels) }] }, rules: null };
    }
    if (urls.length === 0) return { ...head, rules: await rulesOf(run) };
    if (flags.list('resource').length > 0) return { ...head, rules: [...(await rulesOf(run)), { verbs: unique(flags.list('verb')), nonResourceURLs: urls }] };
    if (flags.list('verb').length === 0) throw plainError('at least one verb must be specified');
    if (flags.list('resource-name').length > 0) throw plainError('resource names can not be applied to non-resource URLs');
    const wrong = flags.list('verb').find((verb) => !['*', 'get', 'post', 'put', 'delete', 'patch', 'head', 'options'].includes(verb));
    if (wrong) throw plainError(`invalid verb: '${wrong}' for nonResourceURL`);
    return { ...head, rules: [{ verbs: unique(flags.list('verb')), nonResourceURLs: urls }] };
  },
});

const SUBJECT_FLAGS = [
  { name: 'user', type: 'array', help: 'Usernames to bind to the role. The flag can be repeated to add multiple users.' },
  { name: 'group', type: 'array', help: 'Groups to bind to the role. The flag can be repeated to add multiple groups.' },
  { name: 'serviceaccount', type: 'array', help: 'Service accounts to bind to the role, in the format <namespace>:<name>. The flag can be repeated to add multiple service accounts.' },
] as const;

function subjectsOf(run: Run): readonly object[] {
  const { flags } = run;
  return [
    ...flags.list('user').map((name) => ({ kind: 'User', apiGroup: GROUP, name })),
    ...flags.list('group').map((name) => ({ kind: 'Group', apiGroup: GROUP, name })),
    ...flags.list('serviceaccount').map((word) => {
      const [namespace, name, ...more] = word.split(':');
      if (!namespace || !name || more.length > 0) throw plainError('serviceaccount must be <namespace>:<name>');
      return { kind: 'ServiceAccount', name, namespace };
    }),
  ];
}

function bindingOf(kind: string, run: Run, name: string, roleKind: string, roleName: string): KubeObject {
  const subjects = subjectsOf(run);
  return { kind, apiVersion: `${GROUP}/v1`, metadata: { name, ...CREATED }, ...(subjects.length > 0 ? { subjects } : {}), roleRef: { apiGroup: GROUP, kind: roleKind, name: roleName } };
}

export const rolebinding = generatorVerb({
  name: 'rolebinding', short: 'Create a role binding for a particular role or cluster role', noun: 'rolebinding', usage: 'rolebinding NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  examples: '# Create a role binding for user1, user2, and group1 using the admin cluster role\nkubectl create rolebinding admin --clusterrole=admin --user=user1 --user=user2 --group=group1', place: place('rolebindings', true),
  flags: [...SUBJECT_FLAGS, { name: 'clusterrole', type: 'string', value: '', help: 'ClusterRole this RoleBinding should reference' }, { name: 'role', type: 'string', value: '', help: 'Role this RoleBinding should reference' }],
  build: (run, name) => {
    const [cluster, local] = [run.flags.text('clusterrole'), run.flags.text('role')];
    if ((cluster === '') === (local === '')) throw plainError('exactly one of clusterrole or role must be specified');
    return bindingOf('RoleBinding', run, name, local ? 'Role' : 'ClusterRole', local || cluster);
  },
});

export const clusterrolebinding = generatorVerb({
  name: 'clusterrolebinding', short: 'Create a cluster role binding for a particular cluster role', noun: 'clusterrolebinding', usage: 'clusterrolebinding NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  examples: '# Create a cluster role binding for user1, user2, and group1 using the cluster-admin cluster role\nkubectl create clusterrolebinding cluster-admin --clusterrole=cluster-admin --user=user1 --user=user2 --group=group1', place: place('clusterrolebindings', false), required: ['clusterrole'],
  flags: [...SUBJECT_FLAGS, { name: 'clusterrole', type: 'string', value: '', help: 'ClusterRole this ClusterRoleBinding should reference' }],
  build: (run, name) => bindingOf('ClusterRoleBinding', run, name, 'ClusterRole', run.flags.text('clusterrole')),
});

export const token: Verb = {
  name: 'token', short: 'Request a service account token', long: 'Request a service account token.',
  examples: '# Request a token to authenticate to the kube-apiserver as the service account "myapp" in the current namespace\nkubectl create token myapp\n\n# Request a token with a custom expiration\nkubectl create token myapp --duration 10m', usage: 'create token SERVICE_ACCOUNT_NAME [options]',
  flags: [
    ...OUTPUT_FLAGS,
    { name: 'audience', type: 'array', help: 'Audience of the requested token. If unset, defaults to requesting a token for use with the Kubernetes API server. May be repeated to request a token valid for multiple audiences.' },
    { name: 'duration', type: 'duration', value: '0s', help: 'Requested lifetime of the issued token. If not set or if set to 0, the lifetime will be determined by the server automatically. The server may return a token with a longer or shorter lifetime.' },
    { name: 'bound-object-kind', type: 'string', value: '', help: 'Kind of an object to bind the token to. Supported kinds are Node, Pod, Secret. If set, --bound-object-name must be provided.' },
    { name: 'bound-object-name', type: 'string', value: '', help: 'Name of an object to bind the token to. The token will expire when the object is deleted. Requires --bound-object-kind.' },
    { name: 'bound-object-uid', type: 'string', value: '', help: 'UID of an object to bind the token to. Requires --bound-object-kind and --bound-object-name. If unset, the UID of the existing object is used.' },
  ],
  run: async (run) => {
    const name = nameArgument(run);
    const { flags } = run;
    const ms = parseDuration(flags.text('duration')) ?? 0;
    if (ms < 0) throw plainError(`--duration must be greater than or equal to 0`);
    if (ms % 1000 !== 0) throw plainError('--duration cannot be expressed in units less than seconds');
    const [kind, bound, uid] = [flags.text('bound-object-kind'), flags.text('bound-object-name'), flags.text('bound-object-uid')];
    if (!kind && bound) throw plainError('--bound-object-name can only be set if --bound-object-kind is provided');
    if (!kind && uid) throw plainError('--bound-object-uid can only be set if --bound-object-kind is provided');
    if (kind && !['Node', 'Pod', 'Secret'].includes(kind)) throw plainError(`supported --bound-object-kind values are Node, Pod, Secret`);
    if (kind && !bound) throw plainError('--bound-object-name is required if --bound-object-kind is provided');
    const spec = {
      audiences: flags.list('audience').length > 0 ? flags.list('audience') : null, ...(ms > 0 ? { expirationSeconds: ms / 1000 } : {}),
      ...(kind ? { boundObjectRef: { kind, apiVersion: 'v1', name: bound, ...(uid ? { uid } : {}) } } : {}),
    };
    const answer = await run.client.json<KubeObject & { status?: { token?: string } }>('POST', `/api/v1/namespaces/${run.namespace}/serviceaccounts/${name}/token`, { body: { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', metadata: {}, spec } }).catch((error: unknown) => {
      throw error instanceof StatusError ? plainError(`failed to create token: ${error.status.message}`) : error;
    });
    const format = formatOf(run);
    if (format.type !== 'table' && format.type !== 'wide') printObject(run, format, answer, undefined);
    // A person gets a line of it, a script nothing but the token.
    else run.out(`${answer.status?.token ?? ''}${run.io.terminal ? '\n' : ''}`);
    return 0;
  },
};

