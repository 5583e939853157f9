/** The terminal layers: rows, colours, compositor, and the terminal that is taken over and given back. */
import xterm from '@xterm/headless';
import { EventEmitter } from 'node:events';
import { openSync, readFileSync, closeSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadStream, WriteStream } from 'node:tty';
import { describe, expect, test, vi } from 'vitest';
import { colorDepth, paletteSgr, rgbSgr } from '../../src/tui/terminal/color.ts';
import { Compositor, type Hole } from '../../src/tui/terminal/compositor.ts';
import { CopyMode } from '../../src/tui/terminal/copy-mode.ts';
import { RealTerminal } from '../../src/tui/terminal/real-terminal.ts';
import { Screen } from '../../src/tui/terminal/screen.ts';

describe('colours come down to what the terminal has', () => {
  const rows: readonly (readonly [Record<string, string>, string])[] = [
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, 'truecolor'],
    [{ TERM: 'screen-256color' }, '256'],
    [{ TERM: 'xterm' }, '16'],
    [{ TERM: 'linux' }, '16'],
    [{ TERM: 'vt100' }, 'none'],
    [{}, 'none'],
  ];
  for (const [env, expected] of rows) test(`${JSON.stringify(env)}: ${expected}`, () => expect(colorDepth(env)).toBe(expected));

  test('a true colour and a palette colour at each depth', () => {
    const depths = ['truecolor', '256', '16', 'none'] as const;
    expect(depths.map((depth) => rgbSgr(0xff8700, 30, depth))).toEqual([';38;2;255;135;0', ';38;5;208', ';33', '']);
    expect(depths.map((depth) => paletteSgr(208, 40, depth, true))).toEqual([';48;5;208', ';48;5;208', ';43', '']);
    expect(depths.map((depth) => paletteSgr(9, 30, depth))).toEqual([';91', ';91', ';91', '']);
  });
});

describe('the compositor', () => {
  /** A terminal of 20x4 behind a compositor whose time a test moves. */
  function stage() {
    const outer = new xterm.Terminal({ cols: 20, rows: 4, allowProposedApi: true });
    const writes: string[] = [];
    let due: (() => void) | undefined;
    const compositor = new Compositor({
      now: () => 0,
      later: (_, run) => {
        due = run;
        return () => (due = undefined);
      },
      write: (data) => writes.push(data),
    });
    const paint = async () => {
      due?.();
      due = undefined;
      const written = writes.splice(0).join('');
      await new Promise<void>((resolve) => outer.write(written, resolve));
      return written;
    };
    const text = () => Array.from({ length: 4 }, (_, row) => outer.buffer.active.getLine(row)?.translateToString(true));
    return { compositor, paint, text, outer };
  }
  const hole = (rows: () => readonly string[] | undefined, cursor: Hole['cursor'] = () => undefined): Hole => ({ x: 10, y: 1, width: 5, height: 2, rows, cursor });

  test('writes only rows that changed', async () => {
    const { compositor, paint, text } = stage();
    compositor.frame('one\ntwo\nthree\nfour');
    await paint();
    compositor.frame('one\nTWO\nthree\nfour');
    expect(await paint()).toBe('\x1b[?2026h\x1b[?25l\x1b[2;1H\x1b[0m\x1b[2KTWO\x1b[0m\x1b[?2026l');
    expect(text()).toEqual(['one', 'TWO', 'three', 'four']);
    compositor.frame('one\nTWO\nthree\nfour');
    expect(await paint()).toBe('');
  });

  test('fills the hole, and again where a row behind it was written', async () => {
    const { compositor, paint, text } = stage();
    compositor.frame('one\ntwo\nthree\nfour');
    compositor.setHole(hole(() => ['aaaaa', 'bbbbb']));
    await paint();
    compositor.frame('one\nTWO\nthree\nfour');
    const written = await paint();
    expect(written).toContain('aaaaa');
    expect(written).not.toContain('bbbbb');
    expect(text()).toEqual(['one', 'TWO       aaaaa', 'three     bbbbb', 'four']);
  });

  test('leaves nothing behind when the hole closes or moves', async () => {
    const { compositor, paint, text } = stage();
    compositor.frame('one\ntwo\nthree\nfour');
    compositor.setHole(hole(() => ['aaaaa', 'bbbbb']));
    await paint();
    compositor.setHole({ ...hole(() => ['ccccc']), x: 12, y: 2, height: 1 });
    await paint();
    expect(text()).toEqual(['one', 'two', 'three       ccccc', 'four']);
    compositor.setHole(undefined);
    await paint();
    expect(text()).toEqual(['one', 'two', 'three', 'four']);
  });

  test('a program in the middle of an update keeps its last picture', async () => {
    const { compositor, paint, text } = stage();
    let rows: readonly string[] | undefined = ['aaaaa', 'bbbbb'];
    compositor.frame('\n\n\n');
    compositor.setHole(hole(() => rows));
    await paint();
    rows = undefined;
    compositor.schedule();
    expect(await paint()).toBe('');
    expect(text()[1]).toBe('          aaaaa');
  });

  test('the cursor is in the pane while that has the keyboard', async () => {
    const { compositor, paint, outer } = stage();
    let cursor: { column: number; row: number; style: string } | undefined = { column: 2, row: 1, style: '\x1b[5 q' };
    compositor.frame('\n\n\n');
    compositor.setHole(hole(() => ['aaaaa', 'bbbbb'], () => cursor));
    expect(await paint()).toContain('\x1b[5 q\x1b[3;13H\x1b[?25h');
    expect([outer.buffer.active.cursorX, outer.buffer.active.cursorY]).toEqual([12, 2]);
    cursor = undefined;
    compositor.schedule();
    expect(await paint()).toBe('\x1b[?2026h\x1b[?25l\x1b[?2026l');
  });

  test('after the terminal was cleared everything is written again', async () => {
    const { compositor, paint } = stage();
    compositor.frame('one\ntwo\nthree\nfour');
    await paint();
    compositor.invalidate();
    expect(await paint()).toContain('three');
  });
});

describe('the screen of a pane', () => {
  async function screenOf(text: string, columns = 12, rows = 4, requests: { reply?: (data: string) => void; clipboard?: (data: string) => void } = {}): Promise<Screen> {
    const screen = await Screen.load(columns, rows, { reply: () => {}, ...requests });
    await screen.feed(text);
    return screen;
  }

  test('rows are as wide as the pane and end without a colour', async () => {
    const screen = await screenOf('\x1b[1;31mred\x1b[0m x', 8, 2);
    expect(screen.rowTexts('16')).toEqual(['\x1b[0m\x1b[0;1;31mred\x1b[0m x   ', '\x1b[0m        ']);
  });

  test('modes, cursor and style follow the program', async () => {
    const screen = await screenOf('\x1b[?1h\x1b[?25l\x1b[5 q\x1b[?1002h\x1b[?1006h\x1b[?2004h\x1b[?1049h');
    expect({ ...screen.modes, ...screen.cursor }).toMatchObject({ applicationCursorKeys: true, mouse: 'drag', sgrMouse: true, bracketedPaste: true, alternateBuffer: true, visible: false, style: '\x1b[5 q' });
    await screen.feed('\x1bc');
    expect({ ...screen.modes, ...screen.cursor }).toMatchObject({ applicationCursorKeys: false, mouse: 'none', sgrMouse: false, visible: true });
  });

  test('bytes that are no terminal language are passed over, and nobody is told', async () => {
    const said = vi.spyOn(console, 'error');
    const screen = await screenOf('a\x1b[\ufffd1mb\x1b]\x1b[3\u{1f6a2}mc\x90\x1b\\d');
    expect([screen.rowTexts('none')[0]!.includes('d'), said.mock.calls]).toEqual([true, []]);
    said.mockRestore();
  });

  test('the clipboard can be written and never read', async () => {
    const asked: string[] = [];
    const replies: string[] = [];
    await screenOf('\x1b]52;c;aGk=\x07\x1b]52;c;?\x07\x1b[c', 12, 4, { clipboard: (base64) => asked.push(base64), reply: (data) => replies.push(data) });
    expect([asked, replies]).toEqual([['aGk='], ['\x1b[?1;2c']]);
  });

  test('copy mode walks into older lines, joins wrapped ones, and keeps its place', async () => {
    const screen = await screenOf('one\r\ntwo\r\na line longer than twelve\r\nlast\r\n$ ');
    const copy = new CopyMode(screen);
    for (const action of ['top', 'lineStart', 'select', 'bottom', 'lineEnd'] as const) copy.act(action);
    expect(copy.act('copy')).toEqual({ is: 'copied', text: 'one\ntwo\na line longer than twelve\nlast\n$' });
    copy.act('top');
    expect([copy.top, copy.cursor, copy.selectedIn(0)]).toEqual([0, { row: 0, column: 11 }, { start: 0, end: 12 }]);
    await screen.feed('more\r\nmore\r\nmore\r\n');
    expect(screen.rowTexts('none', copy.top)[0]).toContain('one');
  });
});

describe('the terminal that is taken over', () => {
  /** A terminal whose output is a file. */
  function fake(isTTY = true) {
    const path = join(mkdtempSync(join(tmpdir(), 'cka-tty-')), 'out');
    const fd = openSync(path, 'w');
    const raw: boolean[] = [];
    const input = Object.assign(new EventEmitter(), { setRawMode: (on: boolean) => raw.push(on), setEncoding: () => {}, resume: () => {}, pause: () => {} });
    let written = '';
    const output = Object.assign(new EventEmitter(), { fd, columns: 0, rows: 0, write: (text: string) => (written += text) });
    let said = '';
    const errors = { isTTY, write: (text: Uint8Array | string) => ((said += String(text)), true) };
    const terminal = new RealTerminal(input as unknown as ReadStream, output as unknown as WriteStream, errors);
    return {
      terminal,
      errors,
      said: () => said,
      raw,
      written: () => written,
      left: () => {
        closeSync(fd);
        return readFileSync(path, 'utf8');
      },
    };
  }

  test('is given back with every mode that was on switched off, once', () => {
    const { terminal, raw, left } = fake();
    terminal.enter();
    terminal.setMode(1002, true);
    terminal.setMode(1006, true);
    terminal.setMode(1000, false);
    terminal.setTitle('vim\x07\x1b]0;evil');
    terminal.leave();
    terminal.leave();
    expect(raw).toEqual([true, false]);
    expect(left()).toBe('\x1b[?2026l\x1b[0m\x1b[?2004l\x1b[?1007h\x1b[?1002l\x1b[?1006l\x1b[0 q\x1b[?25h\x1b[?1049l\x1b[23;0t');
  });

  test.each([
    ['on the terminal waits until the screen is gone', true, '', 'Warning: odd\n'],
    ['in a file is written at once', false, 'Warning: odd\n', 'Warning: odd\n'],
  ])('standard error %s', (_title, isTTY, meanwhile, atTheEnd) => {
    const { terminal, errors, said } = fake(isTTY);
    terminal.enter();
    errors.write('Warning: odd\n');
    expect(said()).toBe(meanwhile);
    terminal.leave();
    expect(said()).toBe(atTheEnd);
    errors.write('later\n');
    expect(said()).toBe(`${atTheEnd}later\n`);
  });

  test('has a size even when the system says zero, and writes nothing when it is not ours', () => {
    const { terminal, written } = fake();
    terminal.write('nothing');
    terminal.setTitle('nothing');
    expect([terminal.size, written()]).toEqual([{ columns: 80, rows: 24 }, '']);
  });
});
