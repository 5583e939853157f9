/**
 * Live streams into containers: WebSocket with the v5.channel.k8s.io sub-protocol, as kubectl 1.30 and later speak it.
 * Channels: 0 stdin, 1 stdout, 2 stderr, 3 the final Status, 4 terminal size; 255 closes one.
 */
import { plainError, KubectlError, type KubectlIo } from './io.ts';
import type { Run } from './command.ts';
import { StatusError, type Status } from './client.ts';

export interface StreamOptions {
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** Runs until the far end is done. @returns the remote exit code. @throws StatusError, KubectlError */
export async function streamContainer(run: Run, path: string, options: StreamOptions, instead: Partial<Pick<KubectlIo, 'onStdin' | 'stdout' | 'stderr'>> = {}): Promise<number> {
  const { WebSocket } = await import('ws');
  const { client } = run;
  const io: KubectlIo = { ...run.io, ...(run.io.terminal ? { terminal: run.io.terminal } : {}), ...instead };
  const url = new URL(path, client.url);
  url.protocol = client.url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url, ['v5.channel.k8s.io', 'v4.channel.k8s.io'], { ...client.tls(), headers: client.authorization(), perMessageDeflate: false });
  const stops: (() => void)[] = [];
  const send = (channel: number, bytes: Uint8Array) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(Buffer.concat([Buffer.from([channel]), bytes]));
  };
  let final: Status | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      socket.on('open', () => {
        if (options.stdin) {
          stops.push(io.onStdin((bytes) => {
            if (bytes) send(0, bytes);
            else send(255, Buffer.from([0]));
          }));
        }
        if (options.tty && io.terminal) {
          const { terminal } = io;
          const size = () => send(4, Buffer.from(JSON.stringify({ Width: terminal.columns, Height: terminal.rows })));
          terminal.setRaw(true);
          stops.push(() => terminal.setRaw(false), terminal.onResize(size));
          size();
        }
      });
      socket.on('message', (data: Buffer) => {
        const channel = data[0];
        const bytes = data.subarray(1);
        if (channel === 1) io.stdout(bytes);
        else if (channel === 2) io.stderr(bytes);
        else if (channel === 3) final = JSON.parse(bytes.toString('utf8')) as Status;
      });
      socket.on('unexpected-response', (_request, response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          try {
            const status = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Status;
            // What the kubelet says comes through as text; what the API server says is its own.
            reject(status.message?.startsWith('unable to upgrade connection') && status.message.includes('container not found') ? plainError(status.message) : new StatusError(status));
          } catch {
            reject(plainError(`unable to upgrade connection: ${Buffer.concat(chunks).toString('utf8').trim()}`));
          }
        });
      });
      socket.on('error', (error) => reject(plainError(`error dialing backend: ${error.message}`)));
      socket.on('close', () => resolve());
      const abort = () => {
        socket.terminate();
        reject(new KubectlError('', 130));
      };
      io.signal.addEventListener('abort', abort, { once: true });
      stops.push(() => io.signal.removeEventListener('abort', abort));
    });
  } finally {
    for (const stop of stops) stop();
  }
  return exitCodeOf(final);
}

/** 0 for Success, the remote code for NonZeroExitCode; anything else is a refusal. */
function exitCodeOf(status: Status | undefined): number {
  if (!status || status.status === 'Success') return 0;
  if (status.reason === 'NonZeroExitCode') {
    const code = Number(status.details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message ?? 1);
    throw new RemoteExit(code);
  }
  // The protocol hands on the words alone, not who said them: client-go's errorDecoderV4.
  throw plainError(status.message ?? 'error stream protocol error: unknown error');
}

/** `command terminated with exit code 3`, and that code. */
export class RemoteExit extends KubectlError {
  constructor(code: number) {
    super(`command terminated with exit code ${code}`, code);
  }
}
