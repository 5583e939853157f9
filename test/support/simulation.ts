/** A booted simulation for tests, on a clock that only tests move, and what they do to it: apply, exec, wait. */
import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { KubeObject, Stored } from '../../src/api/object.ts';
import { Schema, type SchemaTable } from '../../src/kinds/schema.ts';
import { collect } from '../../src/machine/streams.ts';
import { Simulation, type SimulationOptions } from '../../src/sim/simulation.ts';

/** A Saturday in November 2026: what a log line or an age is about is the same in every run. */
export const TEST_UNIX_MS = Date.UTC(2026, 10, 21, 9, 0, 0);

// Hundreds of programs wait on the signals of their processes: that is no leak.
setMaxListeners(0);

export const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function bootForTest(options: Partial<SimulationOptions> = {}): Promise<Simulation> {
  const table = JSON.parse(readFileSync(new URL('../../src/data/schema.json', import.meta.url), 'utf8')) as SchemaTable;
  return Simulation.boot({ name: 'cka-lab', workers: 2, cni: 'calico', proxyMode: 'iptables', seed: 7, unixMs: TEST_UNIX_MS, schema: new Schema(table), idle, ...options });
}

/** Create every object of a YAML text; namespaces default to `default`. */
export function apply(sim: Simulation, yaml: string): void {
  for (const document of parseAllDocuments(yaml)) {
    const object = document.toJS() as KubeObject | null;
    if (!object) continue;
    const [group, version] = object.apiVersion.includes('/') ? (object.apiVersion.split('/') as [string, string]) : ['', object.apiVersion];
    const kind = sim.registry.kinds.find((one) => one.kind === object.kind && one.group === group && one.version === version);
    if (!kind) throw new Error(`no kind ${object.kind}`);
    sim.registry.create(kind, object, kind.namespaced ? { namespace: object.metadata.namespace ?? 'default' } : {});
  }
}

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Run a command in a pod (`web`, `default/web`) or on a node (`node:cka-lab-worker`), moving the clock until it ends. */
export async function run(sim: Simulation, where: string, command: string, limitMs = 60_000): Promise<Ran> {
  const stdout = collect();
  const stderr = collect();
  const io = { tty: false, stdout, stderr, signal: new AbortController().signal };
  const argv = ['sh', '-c', command];
  let ended: { exitCode: number } | undefined;
  let failed: unknown;
  const [namespace, pod] = where.includes('/') ? (where.split('/') as [string, string]) : ['default', where];
  const running = where.startsWith('node:') ? sim.containers.nodeExec(where.slice(5), argv, io) : sim.containers.exec({ namespace, pod }, argv, io);
  running.then((outcome) => (ended = outcome), (error: unknown) => (failed = error));
  await sim.settleUntil(() => ended !== undefined || failed !== undefined, limitMs);
  if (failed) throw failed;
  if (!ended) throw new Error(`${command} did not end within ${limitMs} ms: ${stdout.text}${stderr.text}`);
  return { stdout: stdout.text, stderr: stderr.text, code: ended.exitCode };
}

interface PodLike extends KubeObject {
  status?: { phase?: string; podIP?: string; conditions?: { type: string; status: string }[] };
}

export function podOf(sim: Simulation, name: string, namespace = 'default'): Stored<PodLike> | undefined {
  return sim.registry.find('pods', name, namespace) as Stored<PodLike> | undefined;
}

/** Move the clock until every named pod is Ready. @returns their addresses */
export async function ready(sim: Simulation, ...names: readonly string[]): Promise<readonly string[]> {
  const isReady = (name: string) => podOf(sim, name)?.status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;
  if (!(await sim.settleUntil(() => names.every(isReady), 60_000))) throw new Error(`not ready: ${names.filter((name) => !isReady(name)).map((name) => JSON.stringify(podOf(sim, name)?.status)).join('\n')}`);
  return names.map((name) => podOf(sim, name)!.status!.podIP!);
}
