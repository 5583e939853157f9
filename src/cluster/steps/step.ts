/**
 * What building a kind cluster is made of. Every step looks first what is there already, so that a second run goes on
 * where the first one stopped; every step has a log and a limit of its own. Knows no single step.
 */
import { UserError } from '../../base/user-error.ts';
import type { ArtifactPlaces, Fetch } from '../artifacts.ts';
import type { ClusterSpec } from '../cluster.ts';
import type { Engine } from '../engine.ts';
import { Interrupted } from '../interrupt.ts';
import type { KindFiles, KindRecord } from '../kind-files.ts';
import { KubectlClient } from '../kubectl-client.ts';
import type { Plugin } from '../pins.ts';
import type { Tools } from '../tools.ts';

export interface Step {
  /** Also the name of its log. */
  readonly id: 'preflight' | 'image' | 'create' | 'node-prep' | 'preload' | 'cni' | 'wait' | 'probe' | 'record';
  /** `Creating the nodes`. */
  readonly title: string;
  readonly limitMs: number;
  run(build: Build): Promise<void>;
}

export type StepEvent =
  | { readonly type: 'begin'; readonly step: Step; readonly index: number; readonly count: number }
  | { readonly type: 'line'; readonly step: Step; readonly index: number; readonly count: number; readonly line: string }
  | { readonly type: 'end'; readonly step: Step; readonly index: number; readonly count: number; readonly tookMs: number; readonly failed: boolean };

export interface BuildOptions {
  /** The folder with `kind/`. */
  readonly root: string;
  readonly artifacts: ArtifactPlaces;
  /** A folder made by `cka cluster bundle`: images come from it too. */
  readonly bundle?: string;
  readonly installer: KindRecord['installer'];
  /** Put tools that labs like (tcpdump, ipvsadm …) on the nodes. */
  readonly nodeTools: boolean;
  /** What labs will run. */
  readonly images: readonly string[];
  readonly fetchBytes?: Fetch;
  /** Other manifests than the pinned ones: for a plugin version of one's own. */
  readonly plugin?: Plugin;
}

export interface Build {
  readonly spec: ClusterSpec;
  readonly options: BuildOptions;
  readonly files: KindFiles;
  readonly tools: Tools;
  readonly engine: Engine;
  /** What is known of the cluster so far; replaced by `remember`. */
  readonly record: KindRecord;
  readonly remember: (more: Partial<KindRecord>) => void;
  /** Shown under the running step, and logged. */
  readonly say: (line: string) => void;
  /** Shown only: what a tool prints is logged anyway. */
  readonly show: (line: string) => void;
}

/** All steps in order. @throws UserError that names the step, its log and what to do next */
export async function runSteps(steps: readonly Step[], start: Build, onEvent: (event: StepEvent) => void): Promise<void> {
  let record = start.record;
  for (const [at, step] of steps.entries()) {
    const position = { step, index: at + 1, count: steps.length };
    const log = start.files.logOf(`${at + 1}-${step.id}`);
    const show = (line: string) => {
      if (line.trim() !== '') onEvent({ type: 'line', ...position, line: line.trim() });
    };
    const limit = AbortSignal.timeout(step.limitMs);
    const tools = start.tools.with({
      signal: start.tools.signal ? AbortSignal.any([start.tools.signal, limit]) : limit,
      log: (line) => log.add(line),
    });
    const build: Build = {
      ...start, tools, engine: start.engine.with(tools), show, say: (line) => { log.add(line); show(line); },
      get record() { return record; },
      remember: (more) => { record = start.files.writeRecord({ ...record, ...more }); },
    };
    const began = performance.now();
    onEvent({ type: 'begin', ...position });
    let isDone = false;
    try {
      await step.run(build);
      isDone = true;
    } catch (error) {
      if (error instanceof Error) log.add(`${error.name}: ${error.message}`);
      throw explained(error, step, log.path, start.spec.name);
    } finally {
      onEvent({ type: 'end', ...position, tookMs: Math.round(performance.now() - began), failed: !isDone });
    }
  }
}

/** kubectl for this cluster, watched like the other tools of the step. */
export function kubectlOf({ files, engine, tools, spec }: Build): KubectlClient {
  return KubectlClient.for(files.kubeconfig(), { engine, name: `${spec.name}-control-plane` }, tools);
}

export const nodeNames = ({ record }: Pick<Build, 'record'>): readonly string[] => (record.nodes ?? []).map(({ name }) => name);

function explained(error: unknown, step: Step, log: string, name: string): unknown {
  if (error instanceof Interrupted) return error;
  const resume = `Then run the same command again: it goes on at this step. \`cka cluster down --name ${name}\` removes what was made. The log: ${log}`;
  if ((error as Error).name === 'TimeoutError') return new UserError(`${step.title} (${step.id}) did not end within ${Math.round(step.limitMs / 1000)} seconds.`, `Look at the end of the log for what it waited for. ${resume}`);
  if (error instanceof UserError) return new UserError(`${step.title} (${step.id}): ${error.message}`, `${error.action.replace(/[.]?$/, '.')} ${resume}`, error.exitCode);
  return error;
}
