/**
 * Exec and attach over SPDY/3.1, as kubectl up to 1.29 does it: one stream per channel, named by its `streamtype` header.
 * See k8s.io/kubelet/pkg/cri/streaming/remotecommand/httpstream.go.
 */
import type { ExecStream, ExecWants, ExecWire } from '../exec-stream.ts';
import { SpdySession } from './session.ts';
import type { ByteTransport, SpdyStream } from './session.ts';

/** A client that does not open its streams in this time never will (`DefaultStreamCreationTimeout`). */
const STREAM_TIMEOUT_MS = 30_000;

/** Waits until the client has opened every stream that it announced. @throws Error when it does not */
export async function execOverSpdy(transport: ByteTransport, stream: ExecStream): Promise<ExecWire> {
  const streams = new Map<string, SpdyStream>();
  const expected = expectedStreams(stream.wants);
  const session = await new Promise<SpdySession>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('timed out waiting for client to create streams')), STREAM_TIMEOUT_MS);
    const opened = new SpdySession(transport, {
      stream: (each) => {
        const type = each.headers.get('streamtype') ?? '';
        if (!expected.includes(type)) return each.reset();
        streams.set(type, each);
        if (streams.size < expected.length) return;
        clearTimeout(timer);
        resolve(opened);
      },
      close: () => {
        clearTimeout(timer);
        stream.abandon();
        reject(new Error('the client is gone'));
      },
    });
  });
  streams.get('stdin')?.onData((bytes) => (bytes === undefined ? stream.stdin.end() : stream.stdin.push(bytes)));
  streams.get('resize')?.onData((bytes) => bytes && stream.resize(bytes));
  return {
    send: async (channel, bytes) => streams.get(channel)?.write(bytes),
    finish: (status) => {
      void streams.get('error')?.write(Buffer.from(JSON.stringify(status)));
      for (const each of streams.values()) each.end();
      session.close();
    },
    hold: (hold) => (hold ? transport.pause() : transport.resume()),
  };
}

function expectedStreams(wants: ExecWants): readonly string[] {
  const named = (['stdin', 'stdout', 'stderr'] as const).filter((name) => wants[name] && !(name === 'stderr' && wants.tty));
  return ['error', ...named, ...(wants.tty ? ['resize'] : [])];
}
