/** What a run of kubectl needs from the process around it; tests pass their own. Text in, text out. */
export interface KubectlIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  stdout(text: string | Uint8Array): void;
  stderr(text: string | Uint8Array): void;
  /** Everything on standard input. */
  readStdin(): Promise<Uint8Array>;
  /** Live standard input for `exec -i`; undefined marks the end. @returns how to stop */
  onStdin(listener: (bytes: Uint8Array | undefined) => void): () => void;
  /** Present when standard input and output are a terminal. */
  readonly terminal?: {
    readonly columns: number;
    readonly rows: number;
    setRaw(raw: boolean): void;
    onResize(listener: () => void): () => void;
  };
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** A refusal that ends the command: printed as `error: …` unless the text brings its own beginning. */
export class KubectlError extends Error {
  override readonly name = 'KubectlError';

  constructor(
    /** Whole text, without the final newline. */
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
  }
}

/** `error: …` */
export function plainError(message: string, exitCode = 1): KubectlError {
  return new KubectlError(`error: ${message}`, exitCode);
}

/** A refusal that points to the verb's own help. @param command `kubectl run` */
export function usageError(command: string, message: string): KubectlError {
  return new KubectlError(`error: ${message}\nSee '${command} -h' for help and examples`);
}

/** As kubectl ends an `error: …`: with a newline, unless the server brought one. */
export function asLine(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
