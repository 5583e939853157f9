/** less and more: a screen at a time on a terminal, and plain copies elsewhere. Space, Enter, `b`, `g`, `G`, `q` are known. */
import type { Program } from '../../machine/program.ts';
import { readAll } from '../../machine/streams.ts';
import { openInput } from '../../machine/open.ts';
import { type Tool, tool } from './tool.ts';

function pager(name: 'less' | 'more'): Program {
  return tool({
    name, short: 'eEFgGiINrRSXs', absent: ['m', 'M', 'p', 'o', 'O', 'k', 'j', 'x', 'f', 'd', 'c', 'l', 'u', 'n'],
    withoutEffect: { F: 'a text that fits the screen is shown and left anyway', g: 'there is no search', G: 'there is no search', i: 'there is no search', I: 'there is no search', r: 'bytes go to the terminal as they are', R: 'bytes go to the terminal as they are', X: 'the screen is not put back anyway' },
    async run(t) {
      let status = 0;
      let text = '';
      if (t.operands.length === 0 && t.process.terminal && !hasInput(t.process.stdin, t.process.terminal)) return await t.usage(name === 'less' ? 'Missing filename ("less --help" for help)' : 'bad usage');
      for await (const { input } of t.inputs(() => (status = 1))) text += await readAll(input);
      const { terminal } = t.process;
      if (!terminal) {
        await t.write(text);
        return status;
      }
      if (t.has('s')) text = text.replace(/\n{3,}/g, '\n\n');
      const lines = text.replace(/\n$/, '').split('\n').map((line, index) => (t.has('N') ? `${String(index + 1).padStart(7)} ${line}` : line));
      await page(t, t.has('S') ? lines.map((line) => line.slice(0, terminal.columns)) : lines, terminal.rows - 1);
      return status;
    },
  });
}

/** Is standard input something else than the terminal itself? */
function hasInput(stdin: object, terminal: object): boolean {
  return 'terminal' in stdin ? stdin.terminal !== terminal : true;
}

async function page(t: Tool, lines: readonly string[], rows: number): Promise<void> {
  const terminal = t.process.terminal!;
  if (lines.length <= rows) return await t.write(`${lines.join('\n')}\n`);
  const keys = openInput(t.process, '/dev/tty');
  terminal.mode = 'raw';
  try {
    let top = 0;
    const last = Math.max(0, lines.length - rows);
    for (;;) {
      await t.write(`\x1b[H\x1b[J${lines.slice(top, top + rows).join('\n')}\n${top >= last ? '\x1b[7m(END)\x1b[m' : ':'}`);
      // -E ends at the end, -e when it is reached for the second time.
      if (top >= last && t.has('E')) break;
      const key = await keys.read();
      if (top >= last && t.has('e') && (key === ' ' || key === 'f' || key === '\r' || key === 'j')) break;
      if (key === undefined || key === 'q' || key === 'Q' || key === '\x03') break;
      if (key === ' ' || key === 'f' || key === '\x1b[6~') top = Math.min(last, top + rows);
      else if (key === 'b' || key === '\x1b[5~') top = Math.max(0, top - rows);
      else if (key === 'g' || key === '\x1b[H') top = 0;
      else if (key === 'G' || key === '\x1b[F') top = last;
      else if (key === '\r' || key === 'j' || key === '\x1b[B') top = Math.min(last, top + 1);
      else if (key === 'k' || key === '\x1b[A') top = Math.max(0, top - 1);
    }
    await t.write('\r\x1b[K');
  } finally {
    terminal.mode = 'cooked';
  }
}

export const less = pager('less');
export const more = pager('more');
