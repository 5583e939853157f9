/**
 * The stage as the screens see it: size, who has the keyboard, the pane. Two stand behind it: the one in use and the
 * one that tests press keys on.
 */
import type { Disposer } from '../../base/clock.ts';
import type { ShellCommand } from '../services.ts';
import type { ColorDepth } from './color.ts';
import type { CompositorPorts } from './compositor.ts';
import type { Pane } from './pane.ts';
import type { PtySupport } from './pty.ts';
import type { RealTerminal } from './real-terminal.ts';

/** What the UI sees of it; a new object at every change. */
export interface StageState {
  readonly columns: number;
  readonly rows: number;
  readonly focus: 'panel' | 'terminal' | 'copy';
  /** What just happened, for the footer. */
  readonly notice?: string | undefined;
}

/** A place on the screen, in cells from the top left. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The part of the stage that screens use; a fake one stands in for it in tests. */
export interface StagePort {
  readonly prefix: string;
  readonly state: StageState;
  readonly subscribe: (listener: () => void) => Disposer;
  /** Keys that are for the panel, by name. */
  onKey(listener: (key: string) => void): Disposer;
  /** What the last key did has been drawn: the next one may come. */
  drawn(): void;
  openPane(command: ShellCommand, size: { columns: number; rows: number }): Promise<Pane | { readonly because: string }>;
  /** The pane that gets the keyboard and is drawn, from now on; undefined for none. */
  attach(pane: Pane | undefined): void;
  /** Draw the pane here; undefined draws it nowhere, while it may run on. */
  place(rect: Rect | undefined): void;
  setFocus(focus: StageState['focus']): void;
  /** Give the prefix key itself to the program in the pane. */
  sendPrefix(): void;
  /** Give what was copied last to the program in the pane; false when there is nothing. */
  pasteCopied(): boolean;
  notify(notice: string | undefined): void;
}

/** What the stage needs from its host. */
export interface StagePorts extends Omit<CompositorPorts, 'write'> {
  readonly terminal: Pick<RealTerminal, 'size' | 'onResize' | 'onInput' | 'write' | 'setMode' | 'setTitle' | 'setClipboard'>;
  readonly depth: ColorDepth;
  readonly prefix?: string;
  loadPty(): Promise<PtySupport>;
}
