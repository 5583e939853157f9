/** The parts of `kubectl config` that add or change entries. See kubectl/pkg/cmd/config/{set,set_context,set_cluster,set_credentials}.go. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Run, Verb } from '../command.ts';
import { ConfigStore, type Section } from '../config-store.ts';
import type { Flag } from '../flags.ts';
import { plainError } from '../io.ts';

const store = (run: Run) => new ConfigStore(run.io, run.flags.text('kubeconfig'));
const text = (name: string, help: string): Flag => ({ name, type: 'string', value: '', help });
const EMBED: Flag = { name: 'embed-certs', type: 'bool', value: false, help: 'embed-certs for the entry in kubeconfig' };

/** Flags that were given, under the names that the file has. */
function given(run: Run, names: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(names).filter(([flag]) => run.flags.has(flag)).map(([flag, field]) => [field, run.flags.text(flag) || undefined]));
}

/** Paths of files become absolute, or their content goes in. */
function certificates(run: Run, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => run.flags.has(name)).flatMap((name): [string, unknown][] => {
    const path = resolve(run.io.cwd, run.flags.text(name));
    if (!run.flags.bool('embed-certs')) return [[name, path], [`${name}-data`, undefined]];
    try {
      return [[`${name}-data`, readFileSync(path).toString('base64')], [name, undefined]];
    } catch {
      throw plainError(`could not stat ${name} file ${path}: stat ${path}: no such file or directory`);
    }
  }));
}

function nameOf(run: Run, what: string): string {
  if (run.args.length !== 1) throw plainError(run.args.length === 0 ? `you must specify a non-empty ${what} name` : `Unexpected args: [${run.args.join(' ')}]`);
  return run.args[0]!;
}

export const setContext: Verb = {
  name: 'set-context', short: 'Set a context entry in kubeconfig', long: 'Set a context entry in kubeconfig.\n\nSpecifying a name that already exists will merge new fields on top of existing values for those fields.', examples: '# Set the user field on the gce context entry without touching other values\nkubectl config set-context gce --user=cluster-admin',
  usage: 'config set-context [NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace] [options]', flags: [{ name: 'current', type: 'bool', value: false, help: 'Modify the current context' }],
  run: async (run) => {
    const current = run.flags.bool('current');
    const files = store(run);
    if (current && run.args.length > 0) throw plainError('you cannot specify both a context name and --current');
    if (!current && run.args.length === 0) throw plainError('you must specify a non-empty context name or --current');
    if (run.args.length > 1) throw plainError(`Unexpected args: [${run.args.join(' ')}]`);
    const name = current ? (files.merged['current-context'] ?? '') : run.args[0]!;
    if (!name) throw plainError('no current context is set');
    const existed = files.set('contexts', name, given(run, { cluster: 'cluster', user: 'user', namespace: 'namespace' }));
    run.out(`Context ${JSON.stringify(name)} ${existed ? 'modified' : 'created'}.\n`);
    return 0;
  },
};

export const setCluster: Verb = {
  name: 'set-cluster', short: 'Set a cluster entry in kubeconfig', long: 'Set a cluster entry in kubeconfig.', examples: '# Set only the server field on the e2e cluster entry without touching other values\nkubectl config set-cluster e2e --server=https://1.2.3.4',
  usage: 'config set-cluster NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [--tls-server-name=example.com] [options]', flags: [EMBED, text('proxy-url', 'proxy-url for the cluster entry in kubeconfig')],
  run: async (run) => {
    const name = nameOf(run, 'cluster');
    const insecure = run.flags.has('insecure-skip-tls-verify') ? { 'insecure-skip-tls-verify': run.flags.bool('insecure-skip-tls-verify') || undefined } : {};
    store(run).set('clusters', name, { ...given(run, { server: 'server', 'tls-server-name': 'tls-server-name', 'proxy-url': 'proxy-url' }), ...certificates(run, ['certificate-authority']), ...insecure });
    run.out(`Cluster ${JSON.stringify(name)} set.\n`);
    return 0;
  },
};

export const setCredentials: Verb = {
  name: 'set-credentials', short: 'Set a user entry in kubeconfig', long: 'Set a user entry in kubeconfig.', examples: '# Set only the "client-key" field on the "cluster-admin" entry\nkubectl config set-credentials cluster-admin --client-key=~/.kube/admin.key',
  usage: 'config set-credentials NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password] [options]', flags: [EMBED, text('username', 'username for the user entry in kubeconfig'), text('password', 'password for the user entry in kubeconfig')],
  run: async (run) => {
    const name = nameOf(run, 'user');
    if (run.flags.has('token') && run.flags.has('username')) throw plainError('you cannot specify more than one authentication method at the same time: --token, --username/--password');
    store(run).set('users', name, { ...given(run, { token: 'token', username: 'username', password: 'password' }), ...certificates(run, ['client-certificate', 'client-key']) });
    run.out(`User ${JSON.stringify(name)} set.\n`);
    return 0;
  },
};

/** `contexts.mine.namespace` to its parts; names may hold dots, so that known ones are tried first. */
function propertyOf(files: ConfigStore, path: string): { section: Section; name: string; field: string } | 'current-context' {
  if (path === 'current-context') return path;
  const [section = '', ...rest] = path.split('.');
  if (section !== 'clusters' && section !== 'contexts' && section !== 'users') throw plainError(`unable to parse path ${JSON.stringify(path)} at ${JSON.stringify(section)}`);
  const joined = rest.join('.');
  const known = (files.merged[section] ?? []).map((one) => one.name).find((one) => joined === one || joined.startsWith(`${one}.`));
  const name = known ?? rest.slice(0, -1).join('.');
  return { section, name, field: joined.slice(name.length + 1) };
}

export const setValue: Verb = {
  name: 'set', short: 'Set an individual value in a kubeconfig file', long: 'Set an individual value in a kubeconfig file.\n\nPROPERTY_NAME is a dot delimited name where each token represents either an attribute name or a map key. Map keys may not contain dots.', examples: '# Set the server field on the my-cluster cluster to https://1.2.3.4\nkubectl config set clusters.my-cluster.server https://1.2.3.4', usage: 'config set PROPERTY_NAME PROPERTY_VALUE [options]', flags: [],
  run: async (run) => {
    const [path, value, ...more] = run.args;
    if (path === undefined || value === undefined || more.length > 0) throw plainError(`Unexpected args: [${run.args.join(' ')}]`);
    const files = store(run);
    const property = propertyOf(files, path);
    if (property === 'current-context') files.setCurrent(value);
    else files.set(property.section, property.name, { [property.field]: value === 'true' || value === 'false' ? value === 'true' : value });
    run.out(`Property ${JSON.stringify(path)} set.\n`);
    return 0;
  },
};

export const unsetValue: Verb = {
  name: 'unset', short: 'Unset an individual value in a kubeconfig file', long: 'Unset an individual value in a kubeconfig file.', examples: '# Unset the current-context\nkubectl config unset current-context', usage: 'config unset PROPERTY_NAME [options]', flags: [],
  run: async (run) => {
    const [path, ...more] = run.args;
    if (path === undefined || more.length > 0) throw plainError(`Unexpected args: [${run.args.join(' ')}]`);
    const files = store(run);
    const property = propertyOf(files, path);
    if (property === 'current-context') files.setCurrent(undefined);
    else if (property.field === '') files.remove(property.section, property.name);
    else files.set(property.section, property.name, { [property.field]: undefined });
    run.out(`Property ${JSON.stringify(path)} unset.\n`);
    return 0;
  },
};
