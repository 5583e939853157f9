/**
 * One probe of one run of a container: asks again and again, and tells when the answer has changed for good.
 * See pkg/kubelet/prober/worker.go.
 */
import type { Disposer } from '../../base/clock.ts';
import type { Stored } from '../../api/object.ts';
import type { Probe } from '../../kinds/pod/types.ts';
import { Killed, type Process } from '../../machine/program.ts';
import type { ContainerRun } from './container-run.ts';
import { handle } from './handler.ts';

export type ProbeKind = 'Startup' | 'Readiness' | 'Liveness';

export interface ProberOptions {
  readonly kind: ProbeKind;
  readonly probe: Stored<Probe>;
  readonly run: ContainerRun;
  /** The kubelet's; while it is down nobody asks. */
  readonly process: () => Process | undefined;
  /** Liveness and readiness wait until the container has started. */
  readonly mayAsk: () => boolean;
  readonly onResult: (ok: boolean) => void;
  readonly onFailure: (message: string) => void;
}

/** Begins asking; returns how to stop. */
export function startProber(options: ProberOptions): Disposer {
  const { probe, run, kind } = options;
  const { clock } = run.machine;
  const periodMs = (probe.periodSeconds ?? 10) * 1000;
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  let same = 0;
  let last: boolean | undefined;
  let stopped = false;
  let cancel: Disposer = () => undefined;
  const again = () => {
    if (!stopped) cancel = clock.schedule(periodMs, ask);
  };
  const judge = (ok: boolean, message: string) => {
    if (stopped || !run.isRunning) return;
    same = ok === last ? same + 1 : 1;
    last = ok;
    if (!ok) options.onFailure(`${kind} probe failed: ${message}`);
    if (same >= (ok ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3))) options.onResult(ok);
    again();
  };
  const ask = () => {
    if (stopped || !run.isRunning) return;
    const process = options.process();
    if (!process || !options.mayAsk()) return again();
    handle(probe, run, process, timeoutMs).then(
      ({ ok, message }) => judge(ok, message),
      (error: unknown) => {
        // The kubelet itself was stopped in the middle of a question: that says nothing about the container.
        if (error instanceof Killed) again();
        else judge(false, error instanceof Error ? error.message : String(error));
      },
    );
  };
  cancel = clock.schedule((probe.initialDelaySeconds ?? 0) * 1000, ask);
  return () => {
    stopped = true;
    cancel();
  };
}
