/**
 * What one run of a container wrote, line by line, each with its time, as containerd keeps it in /var/log/pods.
 * Only so much is kept: a container that floods its log loses the beginning. See pkg/kubelet/kuberuntime/logs.
 */
import type { Disposer } from '../../base/clock.ts';
import { microTimestamp } from '../../api/time.ts';

/** containerLogMaxSize is 10 MiB on a real node; a simulator keeps less. */
const KEPT_BYTES = 1_048_576;

interface Line {
  readonly unixMs: number;
  readonly stream: 'stdout' | 'stderr';
  /** With its newline, if it has one yet. */
  text: string;
}

export interface LogOptions {
  readonly follow?: boolean | undefined;
  readonly sinceSeconds?: number | undefined;
  readonly sinceTime?: string | undefined;
  readonly tailLines?: number | undefined;
  readonly limitBytes?: number | undefined;
  readonly timestamps?: boolean | undefined;
}

export class ContainerLog {
  #lines: Line[] = [];
  #bytes = 0;
  /** How many lines were dropped from the front: followers count from the beginning of time. */
  #dropped = 0;
  #closed = false;
  readonly #listeners = new Set<() => void>();

  append(stream: 'stdout' | 'stderr', bytes: string, unixMs: number): void {
    for (const piece of bytes.match(/[^\n]*\n|[^\n]+/g) ?? []) {
      const open = this.#lines.findLast((line) => line.stream === stream);
      if (open && !open.text.endsWith('\n')) open.text += piece;
      else this.#lines.push({ unixMs, stream, text: piece });
    }
    this.#bytes += bytes.length;
    while (this.#bytes > KEPT_BYTES && this.#lines.length > 1) {
      this.#bytes -= this.#lines.shift()?.text.length ?? 0;
      this.#dropped++;
    }
    this.#tell();
  }

  /** The container has ended: followers may go. */
  close(): void {
    this.#closed = true;
    this.#tell();
  }

  /** The last of it, for terminationMessagePolicy FallbackToLogsOnError: 80 lines or 2 KiB. */
  tail(): string {
    return this.#lines.slice(-80).map((line) => line.text).join('').slice(-2048);
  }

  /** As the file on the node looks. */
  criFormat(): string {
    return this.#lines.map((line) => `${nanoTimestamp(line.unixMs)} ${line.stream} ${line.text.endsWith('\n') ? `F ${line.text}` : `P ${line.text}\n`}`).join('');
  }

  /** Writes what is there, then, with `follow`, what comes, until the container ends or the reader goes. */
  async read(options: LogOptions, nowUnixMs: number, write: (bytes: string) => Promise<void> | void, signal: AbortSignal): Promise<void> {
    const since = options.sinceTime !== undefined ? Date.parse(options.sinceTime) : options.sinceSeconds !== undefined ? nowUnixMs - options.sinceSeconds * 1000 : Number.NEGATIVE_INFINITY;
    let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
    let next = this.#dropped;
    if (options.tailLines !== undefined && options.tailLines >= 0) next = Math.max(next, this.#dropped + this.#lines.length - options.tailLines);
    let written = 0;
    const render = (line: Line) => (options.timestamps ? `${nanoTimestamp(line.unixMs)} ${line.text}` : line.text);
    while (!signal.aborted && left > 0) {
      next = Math.max(next, this.#dropped);
      let chunk = '';
      for (let line = this.#lines[next - this.#dropped]; line; line = this.#lines[next - this.#dropped]) {
        const text = line.unixMs < since ? '' : render(line);
        chunk += text.slice(written);
        // A line without its end may still grow.
        if (!line.text.endsWith('\n') && !this.#closed) {
          written = text.length;
          break;
        }
        written = 0;
        next++;
      }
      chunk = chunk.slice(0, left);
      left -= chunk.length;
      if (chunk !== '') await write(chunk);
      else if (!options.follow || this.#closed) return;
      else await this.#change(signal);
      if (!options.follow && chunk !== '') return;
    }
  }

  onChange(listener: () => void): Disposer {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        stop();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const stop = this.onChange(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }
}

/** RFC 3339 with nanoseconds. */
function nanoTimestamp(unixMs: number): string {
  return `${microTimestamp(unixMs).slice(0, -1)}000Z`;
}
