/**
 * The learner's own terminal: takes it over (alternate screen, raw mode) and gives it back exactly as it was, on every
 * way out. Everything that is switched on here is written down, so that leaving switches off what is on and no more.
 * Knows nothing of what is drawn. See xterm's ctlseqs, "DEC Private Mode Set".
 */
import { writeSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Disposer } from '../../base/clock.ts';
import { holdBack } from './held-back.ts';

/** DEC private modes that may be mirrored from a program in the pane. */
export type Mode = 1000 | 1002 | 1003 | 1006 | 1007 | 2004;

/** The terminal behind standard input and output. */
export class RealTerminal {
  #entered = false;
  #title = false;
  #release: Disposer = () => {};
  readonly #modes = new Map<Mode, boolean>();

  constructor(
    private readonly input: ReadStream = process.stdin as ReadStream,
    private readonly output: WriteStream = process.stdout as WriteStream,
    private readonly errors: Pick<WriteStream, 'isTTY' | 'write'> = process.stderr as WriteStream,
  ) {}

  get size(): { readonly columns: number; readonly rows: number } {
    // A pseudo-terminal may be 0x0 until somebody sets its size.
    return { columns: this.output.columns || 80, rows: this.output.rows || 24 };
  }

  onResize(listener: () => void): Disposer {
    this.output.on('resize', listener);
    return () => this.output.off('resize', listener);
  }

  /** The window was closed, or the connection to it. */
  onGone(listener: () => void): Disposer {
    for (const event of ['end', 'close', 'error']) this.input.on(event, listener);
    this.output.on('error', listener);
    return () => {
      for (const event of ['end', 'close', 'error']) this.input.off(event, listener);
      this.output.off('error', listener);
    };
  }

  onInput(listener: (text: string) => void): Disposer {
    this.input.setEncoding('utf8');
    this.input.on('data', listener);
    return () => this.input.off('data', listener);
  }

  write(data: string): void {
    if (this.#entered) this.output.write(data);
  }

  /** Alternate screen, no cursor, raw keys, pastes marked as such. */
  enter(): void {
    if (this.#entered) return;
    this.#entered = true;
    this.#release = holdBack(this.errors);
    this.input.setRawMode(true);
    this.input.resume();
    this.output.write('\x1b[?1049h\x1b[?25l\x1b[0m\x1b[2J');
    this.setMode(2004, true);
    this.setMode(1007, false);
  }

  /** Give everything back. Writes at once, past any buffer: the process may be about to end. */
  leave(): void {
    if (!this.#entered) return;
    this.#entered = false;
    let text = '\x1b[?2026l\x1b[0m';
    for (const [mode, on] of this.#modes) {
      // 1007 (the wheel sends arrow keys on the alternate screen) is on by default where it exists.
      if (on !== (mode === 1007)) text += `\x1b[?${mode}${on ? 'l' : 'h'}`;
    }
    this.#modes.clear();
    text += '\x1b[0 q\x1b[?25h\x1b[?1049l';
    if (this.#title) text += '\x1b[23;0t';
    this.#title = false;
    writeNow(this.output, text);
    try {
      this.input.setRawMode(false);
    } catch {
      // The terminal is gone (SIGHUP): there is nothing to give back.
    }
    this.input.pause();
    this.#release();
  }

  setMode(mode: Mode, on: boolean): void {
    if (!this.#entered || this.#modes.get(mode) === on) return;
    if (on || this.#modes.has(mode) || mode === 1007) this.output.write(`\x1b[?${mode}${on ? 'h' : 'l'}`);
    this.#modes.set(mode, on);
  }

  /** The window's title; the old one comes back at the end. */
  setTitle(title: string): void {
    if (!this.#entered) return;
    if (!this.#title) this.output.write('\x1b[22;0t');
    this.#title = true;
    // oxlint-disable-next-line no-control-regex -- a control character would end the sequence early
    this.output.write(`\x1b]0;${title.replace(/[\x00-\x1f\x7f-\x9f]/g, '')}\x07`);
  }

  /** OSC 52: onto the learner's clipboard, where their terminal allows it. */
  setClipboard(base64: string): void {
    this.write(`\x1b]52;c;${base64}\x07`);
  }
}

function writeNow(output: WriteStream, text: string): void {
  const bytes = Buffer.from(text);
  const { fd } = output as WriteStream & { fd: number };
  for (let sent = 0, tries = 0; sent < bytes.length && tries < 1000; tries++) {
    try {
      sent += writeSync(fd, bytes, sent);
    } catch (error) {
      // The terminal is slow: once more. Anything else means that it is gone.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
    }
  }
}
