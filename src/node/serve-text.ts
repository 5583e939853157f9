/** Health and status endpoints of the cluster's daemons: a few paths, plain text, Go's 404 for the rest. */
import type { Ipv4 } from '../base/address.ts';
import type { Disposer } from '../base/clock.ts';
import type { Process } from '../machine/program.ts';
import { serveHttp } from '../programs/http/server.ts';

export interface TextEndpoint {
  readonly address?: Ipv4;
  readonly port: number;
  readonly paths: Readonly<Record<string, () => { readonly status: number; readonly body: string }>>;
}

/** @returns how to stop. @throws NetError EADDRINUSE */
export function serveText(process: Process, endpoint: TextEndpoint): Disposer {
  const server = serveHttp(process, {
    ...(endpoint.address ? { address: endpoint.address } : {}),
    port: endpoint.port,
    handle: (request) => {
      const answer = endpoint.paths[request.target.split('?')[0]!]?.() ?? { status: 404, body: '404 page not found\n' };
      return { status: answer.status, headers: [['Content-Type', 'text/plain; charset=utf-8']], body: answer.body };
    },
  });
  return () => server.close();
}
