/**
 * Whole frames of the UI without a terminal: a stage whose size a test chooses and whose keys it presses, and Ink
 * drawing into a string. Waiting means waiting for the next frame that says something.
 */
import { render } from 'ink';
import { vi } from 'vitest';
import type { ReactElement } from 'react';
import type { Disposer } from '../../src/base/clock.ts';
import { App } from '../../src/tui/App.tsx';
import { UiContext, type Ui } from '../../src/tui/hooks/use-ui.ts';
import type { AppServices, ShellCommand } from '../../src/tui/services.ts';
import type { Pane } from '../../src/tui/terminal/pane.ts';
import type { Rect, StagePort, StageState } from '../../src/tui/terminal/stage-port.ts';
import { VirtualStdout } from '../../src/tui/terminal/virtual-stdout.ts';
import { UNICODE } from '../../src/tui/theme.ts';

/** Long enough for a very busy machine, short enough for the limit of a test, which is set with it. */
const DEADLINE_MS = 45_000;
vi.setConfig({ testTimeout: 120_000 });
const STILL_TURNS = 8;

/** A pane in which nothing runs. */
export interface StillPane {
  exitCode: number | undefined;
  readonly screen: object;
  close(): void;
}

export class FakeStage implements StagePort {
  readonly prefix = 'ctrl-]';
  state: StageState;
  attached: Pane | undefined;
  placed: Rect | undefined;
  opened: ShellCommand[] = [];
  sentPrefix = 0;
  /** Why no pane can be had; undefined gives still ones. */
  because: string | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #keys = new Set<(key: string) => void>();

  constructor(columns: number, rows: number) {
    this.state = { columns, rows, focus: 'panel' };
  }

  subscribe = (listener: () => void): Disposer => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  onKey(listener: (key: string) => void): Disposer {
    this.#keys.add(listener);
    return () => this.#keys.delete(listener);
  }

  async openPane(command: ShellCommand): Promise<Pane | { readonly because: string }> {
    this.opened.push(command);
    if (this.because !== undefined) return { because: this.because };
    const pane: StillPane = { exitCode: undefined, screen: {}, close: () => {} };
    return pane as unknown as Pane;
  }

  attach(pane: Pane | undefined): void {
    this.attached = pane;
    if (!pane) this.setFocus('panel');
  }

  place(rect: Rect | undefined): void {
    this.placed = rect;
  }

  drawn(): void {}

  setFocus(focus: StageState['focus']): void {
    if (this.state.focus !== focus) this.set({ focus, notice: undefined });
  }

  sendPrefix(): void {
    this.sentPrefix++;
  }

  pasteCopied(): boolean {
    return false;
  }

  notify(notice: string | undefined): void {
    this.set({ notice });
  }

  set(change: Partial<StageState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of [...this.#listeners]) listener();
  }

  press(key: string): void {
    for (const listener of [...this.#keys]) listener(key);
  }
}

/** The UI at work, and what it shows. */
export interface Show {
  readonly stage: FakeStage;
  readonly ui: Ui;
  /** The frame in front, without blanks at the ends of rows. */
  frame(): string;
  /** @throws Error with the frame, when it never says that */
  see(what: string | RegExp): Promise<string>;
  /** Press keys one after the other, each after the effects of the one before. */
  press(...keys: string[]): Promise<void>;
  quitted(): boolean;
  close(): void;
}

export interface ShowOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly pane?: boolean;
  readonly lab?: string;
  readonly colors?: boolean;
  readonly because?: string;
  readonly now?: () => number;
}

/** The whole UI over these services; or, when given, one component of it. */
export function show(services: AppServices, options: ShowOptions = {}, component?: ReactElement): Show {
  const stage = new FakeStage(options.columns ?? 80, options.rows ?? 24);
  stage.because = options.because;
  let frame = '';
  let frames = 0;
  let isQuit = false;
  const watchers = new Set<() => void>();
  const stdout = new VirtualStdout(stage.state, (text) => {
    frames++;
    frame = text.split('\n').map((line) => line.trimEnd()).join('\n').trimEnd();
    for (const watch of [...watchers]) watch();
  });
  stage.subscribe(() => {
    stdout.columns = stage.state.columns;
    stdout.rows = stage.state.rows;
  });
  const ui: Ui = {
    stage,
    services,
    theme: { colors: options.colors ?? true, symbols: UNICODE },
    pane: options.pane ?? true,
    checkEveryMs: 60_000,
    now: options.now ?? Date.now,
    quit: () => {
      isQuit = true;
    },
  };
  const tree = component ? <UiContext.Provider value={ui}>{component}</UiContext.Provider> : <App ui={ui} lab={options.lab} />;
  const ink = render(tree, { stdout: stdout as unknown as NodeJS.WriteStream, debug: true, exitOnCtrlC: false, patchConsole: false });
  /** Until nothing has been drawn for some turns of the event loop: React does its work in turns, more of them on a busy machine. */
  const settle = async () => {
    for (let still = 0, seen = frames; still < STILL_TURNS; still = seen === frames ? still + 1 : 0) {
      seen = frames;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return {
    stage,
    ui,
    frame: () => frame,
    see: (what) =>
      new Promise((resolve, reject) => {
        const isSo = () => (typeof what === 'string' ? frame.includes(what) : what.test(frame));
        const timer = setTimeout(() => {
          watchers.delete(watch);
          reject(new Error(`${String(what)} was not seen. The frame:\n${frame}`));
        }, DEADLINE_MS);
        const watch = () => {
          if (!isSo()) return;
          clearTimeout(timer);
          watchers.delete(watch);
          resolve(frame);
        };
        watchers.add(watch);
        watch();
      }),
    press: async (...keys) => {
      for (const key of keys) {
        await settle();
        stage.press(key);
      }
      await settle();
    },
    quitted: () => isQuit,
    close: () => {
      ink.unmount();
      ink.cleanup();
    },
  };
}
