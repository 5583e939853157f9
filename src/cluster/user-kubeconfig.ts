/**
 * Reads a kubeconfig, never writes one: which contexts it has, and what it takes to speak to the cluster of one of them.
 * See kubernetes.io/docs/reference/config-api/kubeconfig.v1 and client-authentication.v1 (exec plugins).
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { UserError } from '../base/user-error.ts';
import type { Endpoint } from './client.ts';
import type { Tools } from './tools.ts';

type Named<Key extends string, T> = { readonly name: string } & Readonly<Record<Key, T>>;

interface ClusterEntry {
  readonly server: string;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'tls-server-name'?: string;
}

interface UserEntry {
  readonly 'client-certificate'?: string;
  readonly 'client-certificate-data'?: string;
  readonly 'client-key'?: string;
  readonly 'client-key-data'?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly exec?: { readonly command: string; readonly args?: readonly string[] | null; readonly env?: readonly { readonly name: string; readonly value: string }[] | null; readonly apiVersion?: string };
  readonly 'auth-provider'?: { readonly name: string };
  readonly username?: string;
}

interface Kubeconfig {
  readonly clusters?: readonly Named<'cluster', ClusterEntry>[];
  readonly users?: readonly Named<'user', UserEntry>[];
  readonly contexts?: readonly Named<'context', { readonly cluster: string; readonly user: string; readonly namespace?: string }>[];
  readonly 'current-context'?: string;
}

export interface Chosen {
  readonly context: string;
  readonly server: string;
  /** A kubeconfig with this one context, files in it by absolute path. */
  readonly text: string;
}

/** Where kubectl would look. */
export function kubeconfigPaths(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return named.length > 0 ? named : [join(env['HOME'] || homedir(), '.kube', 'config')];
}

/** Names of all contexts, in order. */
export async function contextsIn(paths: readonly string[]): Promise<readonly string[]> {
  return (await read(paths)).flatMap(({ config }) => (config.contexts ?? []).map(({ name }) => name));
}

/** @throws UserError when there is no such context */
export async function chooseContext(paths: readonly string[], name: string): Promise<Chosen> {
  const files = await read(paths);
  const find = <K extends 'clusters' | 'users' | 'contexts'>(list: K, wanted: string) => {
    for (const { path, config } of files) {
      const entry = ((config[list] ?? []) as readonly { readonly name: string }[]).find((candidate) => candidate.name === wanted);
      if (entry) return { path, entry: entry as unknown as NonNullable<Kubeconfig[K]>[number] };
    }
    return undefined;
  };
  const context = find('contexts', name)?.entry.context;
  const all = files.flatMap(({ config }) => (config.contexts ?? []).map((entry) => entry.name));
  if (!context) throw new UserError(`There is no context "${name}" in ${paths.join(', ')}.`, all.length > 0 ? `Choose one of: ${all.join(', ')}.` : 'Set KUBECONFIG to the file that has it.', 2);
  const [cluster, user] = [find('clusters', context.cluster), find('users', context.user)];
  if (!cluster || !user) throw new UserError(`The context "${name}" names a cluster or user that its kubeconfig does not have.`, 'Mend the kubeconfig: kubectl config view shows it.', 2);
  const { stringify } = await import('yaml');
  const text = stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': name, preferences: {},
    clusters: [{ name: context.cluster, cluster: absolute(cluster.entry.cluster, cluster.path) }],
    users: [{ name: context.user, user: absolute(user.entry.user, user.path) }],
    contexts: [{ name, context }],
  });
  return { context: name, server: cluster.entry.cluster.server, text };
}

/** How to speak to the current context's cluster. @throws UserError for a way of proving oneself that we do not know */
export async function endpointOf(text: string, tools: Tools): Promise<Endpoint> {
  const { parse } = await import('yaml');
  const config = parse(text) as Kubeconfig;
  const context = config.contexts?.find(({ name }) => name === config['current-context'])?.context;
  const cluster = config.clusters?.find(({ name }) => name === context?.cluster)?.cluster;
  const user = config.users?.find(({ name }) => name === context?.user)?.user;
  if (!cluster || !user) throw new UserError('The kubeconfig of this cluster is incomplete.', 'Make it anew: cka cluster down, then cka cluster up.');
  if (user['auth-provider']) throw new UserError(`Your kubeconfig proves who you are with the auth provider "${user['auth-provider'].name}", which kubectl no longer has either.`, 'Use an exec plugin, a token or a certificate.');
  if (user.username !== undefined) throw new UserError('Your kubeconfig proves who you are with a user name and password, which API servers no longer take.', 'Use an exec plugin, a token or a certificate.');
  const [authority, certificate, key] = await Promise.all([
    content(cluster['certificate-authority-data'], cluster['certificate-authority']),
    content(user['client-certificate-data'], user['client-certificate']),
    content(user['client-key-data'], user['client-key']),
  ]);
  const token = user.token ?? (user.tokenFile === undefined ? undefined : (await readFile(user.tokenFile, 'utf8')).trim());
  const found = user.exec ? await fromPlugin(user.exec, tools) : { token, certificate, key };
  return {
    url: cluster.server,
    ...(authority === undefined ? {} : { authority }),
    ...(found.certificate === undefined ? {} : { certificate: found.certificate }),
    ...(found.key === undefined ? {} : { key: found.key }),
    ...(found.token === undefined ? {} : { token: found.token }),
    ...(cluster['insecure-skip-tls-verify'] ? { insecure: true } : {}),
    ...(cluster['tls-server-name'] === undefined ? {} : { serverName: cluster['tls-server-name'] }),
  };
}

interface Credential {
  readonly status?: { readonly token?: string; readonly clientCertificateData?: string; readonly clientKeyData?: string };
}

async function fromPlugin(plugin: NonNullable<UserEntry['exec']>, tools: Tools): Promise<{ readonly token: string | undefined; readonly certificate: string | undefined; readonly key: string | undefined }> {
  const info = JSON.stringify({ apiVersion: plugin.apiVersion ?? 'client.authentication.k8s.io/v1', kind: 'ExecCredential', spec: { interactive: false } });
  const env = { KUBERNETES_EXEC_INFO: info, ...Object.fromEntries((plugin.env ?? []).map(({ name, value }) => [name, value])) };
  const text = await tools.must(plugin.command, plugin.args ?? [], { env, timeoutMs: 60_000, action: 'Log in as you do for kubectl, and look whether kubectl works with this context.' });
  const { status } = JSON.parse(text) as Credential;
  return { token: status?.token, certificate: status?.clientCertificateData, key: status?.clientKeyData };
}

async function read(paths: readonly string[]): Promise<readonly { readonly path: string; readonly config: Kubeconfig }[]> {
  const { parse } = await import('yaml');
  const present = paths.filter((path) => existsSync(path));
  return Promise.all(present.map(async (path) => {
    try {
      return { path, config: (parse(await readFile(path, 'utf8')) ?? {}) as Kubeconfig };
    } catch (error) {
      throw new UserError(`${path} cannot be read: ${(error as Error).message.split('\n')[0]}`, 'Mend it, or set KUBECONFIG to another file.', 2);
    }
  }));
}

const PATH_FIELDS = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

/** Paths in a kubeconfig are relative to it. */
function absolute<T extends object>(entry: T, path: string): T {
  return Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, PATH_FIELDS.includes(key) && typeof value === 'string' ? resolve(dirname(path), value) : (value as unknown)])) as T;
}

async function content(data: string | undefined, file: string | undefined): Promise<string | undefined> {
  if (data !== undefined) return Buffer.from(data, 'base64').toString();
  return file === undefined ? undefined : readFile(file, 'utf8');
}
