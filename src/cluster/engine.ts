/**
 * The container engine that kind's nodes run in: docker, podman or nerdctl, one command line, three dialects of `info`.
 * Knows containers and images; nothing of Kubernetes. kind chooses in the same order; see its pkg/cluster/internal/providers.
 */
import { closeSync, openSync, readSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { findProgram } from './find-program.ts';
import { byDigest, fullName } from './image-names.ts';
import type { Ran, RunOptions, Tools } from './tools.ts';

export type EngineName = 'docker' | 'podman' | 'nerdctl' | 'finch';

/** kind's own order. */
const ORDER: readonly EngineName[] = ['docker', 'nerdctl', 'podman'];

export interface Container {
  readonly id: string;
  readonly name: string;
  readonly isRunning: boolean;
  readonly isPaused: boolean;
}

/** What an engine says of its machine, which may be a virtual one. */
export interface EngineInfo {
  readonly serverVersion: string;
  readonly cgroupVersion: string;
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly storageDriver: string;
  readonly rootFolder: string;
  readonly isRootless: boolean;
  /** Docker Desktop, OrbStack …: its kernel is not ours. */
  readonly operatingSystem: string;
  readonly usesContainerdImageStore: boolean;
}

/** The engine that kind will use. @returns undefined when there is none */
export function findEngine(tools: Tools): Engine | undefined {
  const wanted = wantedEngine(tools);
  const isHere = (program: EngineName): boolean => {
    const file = findProgram(program, tools.env['PATH']);
    return file !== undefined && (wanted !== undefined || program !== 'docker' || !isPodman(file));
  };
  const name = [...(wanted ? [wanted] : ORDER)].find(isHere);
  return name && new Engine(name, tools);
}

/** The one that the user insists on, by kind's own variable. */
export const wantedEngine = ({ env }: Tools): EngineName | undefined => (env['KIND_EXPERIMENTAL_PROVIDER'] || undefined) as EngineName | undefined;

/** A `docker` that only calls podman (podman-docker, or a link): kind does not take it for Docker either. */
function isPodman(file: string): boolean {
  try {
    return basename(realpathSync(file)).startsWith('podman') || /^#!(.*\n){1,10}\s*exec\s\S*podman\b/.test(head(file));
  } catch {
    return false;
  }
}

function head(file: string): string {
  const bytes = Buffer.alloc(2000);
  const handle = openSync(file, 'r');
  try {
    return bytes.toString('latin1', 0, readSync(handle, bytes));
  } finally {
    closeSync(handle);
  }
}

export class Engine {
  constructor(readonly name: EngineName, readonly tools: Tools) {}

  with = (tools: Tools): Engine => new Engine(this.name, tools);

  run = (args: readonly string[], options?: RunOptions): Promise<Ran> => this.tools.run(this.name, args, options);

  must = (args: readonly string[], options?: RunOptions & { readonly action?: string }): Promise<string> => this.tools.must(this.name, args, options);

  /** Words that run a command in a container; `-t` only where a terminal is. */
  execArgs(container: string, command: readonly string[], how: { readonly stdin?: boolean; readonly tty?: boolean } = {}): string[] {
    const flags = [...(how.stdin ? ['-i'] : []), ...(how.tty ? ['-t', '-w', '/root', '-e', 'TERM'] : [])];
    return ['exec', '--privileged', ...flags, container, ...command];
  }

  exec(container: string, command: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return this.run(this.execArgs(container, command, { stdin: options.input !== undefined }), options);
  }

  mustExec(container: string, command: readonly string[], options: RunOptions & { readonly action?: string } = {}): Promise<string> {
    return this.must(this.execArgs(container, command, { stdin: options.input !== undefined }), options);
  }

  /** Every node of a cluster of this name, whoever made it. */
  async nodesOf(cluster: string): Promise<readonly Container[]> {
    const text = await this.must(['ps', '-a', '--no-trunc', '--filter', `label=io.x-k8s.kind.cluster=${cluster}`, '--format', '{{.ID}}\t{{.Names}}\t{{.Status}}']);
    return text.split('\n').filter((line) => line !== '').map((line) => {
      const [id = '', name = '', status = ''] = line.split('\t');
      const isPaused = /paused/i.test(status);
      return { id, name, isPaused, isRunning: /^up\b/i.test(status) && !isPaused };
    }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** When each was made, as Unix time in milliseconds. */
  async createdAt(ids: readonly string[]): Promise<readonly number[]> {
    if (ids.length === 0) return [];
    const found = JSON.parse(await this.must(['inspect', ...ids])) as readonly { readonly Created?: string }[];
    return found.map(({ Created }) => Date.parse(Created ?? ''));
  }

  /** An image as this engine must be told: podman asks for the registry where nobody told it one, and takes no tag beside a digest. */
  named = (reference: string): string => (this.name === 'podman' ? fullName(byDigest(reference)) : reference);

  async hasImage(reference: string): Promise<boolean> {
    return (await this.run(['image', 'inspect', '--format', '{{.Id}}', this.named(reference)])).exitCode === 0;
  }

  /** @returns whether it could be had */
  async pulled(reference: string, options?: RunOptions): Promise<boolean> {
    return (await this.run(['pull', this.named(reference)], options)).exitCode === 0;
  }

  /** @returns undefined with the engine's own words when it does not answer */
  async info(): Promise<EngineInfo | { readonly refusal: string }> {
    const ran = await this.run(['info', '--format', '{{json .}}'], { timeoutMs: 15_000 });
    const parsed = parseInfo(ran.stdout);
    return parsed ?? { refusal: (ran.stderr.trim() || serverErrors(ran.stdout) || (ran.exitCode === 124 ? 'no answer within 15 seconds' : `exit code ${ran.exitCode}`)) };
  }
}

interface DockerInfo {
  readonly ServerVersion?: string;
  readonly CgroupVersion?: string;
  readonly MemTotal?: number;
  readonly NCPU?: number;
  readonly Driver?: string;
  readonly DriverStatus?: readonly (readonly string[])[];
  readonly DockerRootDir?: string;
  readonly SecurityOptions?: readonly string[] | null;
  readonly OperatingSystem?: string;
  readonly ServerErrors?: readonly string[];
}

interface PodmanInfo {
  readonly host?: { readonly cgroupVersion?: string; readonly memTotal?: number; readonly cpus?: number; readonly security?: { readonly rootless?: boolean }; readonly distribution?: { readonly distribution?: string } };
  readonly store?: { readonly graphDriverName?: string; readonly graphRoot?: string };
  readonly version?: { readonly Version?: string };
}

function parseInfo(text: string): EngineInfo | undefined {
  let info: DockerInfo & PodmanInfo;
  try {
    info = JSON.parse(text) as DockerInfo & PodmanInfo;
  } catch {
    return undefined;
  }
  if (info.host) {
    return {
      serverVersion: info.version?.Version ?? 'unknown', cgroupVersion: (info.host.cgroupVersion ?? '').replace(/^v/, ''), memoryBytes: info.host.memTotal ?? 0, cpus: info.host.cpus ?? 0,
      storageDriver: info.store?.graphDriverName ?? '', rootFolder: info.store?.graphRoot ?? '', isRootless: info.host.security?.rootless ?? false,
      operatingSystem: info.host.distribution?.distribution ?? '', usesContainerdImageStore: false,
    };
  }
  if (!info.ServerVersion) return undefined;
  return {
    serverVersion: info.ServerVersion, cgroupVersion: info.CgroupVersion ?? '', memoryBytes: info.MemTotal ?? 0, cpus: info.NCPU ?? 0, storageDriver: info.Driver ?? '', rootFolder: info.DockerRootDir ?? '',
    isRootless: (info.SecurityOptions ?? []).some((option) => option.includes('rootless')), operatingSystem: info.OperatingSystem ?? '',
    usesContainerdImageStore: (info.DriverStatus ?? []).flat().some((word) => word.includes('io.containerd.snapshotter')),
  };
}

function serverErrors(text: string): string | undefined {
  try {
    return (JSON.parse(text) as DockerInfo).ServerErrors?.join(' ');
  } catch {
    return undefined;
  }
}
