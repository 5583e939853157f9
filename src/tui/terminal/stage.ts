/**
 * Everything between the learner's terminal and the UI: who has the keyboard (panel, terminal pane or copy mode), where
 * the pane is drawn, which modes the outer terminal must be in. The UI subscribes to its state and draws it.
 * Knows nothing of React and nothing of labs.
 */
import type { Disposer } from '../../base/clock.ts';
import { actionOf, controlByte, DEFAULT_PREFIX, keyName, type CopyAction } from '../keys.ts';
import type { ShellCommand } from '../services.ts';
import type { ColorDepth } from './color.ts';
import { Compositor, type CompositorPorts } from './compositor.ts';
import { CopyMode } from './copy-mode.ts';
import { encode } from './encode.ts';
import { Pane } from './pane.ts';
import type { PtySupport } from './pty.ts';
import type { RealTerminal } from './real-terminal.ts';
import type { Rect, StagePort, StageState } from './stage-port.ts';
import { Tokenizer, type Token } from './tokens.ts';

/** What the stage needs from its host. */
export interface StagePorts extends Omit<CompositorPorts, 'write'> {
  readonly terminal: Pick<RealTerminal, 'size' | 'onResize' | 'onInput' | 'write' | 'setMode' | 'setTitle' | 'setClipboard'>;
  readonly depth: ColorDepth;
  readonly prefix?: string;
  loadPty(): Promise<PtySupport>;
}

/** An Escape that nothing follows within this time is the Escape key. */
const ESCAPE_MS = 15;

/** The one in use. */
export class Stage implements StagePort {
  readonly prefix: string;
  readonly compositor: Compositor;
  state: StageState;
  #pane: Pane | undefined;
  #rect: Rect | undefined;
  #copy: CopyMode | undefined;
  #unwatch: Disposer | undefined;
  #cancelFlush: Disposer | undefined;
  #isClosed = false;
  #copied = '';
  readonly #panes = new Set<Pane>();
  readonly #tokens = new Tokenizer();
  readonly #listeners = new Set<() => void>();
  readonly #early: string[] = [];
  readonly #keyListeners = new Set<(key: string) => void>();
  readonly #disposers: Disposer[];

  constructor(private readonly ports: StagePorts) {
    const { terminal } = ports;
    this.prefix = ports.prefix ?? DEFAULT_PREFIX;
    this.state = { ...terminal.size, focus: 'panel' };
    this.compositor = new Compositor({ now: ports.now, later: ports.later, write: (data) => terminal.write(data) });
    this.#disposers = [
      terminal.onInput((text) => this.#input(text)),
      terminal.onResize(() => {
        this.compositor.invalidate();
        this.#set({ ...terminal.size });
      }),
    ];
  }

  subscribe = (listener: () => void): Disposer => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  onKey(listener: (key: string) => void): Disposer {
    this.#keyListeners.add(listener);
    // Typed before anybody listened: the UI was still loading.
    for (const key of this.#early.splice(0)) queueMicrotask(() => this.#pressed(key));
    return () => this.#keyListeners.delete(listener);
  }

  async openPane(command: ShellCommand, size: { columns: number; rows: number }): Promise<Pane | { readonly because: string }> {
    const pty = await this.ports.loadPty();
    if (!pty.available) return pty;
    const { terminal } = this.ports;
    try {
      const pane = await Pane.open(command, pty.spawn, size, {
        clipboard: (base64) => terminal.setClipboard(base64),
        bell: () => terminal.write('\x07'),
        title: (title) => terminal.setTitle(title),
      });
      // The learner may have left while the pane was coming up: a shell that nobody sees must not live on.
      if (this.#isClosed) pane.close();
      else this.#panes.add(pane);
      return pane;
    } catch (error) {
      return { because: `The terminal could not start ${command.file}: ${(error as Error).message}` };
    }
  }

  attach(pane: Pane | undefined): void {
    if (pane === this.#pane) return;
    this.#unwatch?.();
    this.#unwatch = pane?.onChange(() => this.#paneChanged(pane));
    this.setFocus('panel');
    this.#pane = pane;
    this.place(this.#rect);
    this.#mirrorModes();
  }

  place(rect: Rect | undefined): void {
    const isResized = rect !== undefined && this.#pane !== undefined && (rect.width !== this.#pane.screen.columns || rect.height !== this.#pane.screen.rows);
    // The rows of the buffer are other ones after a change of width.
    if (isResized && this.state.focus === 'copy') this.setFocus('terminal');
    this.#rect = rect;
    if (rect) this.#pane?.resize(rect.width, rect.height);
    this.compositor.setHole(this.#pane && rect ? this.#hole(this.#pane, rect) : undefined);
  }

  setFocus(focus: StageState['focus']): void {
    const pane = this.#pane;
    const next = pane && pane.exitCode === undefined ? focus : 'panel';
    if (this.state.focus === next) return;
    if (pane?.screen.modes.focusEvents) pane.write(next === 'terminal' ? '\x1b[I' : '\x1b[O');
    this.#copy = next === 'copy' && pane ? new CopyMode(pane.screen) : undefined;
    this.#mirrorModes(next);
    this.#set({ focus: next, notice: undefined });
    this.compositor.schedule();
  }

  sendPrefix(): void {
    this.#pane?.write(controlByte(this.prefix) ?? '');
  }

  pasteCopied(): boolean {
    if (this.#pane === undefined || this.#copied === '') return false;
    this.#pane.write(encode({ type: 'paste', text: this.#copied }, this.#pane.screen.modes, { x: 0, y: 0 }, this.#pane.screen) ?? '');
    return true;
  }

  notify(notice: string | undefined): void {
    if (this.state.notice !== notice) this.#set({ notice });
  }

  /** Hang up every pane, stop listening. */
  close(): void {
    for (const dispose of this.#disposers) dispose();
    this.#isClosed = true;
    this.compositor.stop();
    for (const pane of this.#panes) pane.close();
  }

  #hole(pane: Pane, rect: Rect): Parameters<Compositor['setHole']>[0] {
    return {
      ...rect,
      rows: () => {
        const copy = this.#copy;
        if (copy) return pane.screen.rowTexts(this.ports.depth, copy.top, (row) => copy.selectedIn(row));
        return pane.screen.modes.holdPainting ? undefined : pane.screen.rowTexts(this.ports.depth);
      },
      cursor: () => {
        if (this.#copy) return { ...this.#copy.cursor, style: '' };
        const { cursor } = pane.screen;
        return this.state.focus === 'terminal' && cursor.visible ? cursor : undefined;
      },
    };
  }

  #paneChanged(pane: Pane): void {
    this.compositor.schedule();
    this.#mirrorModes();
    if (pane.exitCode === undefined) return;
    if (this.state.focus === 'copy') this.setFocus('panel');
    else this.#set({});
  }

  /** The outer terminal reports the mouse only while the program that asked for it has the keyboard. */
  #mirrorModes(focus = this.state.focus): void {
    const { terminal } = this.ports;
    const modes = focus === 'terminal' ? this.#pane?.screen.modes : undefined;
    const mouse = modes?.mouse ?? 'none';
    terminal.setMode(1000, mouse === 'x10' || mouse === 'vt200');
    terminal.setMode(1002, mouse === 'drag');
    terminal.setMode(1003, mouse === 'any');
    terminal.setMode(1006, mouse !== 'none');
    // The wheel scrolls less and man, and does not walk through the shell's history.
    terminal.setMode(1007, modes?.alternateBuffer === true);
  }

  #input(text: string): void {
    this.#cancelFlush?.();
    this.#take(this.#tokens.push(text));
    if (this.#tokens.waiting) this.#cancelFlush = this.ports.later(ESCAPE_MS, () => this.#take(this.#tokens.flush()));
  }

  #take(tokens: readonly Token[]): void {
    let forPane = '';
    const flush = () => {
      if (forPane !== '') this.#pane?.write(forPane);
      forPane = '';
    };
    for (const token of tokens) {
      const isPrefix = token.type === 'key' && keyName(token.raw) === this.prefix;
      if (this.state.focus === 'terminal' && this.#pane?.exitCode === undefined && this.#pane && !isPrefix) {
        forPane += encode(token, this.#pane.screen.modes, this.#rect ?? { x: 0, y: 0 }, this.#pane.screen) ?? '';
        continue;
      }
      flush();
      if (this.state.focus === 'terminal' && isPrefix) this.setFocus('panel');
      else if (this.state.focus === 'terminal') this.#keyForEndedShell(token);
      else if (this.state.focus === 'copy') this.#copyKey(token, isPrefix);
      // A paste into the panel would press a hundred keys: it is dropped.
      else if (token.type === 'key') this.#pressed(isPrefix ? 'prefix' : keyName(token.raw));
    }
    flush();
  }

  #pressed(key: string): void {
    if (this.#keyListeners.size === 0) this.#early.push(key);
    for (const listener of [...this.#keyListeners]) listener(key);
  }

  /** Whoever types on when the shell has ended means the shell, not the panel: only Enter does something, it opens a new one. */
  #keyForEndedShell(token: Token): void {
    if (token.type !== 'key' || keyName(token.raw) !== 'enter') return;
    this.#pressed('enter');
  }

  #copyKey(token: Token, isPrefix: boolean): void {
    if (token.type !== 'key' || !this.#copy) return;
    if (isPrefix) return this.setFocus('panel');
    const action = actionOf(keyName(token.raw), ['copy']);
    if (!action) return;
    const outcome = this.#copy.act(action as CopyAction);
    if (outcome.is === 'copied') {
      this.#copied = outcome.text;
      this.ports.terminal.setClipboard(Buffer.from(outcome.text).toString('base64'));
    }
    if (outcome.is !== 'walking') this.setFocus('terminal');
    if (outcome.is === 'copied') this.notify(`Copied ${count(outcome.text)}.`);
    this.compositor.schedule();
  }

  #set(change: Partial<StageState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of [...this.#listeners]) listener();
  }
}

function count(text: string): string {
  const lines = text.split('\n').length;
  return lines === 1 ? `${Array.from(text).length} characters` : `${lines} lines`;
}
