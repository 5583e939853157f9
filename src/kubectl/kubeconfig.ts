/**
 * kubeconfig files: merged as kubectl merges them, read only. `kubectl config` writes through its own verb.
 * See k8s.io/client-go/tools/clientcmd.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { parseDuration } from '../base/duration.ts';
import { plainError, type KubectlIo } from './io.ts';

export interface ConfigFile {
  'apiVersion'?: string;
  'kind'?: string;
  'preferences'?: Record<string, unknown>;
  'current-context'?: string;
  'clusters'?: { name: string; cluster: ClusterEntry }[] | null;
  'contexts'?: { name: string; context: ContextEntry }[] | null;
  'users'?: { name: string; user: UserEntry }[] | null;
}

export interface ClusterEntry {
  'server'?: string;
  'certificate-authority'?: string;
  'certificate-authority-data'?: string;
  'insecure-skip-tls-verify'?: boolean;
  'tls-server-name'?: string;
  'proxy-url'?: string;
}

export interface ContextEntry {
  cluster?: string;
  user?: string;
  namespace?: string;
}

export interface UserEntry {
  'client-certificate'?: string;
  'client-certificate-data'?: string;
  'client-key'?: string;
  'client-key-data'?: string;
  'token'?: string;
  'tokenFile'?: string;
  'username'?: string;
  'password'?: string;
  'as'?: string;
  'as-groups'?: string[];
  'exec'?: unknown;
  'auth-provider'?: unknown;
}

/** The files that count, in order: `--kubeconfig`, else KUBECONFIG, else ~/.kube/config. */
export function configPaths(io: KubectlIo, explicit: string): readonly string[] {
  if (explicit) return [resolve(io.cwd, explicit)];
  const listed = (io.env['KUBECONFIG'] ?? '').split(':').filter((path) => path !== '');
  if (listed.length > 0) return listed.map((path) => resolve(io.cwd, path));
  return [join(io.env['HOME'] ?? '/', '.kube', 'config')];
}

/** @throws KubectlError when a file is there and cannot be read */
export function readConfigFile(path: string): ConfigFile | undefined {
  if (!existsSync(path)) return undefined;
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw plainError(`error loading config file "${path}": ${(error as Error).message.split('\n')[0]}`);
  }
  return (content ?? {}) as ConfigFile;
}

/** All files as one: the first that names a thing wins. Paths in it are made absolute. */
export function loadConfig(io: KubectlIo, explicit: string): ConfigFile {
  const merged: Required<Pick<ConfigFile, 'clusters' | 'contexts' | 'users'>> & ConfigFile = { clusters: [], contexts: [], users: [] };
  const paths = configPaths(io, explicit);
  if (explicit && !existsSync(paths[0]!)) throw plainError(`stat ${explicit}: no such file or directory`);
  for (const path of paths) {
    const file = readConfigFile(path);
    if (!file) continue;
    const absolute = (value: string | undefined) => (value ? resolve(dirname(path), value) : value);
    merged['current-context'] ||= file['current-context'] ?? '';
    for (const one of file.clusters ?? []) {
      if (merged.clusters!.some((known) => known.name === one.name)) continue;
      merged.clusters!.push({ name: one.name, cluster: defined({ ...one.cluster, 'certificate-authority': absolute(one.cluster?.['certificate-authority']) }) });
    }
    for (const one of file.contexts ?? []) if (!merged.contexts!.some((known) => known.name === one.name)) merged.contexts!.push({ name: one.name, context: one.context ?? {} });
    for (const one of file.users ?? []) {
      if (merged.users!.some((known) => known.name === one.name)) continue;
      merged.users!.push({ name: one.name, user: defined({ ...one.user, 'client-certificate': absolute(one.user?.['client-certificate']), 'client-key': absolute(one.user?.['client-key']), tokenFile: absolute(one.user?.tokenFile) }) });
    }
  }
  return merged;
}

function defined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}

export interface Connection {
  readonly server: string;
  readonly ca?: string;
  readonly insecure: boolean;
  readonly serverName?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly token?: string;
  readonly basic?: string;
  readonly namespace: string;
  /** Whom to act as: user, groups, uid. */
  readonly impersonate?: { readonly user: string; readonly groups: readonly string[]; readonly uid?: string };
  /** Of one request; 0 for no limit. */
  readonly timeoutMs: number;
}

export interface ConnectionFlags {
  readonly kubeconfig: string;
  readonly context: string;
  readonly cluster: string;
  readonly user: string;
  readonly server: string;
  readonly namespace: string;
  readonly token: string;
  readonly certificateAuthority: string;
  readonly insecure: boolean;
  readonly clientCertificate: string;
  readonly clientKey: string;
  readonly serverName: string;
  readonly as: string;
  readonly asGroups: readonly string[];
  readonly asUid: string;
  readonly timeout: string;
}

/** Where to connect and as whom. @throws KubectlError when the names do not fit together */
export function connectionOf(io: KubectlIo, flags: ConnectionFlags): Connection {
  const config = loadConfig(io, flags.kubeconfig);
  const contextName = flags.context || config['current-context'] || '';
  const context = config.contexts?.find((one) => one.name === contextName)?.context;
  if (flags.context && !context) throw plainError(`context "${flags.context}" does not exist`);
  const clusterName = flags.cluster || context?.cluster || '';
  const cluster = config.clusters?.find((one) => one.name === clusterName)?.cluster;
  if (clusterName && !cluster && !flags.server) throw plainError(`cluster "${clusterName}" does not exist`);
  const userName = flags.user || context?.user || '';
  const user = config.users?.find((one) => one.name === userName)?.user;
  if (flags.user && !user) throw plainError(`auth info "${flags.user}" does not exist`);
  if (user?.exec !== undefined || user?.['auth-provider'] !== undefined) throw plainError(`user "${userName}" logs in through a plugin, which this kubectl cannot run: install the real kubectl for this cluster`);
  const server = flags.server || cluster?.server || 'http://localhost:8080';
  const data = (text: string | undefined) => (text ? Buffer.from(text, 'base64').toString('utf8') : undefined);
  const file = (path: string | undefined, what: string, name: string) => {
    if (!path) return undefined;
    if (!existsSync(path)) throw plainError(`unable to read ${what} ${path} for ${name} due to open ${path}: no such file or directory`);
    return readFileSync(path, 'utf8');
  };
  const token = flags.token || user?.token || file(user?.tokenFile, 'tokenFile', userName)?.trim();
  const as = flags.as || user?.as;
  return defined<Connection>({
    server,
    timeoutMs: timeoutOf(flags.timeout),
    impersonate: as ? { user: as, groups: flags.asGroups.length > 0 ? flags.asGroups : (user?.['as-groups'] ?? []), ...(flags.asUid ? { uid: flags.asUid } : {}) } : undefined,
    insecure: flags.insecure || (cluster?.['insecure-skip-tls-verify'] ?? false),
    namespace: flags.namespace || context?.namespace || 'default',
    ca: flags.certificateAuthority ? file(flags.certificateAuthority, 'certificate-authority', clusterName) : (data(cluster?.['certificate-authority-data']) ?? file(cluster?.['certificate-authority'], 'certificate-authority', clusterName)),
    serverName: flags.serverName || cluster?.['tls-server-name'],
    cert: file(flags.clientCertificate, 'client-cert', userName) ?? data(user?.['client-certificate-data']) ?? file(user?.['client-certificate'], 'client-cert', userName),
    key: file(flags.clientKey, 'client-key', userName) ?? data(user?.['client-key-data']) ?? file(user?.['client-key'], 'client-key', userName),
    token,
    basic: user?.username === undefined ? undefined : Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64'),
  });
}

/** Go's duration, or a bare number of seconds. */
function timeoutOf(text: string): number {
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseDuration(text);
  if (ms === undefined) throw plainError('Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)');
  return ms;
}
