/**
 * The programs of the control plane's static pods. The controllers and the scheduler run as long as these processes run:
 * move a manifest away and nothing schedules any more.
 *
 * Differs from Kubernetes: the API server and etcd answer from outside the simulated network, on the learner's own
 * loopback; their pods hold the ports and answer health checks, in plain HTTP, since no TLS is spoken inside.
 */
import { LOCALHOST, type Ipv4 } from '../base/address.ts';
import type { Disposer } from '../base/clock.ts';
import type { Process, Program } from '../machine/program.ts';
import { klog } from './klog.ts';
import { serveText } from './serve-text.ts';
import { untilStopped } from './until-stopped.ts';

export interface ControlPlanePorts {
  /** Run every controller but the scheduler; returns how to stop. */
  runControllers(): Disposer;
  runScheduler(): Disposer;
  readonly nodeAddress: Ipv4;
}

const HEALTHY = () => ({ status: 200, body: 'ok' });

export function controlPlanePrograms(ports: ControlPlanePorts): readonly Program[] {
  return [
    daemon('etcd', [{ port: 2381, address: LOCALHOST }, { port: 2379 }, { port: 2380, address: ports.nodeAddress }], () => () => undefined),
    daemon('kube-apiserver', [{ port: 6443 }], () => () => undefined),
    daemon('kube-controller-manager', [{ port: 10257, address: LOCALHOST }], () => ports.runControllers()),
    daemon('kube-scheduler', [{ port: 10259, address: LOCALHOST }], () => ports.runScheduler()),
    { name: 'local-path-provisioner', run: (process) => untilStopped(process) },
  ];
}

function daemon(name: string, listen: readonly { readonly port: number; readonly address?: Ipv4 }[], work: () => Disposer): Program {
  return {
    name,
    run: async (process: Process) => {
      const log = klog(process);
      const stops = listen.map((one) => serveText(process, { ...one, paths: { '/healthz': HEALTHY, '/livez': HEALTHY, '/readyz': HEALTHY, '/health': HEALTHY } }));
      // Only what really happens is logged: there is no TLS to serve and no leader to elect in here.
      for (const { address, port } of listen) log('I', `${name}.go:1`, `"Listening" address="${address ?? '0.0.0.0'}:${port}"`);
      stops.push(work());
      try {
        return await untilStopped(process);
      } finally {
        for (const stop of stops) stop();
      }
    },
  };
}
