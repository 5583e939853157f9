/** `kubectl auth can-i` and `whoami`. See kubectl/pkg/cmd/auth. */
import { reconcile } from './auth-reconcile.ts';
import type { Run, Verb } from '../command.ts';
import { KubectlError, plainError } from '../io.ts';
import { dig, type KubeObject } from '../object.ts';
import { formatOf, OUTPUT_FLAGS, printObject } from '../print-objects.ts';
import { printTable } from '../print-table.ts';
import { compacted, nameOfRule, type PolicyRule } from '../rbac.ts';

const VERBS = new Set(['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'use', 'bind', 'escalate', 'impersonate', 'approve', 'sign', 'proxy', '*', 'head', 'options', 'post', 'put']);

const canI: Verb = {
  name: 'can-i', short: 'Check whether an action is allowed', long: 'Check whether an action is allowed.\n\nVERB is a logical Kubernetes API verb like \'get\', \'list\', \'watch\', \'delete\', etc. TYPE is a Kubernetes resource. NONRESOURCEURL is a partial URL that starts with "/".',
  examples: '# Check to see if I can create pods in any namespace\nkubectl auth can-i create pods --all-namespaces\n\n# List all allowed actions in namespace "foo"\nkubectl auth can-i --list --namespace=foo', usage: 'auth can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL] [options]',
  flags: [
    { name: 'all-namespaces', short: 'A', type: 'bool', value: false, help: 'If true, check the specified action in all namespaces.' },
    { name: 'quiet', short: 'q', type: 'bool', value: false, help: 'If true, suppress output and just return the exit code.' },
    { name: 'subresource', type: 'string', value: '', help: 'SubResource such as pod/log or deployment/scale' },
    { name: 'list', type: 'bool', value: false, help: 'If true, prints all allowed actions.' },
    { name: 'no-headers', type: 'bool', value: false, help: 'If true, prints allowed actions without headers' },
  ],
  run: async (run) => {
    const { flags, args } = run;
    const bad = (text: string) => new KubectlError(`error: ${text}\nSee 'kubectl auth can-i -h' for help and examples.`);
    if (flags.bool('list')) {
      if (args.length > 0) throw plainError('list option must be specified with no arguments');
      return listRules(run);
    }
    const [verb, what, ...more] = args;
    if (verb === undefined || what === undefined || more.length > 0) throw bad('you must specify two arguments: verb resource or verb resource/resourceName.');
    const namespace = flags.bool('all-namespaces') ? '' : run.namespace;
    if (!VERBS.has(verb)) run.err(`Warning: verb '${verb}' is not a known verb\n\n`);
    let spec: object;
    if (what.startsWith('/')) {
      if (flags.text('subresource')) throw plainError('--subresource can not be used with NonResourceURL');
      spec = { nonResourceAttributes: { path: what, verb } };
    } else {
      const [type = '', name] = what.split('/');
      const resource = type === '*' ? undefined : (await run.resources()).find(type);
      if (!resource && type !== '*') {
        const [plural, ...group] = type.split('.');
        run.err(group.length === 0 ? `Warning: the server doesn't have a resource type '${plural}'\n\n` : `Warning: the server doesn't have a resource type '${plural}' in group '${group.join('.')}'\n\n`);
      }
      const place = resource && !resource.namespaced ? '' : namespace;
      if (resource && !resource.namespaced && !flags.bool('all-namespaces')) run.err(`Warning: resource '${resource.plural}' is not namespace scoped${resource.group ? ` in group '${resource.group}'` : ''}\n\n`);
      spec = { resourceAttributes: { namespace: place, verb, group: resource?.group ?? '', resource: resource?.plural ?? type.split('.')[0]!, ...(flags.text('subresource') ? { subresource: flags.text('subresource') } : {}), ...(name ? { name } : {}) } };
    }
    const answer = await run.client.json<KubeObject>('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { body: { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', spec } });
    const allowed = dig(answer, 'status', 'allowed') === true;
    const reason = dig(answer, 'status', 'reason') as string | undefined;
    const problem = dig(answer, 'status', 'evaluationError') as string | undefined;
    if (!flags.bool('quiet')) run.out(`${allowed ? 'yes' : 'no'}${!allowed && reason ? ` - ${reason}` : ''}${!allowed && problem ? ` - ${problem}` : ''}\n`);
    return allowed ? 0 : 1;
  },
};

async function listRules(run: Run): Promise<number> {
  const answer = await run.client.json<KubeObject>('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', { body: { kind: 'SelfSubjectRulesReview', apiVersion: 'authorization.k8s.io/v1', spec: { namespace: run.namespace } } });
  const of = (field: string) => (dig(answer, 'status', field) as PolicyRule[] | undefined) ?? [];
  const bracket = (words: readonly string[] | undefined) => `[${(words ?? []).join(' ')}]`;
  const rows = compacted([...of('resourceRules'), ...of('nonResourceRules')]).map((rule) => [nameOfRule(rule), bracket(rule.nonResourceURLs), bracket(rule.resourceNames), bracket(rule.verbs)]);
  const header = ['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs'];
  run.out(printTable(run.flags.bool('no-headers') ? rows : [header, ...rows]));
  return 0;
}

const whoami: Verb = {
  name: 'whoami', short: 'Experimental: Check self subject attributes', long: 'Experimental: Check who you are and your attributes (groups, extra).', examples: '# Get your subject attributes\nkubectl auth whoami', usage: 'auth whoami [options]', flags: OUTPUT_FLAGS,
  run: async (run) => {
    const answer = await run.client.json<KubeObject>('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { body: { kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1' } });
    const format = formatOf(run);
    if (format.type !== 'table' && format.type !== 'wide') {
      printObject(run, format, answer, undefined);
      return 0;
    }
    const user = dig(answer, 'status', 'userInfo') as { username?: string; uid?: string; groups?: string[]; extra?: Record<string, string[]> };
    const rows = [['ATTRIBUTE', 'VALUE'], ['Username', user.username ?? ''], ...(user.uid ? [['UID', user.uid]] : []), ...(user.groups ? [['Groups', `[${user.groups.join(' ')}]`]] : []), ...Object.entries(user.extra ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, values]) => [`Extra: ${key}`, `[${values.join(' ')}]`])];
    run.out(printTable(rows));
    return 0;
  },
};

export const auth: Verb = { name: 'auth', short: 'Inspect authorization', helpTo: 'stderr', long: 'Inspect authorization.', examples: '', usage: 'auth [flags] [options]', flags: [], verbs: [canI, reconcile, whoami] };
