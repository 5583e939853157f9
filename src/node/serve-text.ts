/** Health and status endpoints of the cluster's daemons: a few paths, plain text, Go's 404 for the rest. */
import type { Ipv4 } from '../base/address.ts';
import type { Disposer } from '../base/clock.ts';
import type { Process } from '../machine/program.ts';
import type { Headers } from '../programs/http/message.ts';
import { serveHttp } from '../programs/http/server.ts';
import type { TlsIdentity } from '../programs/tls/server.ts';

export interface TextAnswer {
  readonly status: number;
  readonly body: string;
  /** Plain text unless they say otherwise. */
  readonly headers?: Headers;
}

export interface TextEndpoint {
  readonly address?: Ipv4;
  readonly port: number;
  readonly tls?: TlsIdentity;
  readonly paths: Readonly<Record<string, () => TextAnswer>>;
  /** For all other paths; without it they are not found. */
  readonly otherwise?: () => TextAnswer;
}

const NOT_FOUND = () => ({ status: 404, body: '404 page not found\n' });

/** @returns how to stop. @throws NetError EADDRINUSE */
export function serveText(process: Process, endpoint: TextEndpoint): Disposer {
  const server = serveHttp(process, {
    ...(endpoint.address ? { address: endpoint.address } : {}),
    port: endpoint.port,
    tls: endpoint.tls,
    handle: (request) => {
      const answer: TextAnswer = (endpoint.paths[request.target.split('?')[0]!] ?? endpoint.otherwise ?? NOT_FOUND)();
      return { status: answer.status, headers: answer.headers ?? [['Content-Type', 'text/plain; charset=utf-8']], body: answer.body };
    },
  });
  return () => server.close();
}
