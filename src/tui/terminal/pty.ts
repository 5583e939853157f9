/**
 * A pseudo-terminal, whoever makes it. The native module is optional: it has no binary for musl (Alpine), and it loads
 * only when a pane opens. Knows nothing of screens. See pty(7).
 */
import type { Disposer } from '../../base/clock.ts';
import type { ShellCommand } from '../services.ts';

/** What a pane needs of a pseudo-terminal. */
export interface Pty {
  write(data: string): void;
  resize(columns: number, rows: number): void;
  onData(listener: (data: string) => void): Disposer;
  onExit(listener: (exitCode: number) => void): Disposer;
  /** Stop reading: the program inside then waits, as it would for a slow terminal. */
  pause(): void;
  resume(): void;
  /** Hang up: the shell gets SIGHUP, as when a terminal window closes. */
  kill(): void;
}

/** Starts a program on a new pseudo-terminal. */
export type SpawnPty = (command: ShellCommand, columns: number, rows: number) => Pty;

/** The way to start one, or why there is none on this machine. */
export type PtySupport = { readonly available: true; readonly spawn: SpawnPty } | { readonly available: false; readonly because: string };

/** Loads the native module. */
export async function loadPty(): Promise<PtySupport> {
  try {
    const native = await import('@lydell/node-pty');
    return { available: true, spawn: (command, columns, rows) => adapt(native, command, columns, rows) };
  } catch {
    return { available: false, because: `There is no pseudo-terminal module for this system (${process.platform} ${process.arch}).` };
  }
}

function adapt(native: typeof import('@lydell/node-pty'), command: ShellCommand, columns: number, rows: number): Pty {
  const pty = native.spawn(command.file, [...command.args], {
    name: command.env['TERM'] ?? 'xterm-256color',
    cols: columns,
    rows,
    cwd: command.cwd,
    env: { ...command.env },
  });
  let ended = false;
  pty.onExit(() => {
    ended = true;
  });
  return {
    write: (data) => {
      if (!ended) pty.write(data);
    },
    resize: (width, height) => {
      // The native module throws for a size of zero and for a terminal whose program ended.
      if (!ended && width > 0 && height > 0) pty.resize(width, height);
    },
    onData: (listener) => disposer(pty.onData(listener)),
    onExit: (listener) => disposer(pty.onExit(({ exitCode, signal }) => listener(signal ? 128 + signal : exitCode))),
    pause: () => pty.pause(),
    resume: () => pty.resume(),
    kill: () => {
      // Closing our side is what a closed window is. A signal alone is not enough: a shell that is still starting may miss it.
      if (!ended) (pty as typeof pty & { destroy(): void }).destroy();
      ended = true;
    },
  };
}

const disposer = (disposable: { dispose(): void }): Disposer => () => disposable.dispose();
