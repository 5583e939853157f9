/**
 * The server's port to the kubelets: what exec, attach, logs and port-forward need of a running container.
 * The assembly (`sim`) implements it; the server knows no machine. Strings are byte strings (see `base/bytes.ts`).
 */

/** Where bytes come from. Shaped as a program's standard input is. */
export interface ByteSource {
  /** The next bytes, or undefined at the end. Rejects when the client is gone. */
  read(): Promise<string | undefined>;
  /** Give back what was read too much. */
  unread(bytes: string): void;
}

/** Where bytes go; resolves when there is room for more. */
export interface ByteSink {
  write(bytes: string): Promise<void>;
}

export interface StreamIo {
  readonly tty: boolean;
  readonly stdin?: ByteSource;
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
  readonly columns?: number;
  readonly rows?: number;
  /** With a terminal: told of every new size, the first one included. */
  onResize?(listener: (columns: number, rows: number) => void): void;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
}

export interface ExecOutcome {
  readonly exitCode: number;
}

export interface ContainerTarget {
  readonly namespace: string;
  readonly pod: string;
  /** Absent: the pod's default or only container. */
  readonly container?: string;
}

export interface LogOptions {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly sinceSeconds?: number;
  /** RFC 3339. */
  readonly sinceTime?: string;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  readonly timestamps: boolean;
}

/** One forwarded connection, from the client's side. */
export interface DuplexBytes {
  read(): Promise<string | undefined>;
  write(bytes: string): Promise<void>;
  /** No more bytes towards the client. */
  end(): void;
  readonly signal: AbortSignal;
}

/** Every method rejects with an ApiError, in the kubelet's words, when the pod or container cannot do it. */
export interface ContainerStreams {
  exec(target: ContainerTarget, command: readonly string[], io: StreamIo): Promise<ExecOutcome>;
  attach(target: ContainerTarget, io: StreamIo): Promise<ExecOutcome>;
  log(target: ContainerTarget, options: LogOptions, write: (bytes: string) => Promise<void> | void, signal: AbortSignal): Promise<void>;
  /** Resolves when the connection has ended in good order. */
  portForward(target: { readonly namespace: string; readonly pod: string }, port: number, data: DuplexBytes): Promise<void>;
  /** Whether `nodeExec` leads there although no Node object says so: a plain machine. */
  reaches?(node: string): boolean;
  nodeExec(node: string, command: readonly string[], io: StreamIo): Promise<ExecOutcome>;
}
