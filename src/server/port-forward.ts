/**
 * Port-forward: SPDY streams in pairs (data, error), one pair per connection that the client accepted.
 * Knows no sockets of the cluster; the containers' port connects. See k8s.io/kubelet/pkg/cri/streaming/portforward/httpstream.go.
 */
import { ByteQueue } from './byte-queue.ts';
import type { ContainerStreams } from './containers.ts';
import { SpdySession } from './spdy/session.ts';
import type { ByteTransport, SpdyStream } from './spdy/session.ts';

interface Pair {
  data?: SpdyStream;
  error?: SpdyStream;
}

/** Serves until the client leaves. */
export function servePortForward(transport: ByteTransport, containers: ContainerStreams, target: { readonly namespace: string; readonly pod: string }): void {
  const pairs = new Map<string, Pair>();
  const gone = new AbortController();
  new SpdySession(transport, {
    stream: (stream) => {
      const id = stream.headers.get('requestid') ?? String(stream.id);
      const type = stream.headers.get('streamtype');
      if (type !== 'data' && type !== 'error') return stream.reset();
      const pair = pairs.get(id) ?? {};
      pair[type] = stream;
      pairs.set(id, pair);
      if (!pair.data || !pair.error) return;
      pairs.delete(id);
      void forward(pair.data, pair.error, containers, target, { signal: gone.signal, hold: (hold) => (hold ? transport.pause() : transport.resume()) });
    },
    close: () => gone.abort(new Error('the client is gone')),
  });
}

async function forward(
  data: SpdyStream,
  error: SpdyStream,
  containers: ContainerStreams,
  target: { readonly namespace: string; readonly pod: string },
  connection: { readonly signal: AbortSignal; hold(hold: boolean): void },
): Promise<void> {
  const port = Number(data.headers.get('port'));
  const input = new ByteQueue((hold) => connection.hold(hold));
  data.onData((bytes) => (bytes === undefined ? input.end() : input.push(bytes)));
  connection.signal.addEventListener('abort', () => input.fail(connection.signal.reason as Error), { once: true });
  try {
    await containers.portForward(target, port, {
      read: () => input.read(),
      write: (bytes) => data.write(Buffer.from(bytes, 'latin1')),
      end: () => data.end(),
      signal: connection.signal,
    });
  } catch (reason) {
    if (!connection.signal.aborted) await error.write(Buffer.from((reason as Error).message));
  }
  data.end();
  error.end();
}
