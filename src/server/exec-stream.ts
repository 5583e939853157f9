/**
 * Exec and attach, whatever carries them: standard streams, terminal sizes and the final Status.
 * Knows neither WebSocket nor SPDY. See k8s.io/kubelet/pkg/cri/streaming/remotecommand and apimachinery's
 * remotecommand constants.
 */
import { ApiError, success } from '../api/status.ts';
import { ByteQueue } from './byte-queue.ts';
import type { ExecOutcome, StreamIo } from './containers.ts';

export interface ExecWants {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** The wire, once the connection has been upgraded. */
export interface ExecWire {
  send(channel: 'stdout' | 'stderr', bytes: Buffer): Promise<void>;
  /** Send the Status, then end. */
  finish(status: unknown): void;
  hold(hold: boolean): void;
}

/** One exec or attach: begins before the upgrade, so that a refusal can still be a plain HTTP answer. */
export class ExecStream {
  readonly wants: ExecWants;
  readonly io: StreamIo;
  readonly stdin = new ByteQueue((hold) => this.#wire?.hold(hold));
  #wire: ExecWire | undefined;
  #connect!: (wire: ExecWire) => void;
  readonly #connected: Promise<ExecWire>;
  #size: { readonly columns: number; readonly rows: number } | undefined;
  #onResize: ((columns: number, rows: number) => void) | undefined;
  readonly #gone = new AbortController();

  constructor(wants: ExecWants) {
    this.wants = wants;
    this.#connected = new Promise((resolve) => {
      this.#connect = resolve;
    });
    const sink = (channel: 'stdout' | 'stderr') => ({
      write: async (bytes: string) => {
        if (this.#gone.signal.aborted) throw this.#gone.signal.reason as Error;
        if (!wants[channel]) return;
        await (this.#wire ?? (await this.#connected)).send(channel, Buffer.from(bytes, 'latin1'));
      },
    });
    this.io = {
      tty: wants.tty,
      ...(wants.stdin && { stdin: this.stdin }),
      stdout: sink('stdout'),
      stderr: sink(wants.tty ? 'stdout' : 'stderr'),
      onResize: (listener) => {
        this.#onResize = listener;
        if (this.#size) listener(this.#size.columns, this.#size.rows);
      },
      signal: this.#gone.signal,
    };
  }

  /** Connects the wire and waits for the end of what runs. */
  async serve(wire: ExecWire, running: Promise<ExecOutcome>, command: readonly string[]): Promise<void> {
    this.#wire = wire;
    this.#connect(wire);
    const status = await running.then(
      ({ exitCode }) => statusOf(exitCode, command),
      (error: unknown) => (error instanceof ApiError ? error.status : failure((error as Error).message)),
    );
    if (!this.#gone.signal.aborted) wire.finish(status);
  }

  /** `{"Width":80,"Height":24}` from the client. */
  resize(message: Buffer): void {
    try {
      const { Width: columns, Height: rows } = JSON.parse(message.toString()) as { Width?: number; Height?: number };
      if (!columns || !rows) return;
      this.#size = { columns, rows };
      this.#onResize?.(columns, rows);
    } catch {
      // The real server drops the channel of a client that sends nonsense here; nothing else depends on it.
    }
  }

  /** The client left. What it started goes on or ends as the kubelet decides; nobody listens any more. */
  abandon(): void {
    if (this.#gone.signal.aborted) return;
    const reason = new Error('the client is gone');
    this.#gone.abort(reason);
    this.stdin.fail(reason);
  }
}

/** Zero is success; anything else names the code, in containerd's words. */
function statusOf(exitCode: number, command: readonly string[]): unknown {
  if (exitCode === 0) {
    const { metadata, status } = success();
    return { metadata, status };
  }
  const why = `error executing command [${command.join(' ')}], exit code ${exitCode}`;
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: ${why}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}

function failure(message: string): unknown {
  return { metadata: {}, status: 'Failure', message, reason: 'InternalError', details: { causes: [{ message }] }, code: 500 };
}
