/**
 * The kubelet's own ports: its health on the loopback (10248), and the door of the API server and of whoever reads metrics
 * (10250), which lets nobody in who does not say who they are. See pkg/kubelet/server/server.go, pkg/kubelet/kubelet.go.
 * Differs from Kubernetes: nobody is let in at 10250, for streams come to the kubelet without a network; and it presents the API server's certificate, not one that it signed for itself.
 */
import { LOCALHOST } from '../../base/address.ts';
import type { Disposer } from '../../base/clock.ts';
import type { Process, Program } from '../../machine/program.ts';
import { NetError } from '../../net/errors.ts';
import { closingWhatItHolds } from '../../programs/lifetime.ts';
import { readPem } from '../../programs/tls/certificate.ts';
import { GO_PLAIN_TEXT } from '../../programs/tls/server.ts';
import { serveText, type TextEndpoint } from '../serve-text.ts';
import { untilStopped } from '../until-stopped.ts';

const OK = () => ({ status: 200, body: 'ok' });
const UNAUTHORIZED = () => ({ status: 401, body: 'Unauthorized' });

interface KubeletPorts {
  readonly certificate: string;
  readonly port: number;
  /** None at zero. */
  readonly healthzPort: number;
}

/** The kubelet as a process: `onStart` is told it and how to let go of its ports; a port that is taken is complained of. */
export function kubeletProgram({ certificate, port, healthzPort }: KubeletPorts, onStart: (process: Process, stop: Disposer) => void, complain: (message: string) => void): Program {
  return closingWhatItHolds({
    name: 'kubelet',
    run: (process) => {
      const ports: readonly TextEndpoint[] = [
        ...(healthzPort === 0 ? [] : [{ address: LOCALHOST, port: healthzPort, paths: { '/healthz': OK, '/healthz/ping': OK, '/healthz/log': OK, '/healthz/syncloop': OK } }]),
        { port, tls: { chain: readPem(certificate), plainText: GO_PLAIN_TEXT }, paths: {}, otherwise: UNAUTHORIZED },
      ];
      const stops = ports.flatMap((endpoint) => open(process, endpoint, complain));
      onStart(process, () => {
        for (const stop of stops) stop();
      });
      return untilStopped(process);
    },
  });
}

function open(process: Process, endpoint: TextEndpoint, complain: (message: string) => void): readonly Disposer[] {
  try {
    return [serveText(process, endpoint)];
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    complain(`"Failed to listen and serve" err="listen tcp ${endpoint.address ?? ''}:${endpoint.port}: bind: ${error.message.toLowerCase()}"`);
    return [];
  }
}
