/**
 * Everything between the learner's terminal and the UI: who has the keyboard (panel, terminal pane or copy mode), where
 * the pane is drawn, which modes the outer terminal must be in. The UI subscribes to its state and draws it.
 * Knows nothing of React and nothing of labs.
 */
import type { Disposer } from '../../base/clock.ts';
import { actionOf, controlByte, DEFAULT_PREFIX, keyName, type CopyAction } from '../keys.ts';
import type { ShellCommand } from '../services.ts';
import { Compositor } from './compositor.ts';
import { amountOf, CopyMode } from './copy-mode.ts';
import { encode } from './encode.ts';
import { mirrorModes } from './mirror-modes.ts';
import { Pane } from './pane.ts';
import { paneHole } from './pane-hole.ts';
import type { Rect, StagePort, StagePorts, StageState } from './stage-port.ts';
import { Tokenizer, type Token } from './tokens.ts';

/** An Escape that nothing follows within this time is the Escape key. */
const ESCAPE_MS = 15;

/** A UI that has not drawn by then is not going to; a busy machine may need a while. */
const DRAWN_MS = 1000;

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
  readonly #untaken: Token[] = [];
  #resting: Disposer | undefined;
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
    if (this.#untaken.length > 0) this.#rest(0);
    return () => this.#keyListeners.delete(listener);
  }

  async openPane(command: ShellCommand, size: { columns: number; rows: number }): Promise<Pane | { readonly because: string }> {
    const pty = await this.ports.loadPty();
    if (!pty.available) return pty;
    const { terminal } = this.ports;
    try {
      const bell = () => terminal.write('\x07');
      const pane = await Pane.open(command, pty.spawn, size, { bell, clipboard: (base64) => terminal.setClipboard(base64), title: (title) => terminal.setTitle(title) });
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
    const screen = this.#pane?.screen;
    const isResized = rect && screen && (rect.width !== screen.columns || rect.height !== screen.rows);
    // The rows of the buffer are other ones after a change of width.
    if (isResized && this.state.focus === 'copy') this.setFocus('terminal');
    this.#rect = rect;
    if (rect) this.#pane?.resize(rect.width, rect.height);
    this.compositor.setHole(this.#pane && rect ? paneHole(this.#pane, rect, { depth: this.ports.depth, copy: () => this.#copy, hasKeyboard: () => this.state.focus === 'terminal' }) : undefined);
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
    this.#resting?.();
    this.compositor.stop();
    for (const pane of this.#panes) pane.close();
  }

  #paneChanged(pane: Pane): void {
    this.compositor.schedule();
    this.#mirrorModes();
    if (pane.exitCode === undefined) return;
    if (this.state.focus === 'copy') this.setFocus('panel');
    else this.#set({});
  }

  /** The outer terminal is in the modes of the program in the pane only while that has the keyboard. */
  #mirrorModes(focus = this.state.focus): void {
    mirrorModes(this.ports.terminal, focus === 'terminal' ? this.#pane?.screen.modes : undefined);
  }

  #input(text: string): void {
    this.#cancelFlush?.();
    this.#take(this.#tokens.push(text));
    if (!this.#tokens.waiting) return;
    // After a busy moment the rest of a sequence may be there already, unread: it is looked for once more before the time counts.
    this.#cancelFlush = this.ports.later(ESCAPE_MS, () => {
      this.#cancelFlush = this.ports.later(0, () => this.#take(this.#tokens.flush()));
    });
  }

  #take(tokens: readonly Token[]): void {
    this.#untaken.push(...tokens);
    if (!this.#resting) this.#work();
  }

  /** Token by token, since each may change what the next one means. */
  #work(): void {
    let forPane = '';
    const flush = () => {
      this.#pane?.write(forPane);
      forPane = '';
    };
    for (let token = this.#untaken[0]; token !== undefined && !this.#resting; token = this.#untaken[0]) {
      const isPrefix = token.type === 'key' && keyName(token.raw) === this.prefix;
      const { focus } = this.state;
      // The UI is still loading: what was typed waits for it.
      if (focus === 'panel' && this.#keyListeners.size === 0) break;
      this.#untaken.shift();
      if (focus === 'terminal' && this.#pane?.exitCode === undefined && this.#pane && !isPrefix) {
        forPane += encode(token, this.#pane.screen.modes, this.#rect ?? { x: 0, y: 0 }, this.#pane.screen) ?? '';
        continue;
      }
      flush();
      if (focus === 'terminal' && isPrefix) this.setFocus('panel');
      else if (focus === 'terminal') this.#keyForEndedShell(token);
      else if (focus === 'copy') this.#copyKey(token, isPrefix);
      // A paste into the panel would press a hundred keys: it is dropped.
      else if (token.type === 'key') this.#press(isPrefix ? 'prefix' : keyName(token.raw));
    }
    flush();
  }

  #press(key: string): void {
    // What was said has been read by now.
    this.notify(undefined);
    for (const listener of [...this.#keyListeners]) listener(key);
    this.#rest();
  }

  drawn(): void {
    if (this.#resting) this.#rest(0);
  }

  /** The next key waits until the UI has drawn what this one did: `down` and `enter` that arrive together open the second lab. */
  #rest(atMostMs = DRAWN_MS): void {
    this.#resting?.();
    this.#resting = this.ports.later(atMostMs, () => {
      this.#resting = undefined;
      this.#work();
    });
  }

  /** Whoever types on when the shell has ended means the shell, not the panel: only Enter does something, it opens a new one. */
  #keyForEndedShell(token: Token): void {
    if (token.type === 'key' && keyName(token.raw) === 'enter') this.#press('enter');
  }

  #copyKey(token: Token, isPrefix: boolean): void {
    if (token.type !== 'key' || !this.#copy) return;
    if (isPrefix) return this.setFocus('panel');
    const action = actionOf(keyName(token.raw), ['copy']) as CopyAction | undefined;
    if (!action) return;
    const outcome = this.#copy.act(action);
    if (outcome.is === 'copied') {
      this.#copied = outcome.text;
      this.ports.terminal.setClipboard(Buffer.from(outcome.text).toString('base64'));
    }
    if (outcome.is !== 'walking') this.setFocus('terminal');
    if (outcome.is === 'copied') this.notify(`Copied ${amountOf(outcome.text)}.`);
    this.compositor.schedule();
  }

  #set(change: Partial<StageState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of [...this.#listeners]) listener();
  }
}
