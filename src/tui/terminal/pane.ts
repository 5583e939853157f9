/**
 * A terminal inside the screen: a program on a pseudo-terminal, and what it shows. Lives on while its screen is not
 * drawn, so that going home and coming back loses nothing. Knows nothing of where it is drawn.
 */
import type { Disposer } from '../../base/clock.ts';
import type { ShellCommand } from '../services.ts';
import type { Pty, SpawnPty } from './pty.ts';
import { Screen, type ScreenRequests } from './screen.ts';

/** Above this many unparsed characters the program has to wait; below the lower mark it goes on. */
const HIGH_WATER = 256 * 1024;
const LOW_WATER = 64 * 1024;

/** A program, its pseudo-terminal and its screen. */
export class Pane {
  exitCode: number | undefined;
  #unparsed = 0;
  #paused = false;
  readonly #listeners = new Set<() => void>();

  static async open(command: ShellCommand, spawn: SpawnPty, size: { columns: number; rows: number }, requests: Omit<ScreenRequests, 'reply'> = {}): Promise<Pane> {
    let pty: Pty | undefined;
    const screen = await Screen.load(size.columns, size.rows, { ...requests, reply: (data) => pty?.write(data) });
    pty = spawn(command, size.columns, size.rows);
    return new Pane(screen, pty);
  }

  private constructor(
    readonly screen: Screen,
    readonly pty: Pty,
  ) {
    pty.onData((data) => void this.#take(data));
    pty.onExit((exitCode) => {
      this.exitCode = exitCode;
      this.#changed();
    });
  }

  /** Told when there is something new to paint, and when the program ends. */
  onChange(listener: () => void): Disposer {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  write(data: string): void {
    if (data !== '') this.pty.write(data);
  }

  resize(columns: number, rows: number): void {
    if (columns === this.screen.columns && rows === this.screen.rows) return;
    this.screen.resize(columns, rows);
    this.pty.resize(columns, rows);
  }

  /** Hang up. */
  close(): void {
    this.#listeners.clear();
    this.pty.kill();
    this.screen.dispose();
  }

  async #take(data: string): Promise<void> {
    this.#unparsed += data.length;
    if (!this.#paused && this.#unparsed > HIGH_WATER) {
      this.#paused = true;
      this.pty.pause();
    }
    await this.screen.feed(data);
    this.#unparsed -= data.length;
    if (this.#paused && this.#unparsed < LOW_WATER) {
      this.#paused = false;
      this.pty.resume();
    }
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
