/**
 * What a kubelet finds on its node when it starts, as kubeadm left it there: flags, configuration, kubeconfig. Wrong ones
 * keep it from starting, or from reaching its API server. Knows no pods. See cmd/kubelet/app/server.go and
 * kubeadm's 10-kubeadm.conf.
 */
import { parseDocument } from 'yaml';
import { yamlWords } from '../../base/yaml-words.ts';
import type { FileSystem } from '../../machine/files.ts';
import { DEFAULTS, type KubeletConfiguration, LaunchError, readConfiguration } from './configuration.ts';

/** Who it reaches its API server as, and why not. */
export interface ApiAccess {
  readonly server: string;
  /** In the words of Go's dialer; absent when it can be reached. */
  readonly failure?: string;
}

export interface Launch {
  readonly argv: readonly string[];
  readonly configuration: KubeletConfiguration;
  readonly access: ApiAccess | undefined;
}

export interface ApiServerPlace {
  readonly host: string;
  readonly address: string;
  readonly port: number;
}

export const KUBECONFIG = '/etc/kubernetes/kubelet.conf';
export const CONFIGURATION = '/var/lib/kubelet/config.yaml';
export const ENVIRONMENT_FILES = ['/var/lib/kubelet/kubeadm-flags.env', '/etc/default/kubelet'];
const BOOTSTRAP_KUBECONFIG = '/etc/kubernetes/bootstrap-kubelet.conf';

/** Those that a kubelet of this version has and that people set in kubeadm's files. */
const FLAGS = new Set([
  'bootstrap-kubeconfig', 'kubeconfig', 'config', 'config-dir', 'node-ip', 'node-labels', 'hostname-override', 'provider-id', 'container-runtime-endpoint', 'image-service-endpoint', 'cgroup-root',
  'runtime-cgroups', 'kubelet-cgroups', 'system-cgroups', 'cgroup-driver', 'root-dir', 'cert-dir', 'cloud-provider', 'max-pods', 'pod-manifest-path', 'cluster-dns', 'cluster-domain', 'resolv-conf', 'v', 'fail-swap-on',
  'register-node', 'register-with-taints', 'rotate-certificates', 'feature-gates', 'read-only-port', 'eviction-hard', 'kube-reserved', 'system-reserved', 'node-status-update-frequency', 'anonymous-auth', 'authorization-mode', 'client-ca-file',
  'allowed-unsafe-sysctls', 'protect-kernel-defaults', 'seccomp-default', 'serialize-image-pulls', 'tls-cert-file', 'tls-private-key-file', 'pod-infra-container-image', 'volume-plugin-dir', 'address', 'port', 'healthz-port',
]);

/** @throws LaunchError when it cannot run like this */
export function launch(files: FileSystem, api: ApiServerPlace): Launch {
  const extra = ENVIRONMENT_FILES.flatMap((path) => argumentsIn(files, path));
  const argv = ['/usr/bin/kubelet', `--bootstrap-kubeconfig=${BOOTSTRAP_KUBECONFIG}`, `--kubeconfig=${KUBECONFIG}`, `--config=${CONFIGURATION}`, ...extra];
  const flags = readFlags(argv.slice(1));
  const configuration = withFlags(readConfiguration(files, flags.get('config') ?? CONFIGURATION), flags);
  const { clientCAFile } = configuration;
  if (clientCAFile !== undefined && !files.exists(clientCAFile)) throw new LaunchError(`failed to construct kubelet dependencies: unable to load client CA file ${clientCAFile}: open ${clientCAFile}: no such file or directory`);
  return { argv, configuration, access: readAccess(files, flags.get('kubeconfig') ?? KUBECONFIG, api) };
}

/** What a test's kubelet runs by: no files, nothing to go wrong. */
export const PLAIN_LAUNCH: Launch = { argv: ['/usr/bin/kubelet', `--config=${CONFIGURATION}`], configuration: DEFAULTS, access: undefined };

/** `KUBELET_KUBEADM_ARGS="--node-ip=… --v=2"`: systemd takes the file apart, and the words. */
function argumentsIn(files: FileSystem, path: string): readonly string[] {
  if (!files.exists(path)) return [];
  const values = files.read(path).split('\n').flatMap((line) => /^KUBELET_(?:KUBEADM|EXTRA)_ARGS=(.*)$/.exec(line.trim())?.[1] ?? []);
  return values.flatMap((value) => value.replace(/^(["'])(.*)\1$/, '$2').split(/\s+/).filter((word) => word !== ''));
}

function readFlags(words: readonly string[]): ReadonlyMap<string, string> {
  const flags = new Map<string, string>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/.exec(word) ?? [];
    if (name === undefined) throw new LaunchError(word.startsWith('-') ? `failed to parse kubelet flag: unknown shorthand flag: '${word[1]}' in ${word}` : `unknown command ${word}`);
    if (!FLAGS.has(name)) throw new LaunchError(`failed to parse kubelet flag: unknown flag: --${name}`);
    if (value === undefined && (words[i + 1] === undefined || words[i + 1]!.startsWith('--'))) flags.set(name, 'true');
    else flags.set(name, value ?? words[++i]!);
  }
  return flags;
}

/** A flag outdoes the file. */
function withFlags(file: KubeletConfiguration, flags: ReadonlyMap<string, string>): KubeletConfiguration {
  const text = (name: string, own: string): string => flags.get(name) ?? own;
  return {
    ...file,
    maxPods: Number(text('max-pods', String(file.maxPods))),
    staticPodPath: text('pod-manifest-path', file.staticPodPath),
    clusterDNS: flags.get('cluster-dns')?.split(',') ?? file.clusterDNS,
    clusterDomain: text('cluster-domain', file.clusterDomain),
    resolvConf: text('resolv-conf', file.resolvConf),
    clientCAFile: flags.get('client-ca-file') ?? file.clientCAFile,
  };
}

interface Kubeconfig {
  readonly clusters?: readonly { readonly name?: string; readonly cluster?: { readonly server?: string; readonly 'certificate-authority'?: string } }[];
  readonly contexts?: readonly { readonly name?: string; readonly context?: { readonly cluster?: string; readonly user?: string } }[];
  readonly users?: readonly { readonly name?: string; readonly user?: { readonly 'client-certificate'?: string } }[];
  readonly 'current-context'?: string;
}

function readAccess(files: FileSystem, path: string, api: ApiServerPlace): ApiAccess {
  // Without credentials it would ask for some with a bootstrap token, which lies nowhere once the node has joined.
  const noBootstrap = () => new LaunchError(`failed to run Kubelet: unable to load bootstrap kubeconfig: stat ${BOOTSTRAP_KUBECONFIG}: no such file or directory`);
  if (!files.exists(path)) throw noBootstrap();
  const document = parseDocument(files.read(path));
  const problem = document.errors[0];
  if (problem) throw new LaunchError(`failed to run Kubelet: invalid kubeconfig: error loading config file "${path}": yaml: line ${problem.linePos?.[0].line ?? 1}: ${yamlWords(problem)}`);
  const config = (document.toJS() ?? {}) as Kubeconfig;
  const context = config.contexts?.find(({ name }) => name === config['current-context'])?.context;
  const cluster = config.clusters?.find(({ name }) => name === context?.cluster)?.cluster;
  const user = config.users?.find(({ name }) => name === context?.user)?.user;
  if (!cluster || !user || !files.exists(user['client-certificate'] ?? '/')) throw noBootstrap();
  return dial(cluster.server ?? '', api);
}

function dial(server: string, api: ApiServerPlace): ApiAccess {
  const [, scheme, host = '', port = scheme === 'http' ? '80' : '443'] = /^(https?):\/\/([^:/]+)(?::(\d+))?/.exec(server) ?? [];
  if (!/^[\d.]+$/.test(host) && host !== api.host) return { server, failure: `dial tcp: lookup ${host}: no such host` };
  const address = host === api.host ? api.address : host;
  if (address !== api.address) return { server, failure: `dial tcp ${address}:${port}: connect: no route to host` };
  if (Number(port) !== api.port) return { server, failure: `dial tcp ${address}:${port}: connect: connection refused` };
  return scheme === 'https' ? { server } : { server, failure: 'http: server gave HTTP response to HTTPS client' };
}
