/**
 * The programs of the control plane's static pods. The controllers and the scheduler run as long as these processes run:
 * move a manifest away and nothing schedules any more.
 *
 * Differs from Kubernetes: who asks from outside, on the learner's own loopback, is answered without these processes: a
 * kubectl of the learner works on while kube-apiserver is down, and so do kubelets. Who asks from inside meets a closed
 * port. etcd holds its ports and answers health checks; what is stored is not behind them.
 * Differs from Kubernetes: the controller manager and the scheduler present the API server's certificate, not one that
 * each made for itself.
 */
import { LOCALHOST, type Ipv4 } from '../base/address.ts';
import type { Disposer } from '../base/clock.ts';
import type { Process, Program } from '../machine/program.ts';
import type { TcpConnection } from '../net/sockets.ts';
import { closingWhatItHolds, listenTcp } from '../programs/lifetime.ts';
import { until } from '../programs/waiting.ts';
import { readPem } from '../programs/tls/certificate.ts';
import { GO_PLAIN_TEXT, tlsServer, type TlsIdentity } from '../programs/tls/server.ts';
import type { ApiDoor } from './api-door.ts';
import { klog, type Klog } from './klog.ts';
import { serveText } from './serve-text.ts';
import { untilStopped } from './until-stopped.ts';

export interface ControlPlanePorts {
  /** Run every controller but the scheduler; returns how to stop. */
  runControllers(): Disposer;
  runScheduler(): Disposer;
  readonly nodeAddress: Ipv4;
  readonly door: ApiDoor;
}

const HEALTHY = () => ({ status: 200, body: 'ok' });

export function controlPlanePrograms(ports: ControlPlanePorts): readonly Program[] {
  return [
    daemon('etcd', [{ port: 2381, address: LOCALHOST }, { port: 2379 }, { port: 2380, address: ports.nodeAddress }], () => () => undefined),
    apiServer(ports.door),
    daemon('kube-controller-manager', [{ port: 10257, address: LOCALHOST, secure: true }], () => ports.runControllers()),
    daemon('kube-scheduler', [{ port: 10259, address: LOCALHOST, secure: true }], () => ports.runScheduler()),
    { name: 'local-path-provisioner', run: (process) => untilStopped(process) },
  ];
}

function daemon(name: string, listen: readonly { readonly port: number; readonly address?: Ipv4; readonly secure?: true }[], work: () => Disposer): Program {
  return {
    name,
    run: async (process: Process) => {
      const log = klog(process);
      const stops = listen.map(({ secure, ...one }) => serveText(process, { ...one, ...(secure && { tls: identity(process, log) }), paths: { '/healthz': HEALTHY, '/livez': HEALTHY, '/readyz': HEALTHY, '/health': HEALTHY } }));
      // Only what really happens is logged: there is no leader to elect in here.
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

const CERTIFICATE_FILE = '/etc/kubernetes/pki/apiserver.crt';

function apiServer(door: ApiDoor): Program {
  return closingWhatItHolds({
    name: 'kube-apiserver',
    run: async (process: Process) => {
      const log = klog(process);
      const file = process.argv.find((word) => word.startsWith('--tls-cert-file='))?.split('=')[1] ?? CERTIFICATE_FILE;
      if (!process.files.exists(file)) {
        log('E', 'run.go:72', `"command failed" err="open ${file}: no such file or directory"`);
        return 1;
      }
      const port = Number(process.argv.find((word) => word.startsWith('--secure-port='))?.split('=')[1] ?? 6443);
      const tls = { ...identity(process, log, file), asksClient: true };
      listenTcp(process, { port, onConnection: (connection) => void admit(process, connection, tls, door) });
      log('I', 'secure_serving.go:211', `Serving securely on [::]:${port}`);
      return untilStopped(process);
    },
  });
}

async function admit(process: Process, accepted: TcpConnection, tls: TlsIdentity, door: ApiDoor): Promise<void> {
  const secured = await until(process, tlsServer(accepted, tls, process.machine.rng)).catch(() => undefined);
  if (!secured) return;
  if (!door.answer) return secured.close();
  door.answer({
    local: accepted.local,
    peer: secured.session.peer.map(({ der }) => der),
    read: () => secured.read(),
    write: (bytes) => secured.write(bytes),
    end: () => secured.end(),
    close: () => secured.close(),
  });
}

function identity(process: Process, log: Klog, file = CERTIFICATE_FILE): TlsIdentity {
  return {
    chain: process.files.exists(file) ? readPem(process.files.read(file)) : [],
    plainText: GO_PLAIN_TEXT,
    onFailure: (words) => log('I', 'log.go:245', `http: TLS handshake error: ${words}`),
  };
}
