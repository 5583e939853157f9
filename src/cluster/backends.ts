/**
 * All backends as one: a cluster is found wherever it is, and a new one is made where the user said, or where we choose,
 * with the reason. A backend's code is loaded when it has a cluster or is to make one. Knows no lab.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../base/user-error.ts';
import { type BackendName, type ClusterBackend } from './cluster.ts';
import { agreedToKind, type Ask, backendLine, type Choice, chooseBackend } from './choice.ts';
import { requireEncapsulation } from './encapsulation.ts';
import { findEngine } from './engine.ts';
import type { ExistingOptions } from './existing.ts';
import { findProgram } from './find-program.ts';
import type { KindOptions } from './kind.ts';
import { type AppPaths, folderOf } from './paths.ts';
import { Tools } from './tools.ts';
import { simulatorBackend, type SimulatorBackendOptions } from './simulator.ts';

export interface BackendOptions {
  /** Absent: ours to choose. */
  readonly backend?: BackendName;
  readonly kind: KindOptions;
  readonly existing: ExistingOptions;
  readonly simulator?: SimulatorBackendOptions;
  /** Asks the user whether to use kind; absent where nobody can be asked. */
  readonly ask?: Ask;
}

export interface Backends extends ClusterBackend {
  /** Where a new cluster would be made, and why. */
  choose(): Promise<Choice>;
}

/** What is written when a cluster of it is begun. */
const RECORDS: Readonly<Record<BackendName, string>> = { simulator: 'cluster.json', kind: 'record.json', existing: 'record.json' };

export function backends(paths: AppPaths, options: BackendOptions): Backends {
  const simulator = simulatorBackend(paths, options.simulator);
  const load = {
    simulator: () => Promise.resolve(simulator),
    kind: async () => (await import('./kind.ts')).kindBackend(paths, options.kind),
    existing: async () => (await import('./existing.ts')).existingBackend(paths, options.existing),
  };
  /** Where this name is taken; undefined when it is free. */
  const ownerOf = (name: string): BackendName | undefined =>
    (['kind', 'existing', 'simulator'] as const).find((backend) => existsSync(join(folderOf(paths, backend), name, RECORDS[backend])));
  /** @throws UserError when the name is taken on another backend than the one that was named */
  const requireOwner = (name: string): BackendName | undefined => {
    const owner = ownerOf(name);
    if (owner && options.backend && owner !== options.backend) throw new UserError(`Cluster ${name} is on ${owner}, not on ${options.backend}.`, 'Leave --backend out, or give another --name.', 2);
    return owner;
  };
  const withClusters = (): readonly BackendName[] => ['simulator', ...(['kind', 'existing'] as const).filter((name) => existsSync(folderOf(paths, name)))];
  const isKindInstalled = () => findProgram('kind', options.kind.env['PATH']) !== undefined && findEngine(new Tools({ env: options.kind.env })) !== undefined;
  const decide = async (ask?: Ask): Promise<Choice> => {
    if (options.backend) return { backend: options.backend, because: 'you named it' };
    if (options.existing.context !== undefined) return { backend: 'existing', because: 'you named a context' };
    return chooseBackend(paths, { probeKind: async () => (await load.kind()).probe(), isKindInstalled, ...(ask === undefined ? {} : { ask }) });
  };
  const isSimulated = options.backend === 'simulator' || (options.backend === undefined && options.existing.context === undefined && agreedToKind(paths) !== true);
  return {
    ...(simulator.restore ? { restore: (...args) => simulator.restore!(...args) } : {}),
    // What real clusters offer is known when they are there: it depends on the kernel.
    ...(isSimulated && simulator.offers ? { offers: (spec) => simulator.offers!(spec) } : {}),
    name: options.backend ?? 'simulator',
    choose: () => decide(),
    probe: async () => (await load[(await decide()).backend]()).probe(),
    async up(spec, onProgress) {
      const owner = requireOwner(spec.name);
      if (owner) return (await load[owner]()).up(spec, onProgress);
      const choice = await decide(options.ask);
      requireEncapsulation(choice.backend, spec);
      if (!options.backend) onProgress?.(`Using ${backendLine(choice)}`);
      return (await load[choice.backend]()).up({ ...spec, because: choice.because }, onProgress);
    },
    async find(name) {
      const owner = requireOwner(name);
      return owner && (await load[owner]()).find(name);
    },
    async list() {
      return (await Promise.all(withClusters().map(async (name) => (await load[name]()).list()))).flat();
    },
    async forget(name) {
      return ownerOf(name) === 'existing' && ((await (await load.existing()).forget?.(name)) ?? false);
    },
    async remove(name) {
      // Of a build that was given up there are logs, and no record any more.
      const owner = ownerOf(name) ?? (existsSync(join(folderOf(paths, 'kind'), name)) ? 'kind' : undefined);
      const backend = owner && (await load[owner]());
      return (await backend?.remove?.(name)) ?? false;
    },
  };
}
