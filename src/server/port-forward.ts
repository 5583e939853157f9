/**
 * Port-forward: SPDY streams in pairs (data, error), one pair per connection that the client accepted; or, for clients
 * that speak plain WebSocket, two channels for each port of the request, and one connection each.
 * Knows no sockets of the cluster; the containers' port connects. See k8s.io/kubelet/pkg/cri/streaming/portforward/{httpstream,websocket}.go.
 */
import type { WebSocket } from 'ws';
import { ByteQueue } from './byte-queue.ts';
import type { ContainerStreams } from './containers.ts';
import { SpdySession } from './spdy/session.ts';
import type { ByteTransport, SpdyStream } from './spdy/session.ts';
import { bytesOf } from './websocket.ts';

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

/** One connection for each of `ports`, until the client leaves or all have ended. Channel 2n carries the nth, 2n + 1 why it failed. */
export function servePortChannels(webSocket: WebSocket, ports: readonly number[], containers: ContainerStreams, target: { readonly namespace: string; readonly pod: string }): void {
  const gone = new AbortController();
  const send = (channel: number, bytes: Buffer) => new Promise<void>((resolve) => webSocket.send(Buffer.concat([Buffer.from([channel]), bytes]), { binary: true }, () => resolve()));
  const inputs = ports.map(() => new ByteQueue((hold) => (hold ? webSocket.pause() : webSocket.resume())));
  webSocket.on('message', (data) => {
    const message = bytesOf(data);
    const input = message[0]! % 2 === 0 ? inputs[message[0]! / 2] : undefined;
    input?.push(message.subarray(1));
  });
  const leave = () => {
    gone.abort(new Error('the client is gone'));
    for (const input of inputs) input.fail(gone.signal.reason as Error);
  };
  webSocket.on('error', leave).on('close', leave);
  const connections = ports.map(async (port, index) => {
    const [data, error] = [2 * index, 2 * index + 1];
    const name = Buffer.from([port % 256, Math.floor(port / 256)]);
    await send(data, name);
    await send(error, name);
    try {
      await containers.portForward(target, port, { read: () => inputs[index]!.read(), write: (bytes) => send(data, Buffer.from(bytes, 'latin1')), end: () => {}, signal: gone.signal });
    } catch (reason) {
      if (!gone.signal.aborted) await send(error, Buffer.from((reason as Error).message));
    }
  });
  void Promise.all(connections).then(() => webSocket.close(1000));
}
