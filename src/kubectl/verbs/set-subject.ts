/** `kubectl set subject`: users, groups and accounts of a binding. See kubectl/pkg/cmd/set/set_subject.go. */
import type { Verb } from '../command.ts';
import { each } from '../each.ts';
import { plainError } from '../io.ts';
import { fetch, namedObjects, pathTo } from '../named.ts';
import type { KubeObject } from '../object.ts';
import { dryRunOf, printResult } from '../result.ts';
import { SET_FLAGS } from './set-each.ts';

interface Subject {
  readonly kind: string;
  readonly apiGroup?: string;
  readonly name: string;
  readonly namespace?: string;
}

const RBAC = 'rbac.authorization.k8s.io';

export const setSubject: Verb = {
  name: 'subject', short: 'Update the user, group, or service account in a role binding or cluster role binding', long: 'Add users, groups or service accounts to a role binding or cluster role binding.',
  examples: '# Update a cluster role binding for serviceaccount1\nkubectl set subject clusterrolebinding admin --serviceaccount=namespace:serviceaccount1\n\n# Update a role binding for user1, user2, and group1\nkubectl set subject rolebinding admin --user=user1 --user=user2 --group=group1',
  usage: 'set subject (-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  flags: [
    ...SET_FLAGS,
    { name: 'user', type: 'array', help: 'Usernames to bind to the role' }, { name: 'group', type: 'array', help: 'Groups to bind to the role' },
    { name: 'serviceaccount', type: 'array', help: 'Service accounts to bind to the role' },
  ],
  run: async (run) => {
    const { flags } = run;
    const accounts = flags.list('serviceaccount').map((text) => text.split(':'));
    const named = await namedObjects(run, run.args, { many: true });
    if (flags.list('user').length + flags.list('group').length + accounts.length === 0) throw plainError('you must specify at least one value of user, group or serviceaccount');
    if (accounts.some((parts) => parts.length !== 2 || parts.includes(''))) throw plainError('serviceaccount must be <namespace>:<name>');
    const wanted: readonly Subject[] = [
      ...flags.list('user').map((name) => ({ kind: 'User', apiGroup: RBAC, name })), ...flags.list('group').map((name) => ({ kind: 'Group', apiGroup: RBAC, name })),
      ...accounts.map(([namespace = '', name = '']) => ({ kind: 'ServiceAccount', namespace, name })),
    ];
    const dryRun = dryRunOf(run);
    return each(run, named, async (one) => {
      const object = await fetch(run, one);
      if (!/^(?:Cluster)?RoleBinding$/.test(object.kind ?? '')) throw plainError(`${one.resource.plural}/${one.name} setting subjects is only supported for RoleBinding/ClusterRoleBinding`);
      const had = (object['subjects'] as readonly Subject[] | undefined) ?? [];
      const added = wanted.filter((one) => !had.some((known) => known.kind === one.kind && known.name === one.name && (known.namespace ?? '') === (one.namespace ?? '')));
      // Who is bound already is nothing to tell.
      if (added.length === 0) return;
      const subjects = [...had, ...added];
      if (dryRun === 'client' || flags.bool('local')) return printResult(run, { ...object, subjects }, 'subjects updated', dryRun);
      const query = `?fieldManager=${flags.text('field-manager')}${dryRun === 'server' ? '&dryRun=All' : ''}`;
      printResult(run, await run.client.json<KubeObject>('PATCH', pathTo(one) + query, { body: { subjects }, contentType: 'application/merge-patch+json' }), 'subjects updated', dryRun);
    });
  },
};
