/**
 * KubeletConfiguration, as the file behind `--config` says it: what is known takes effect when the kubelet starts.
 * See pkg/kubelet/apis/config, pkg/kubelet/kubeletconfig/configfiles and cmd/kubelet/app/server.go.
 * Differs from Kubernetes: fields without a counterpart here (eviction, cgroups, certificate rotation …) are read and
 * change nothing.
 */
import { parseDocument } from 'yaml';
import { yamlWords } from '../../base/yaml-words.ts';
import { FileError } from '../../machine/file-error.ts';
import type { FileSystem } from '../../machine/files.ts';

/** What this kubelet goes by. */
export interface KubeletConfiguration {
  readonly staticPodPath: string;
  readonly clusterDNS: readonly string[];
  readonly clusterDomain: string;
  readonly maxPods: number;
  readonly port: number;
  /** Zero: no health on any port. */
  readonly healthzPort: number;
  /** The node's resolver configuration, which pods inherit. */
  readonly resolvConf: string;
  readonly systemReserved: Readonly<Record<string, string>>;
  readonly kubeReserved: Readonly<Record<string, string>>;
  /** Whoever presents a certificate of it is known; the kubelet does not start without the file. */
  readonly clientCAFile: string | undefined;
}

/** Why a kubelet does not run: its last words. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}

export const DEFAULTS: KubeletConfiguration = {
  staticPodPath: '/etc/kubernetes/manifests', clusterDNS: ['10.96.0.10'], clusterDomain: 'cluster.local', maxPods: 110, port: 10250,
  healthzPort: 10248, resolvConf: '/etc/resolv.conf', systemReserved: {}, kubeReserved: {}, clientCAFile: undefined,
};

const API_VERSION = 'kubelet.config.k8s.io/v1beta1';

/** @throws LaunchError in the kubelet's words */
export function readConfiguration(files: FileSystem, path: string): KubeletConfiguration {
  try {
    return decode(read(files, path));
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    throw new LaunchError(`failed to load kubelet config file, path: ${path}, error: failed to load Kubelet config file ${path}, error ${error.message}`);
  }
}

function read(files: FileSystem, path: string): string {
  let text: string;
  try {
    text = files.read(path);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new LaunchError(`failed to read kubelet config file "${path}", error: open ${path}: no such file or directory`);
  }
  if (text === '') throw new LaunchError(`kubelet config file "${path}" was empty`);
  return text;
}

function decode(text: string): KubeletConfiguration {
  const document = parseDocument(text);
  const problem = document.errors[0];
  if (problem) throw new LaunchError(`failed to decode: yaml: line ${problem.linePos?.[0].line ?? 1}: ${yamlWords(problem)}`);
  const value = document.toJS() as unknown;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new LaunchError(`failed to decode: couldn't get version/kind; json parse error: json: cannot unmarshal ${goKind(value)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`);
  const { apiVersion, kind, ...fields } = value as { readonly apiVersion?: string; readonly kind?: string; readonly [field: string]: unknown };
  if (kind === undefined) throw new LaunchError(`failed to decode: Object 'Kind' is missing in '${JSON.stringify(value)}'`);
  if (apiVersion === undefined) throw new LaunchError(`failed to decode: Object 'apiVersion' is missing in '${JSON.stringify(value)}'`);
  if (apiVersion !== API_VERSION || kind !== 'KubeletConfiguration') throw new LaunchError(`failed to decode: no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/kubelet/apis/config/scheme/scheme.go:33"`);
  const known = { ...DEFAULTS, clusterDNS: [], clusterDomain: '', staticPodPath: '', clientCAFile: clientAuthority(fields['authentication']) };
  for (const [name, standard] of Object.entries(DEFAULTS)) {
    const own = fields[name];
    if (own === undefined || own === null || standard === undefined) continue;
    if (goKind(own) !== goKind(standard)) throw new LaunchError(`failed to decode: json: cannot unmarshal ${goKind(own)} into Go struct field KubeletConfiguration.${name} of type ${GO_TYPES[goKind(standard)]}`);
    Object.assign(known, { [name]: own });
  }
  if (known.maxPods < 0) throw new LaunchError(`invalid configuration: maxPods (--max-pods) ${known.maxPods} must not be a negative number`);
  return known;
}

function clientAuthority(authentication: unknown): string | undefined {
  const file = (authentication as { x509?: { clientCAFile?: unknown } } | undefined)?.x509?.clientCAFile;
  return typeof file === 'string' && file !== '' ? file : undefined;
}

type GoKind = 'string' | 'number' | 'bool' | 'array' | 'object';
const GO_TYPES: Readonly<Record<GoKind, string>> = { string: 'string', number: 'int32', bool: 'bool', array: '[]string', object: 'map[string]string' };

function goKind(value: unknown): GoKind {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'number' ? 'number' : typeof value === 'string' ? 'string' : 'object';
}
