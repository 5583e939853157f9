/**
 * The pane shows what a terminal shows: the same session in a plain terminal and in the pane, compared cell by cell
 * (glyph, colours, weight) with the cursor, after every step.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bundle } from '../support/bundle.ts';
import { Eyes, noPty, SCREEN_TEST_MS } from '../support/eyes.ts';
import { fakeApp } from '../support/fake-app.ts';

vi.setConfig({ testTimeout: SCREEN_TEST_MS, hookTimeout: SCREEN_TEST_MS });

const skip = await noPty();
/** What `clear` prints, which is not installed everywhere. */
const CLEAR = "printf '\\e[H\\e[2J'";
const PANE = { x: 58, y: 1, width: 92, height: 40 };

const hasProgram = (name: string): boolean => {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${name}`]);
    return true;
  } catch {
    console.warn(`skipped: ${name} is not installed`);
    return false;
  }
};

let program = '';
let folder = '';
let plain: Eyes;
let inPane: Eyes;

beforeAll(async () => {
  if (skip) return;
  program = await bundle('test/support/tui-demo.ts', 'pane-demo');
  folder = mkdtempSync(join(tmpdir(), 'cka-pane-'));
  writeFileSync(join(folder, 'long.txt'), Array.from({ length: 300 }, (_, line) => `${line} ${'word '.repeat(line % 30)}`).join('\n'));
  writeFileSync(join(folder, 'pod.yaml'), 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web   # a comment\nspec:\n  containers:\n  - name: web\n    image: "nginx:1.29"\n');
  const shell = fakeApp(folder).shell({} as never);
  plain = await Eyes.open(shell.file, shell.args, { columns: PANE.width, rows: PANE.height, env: shell.env, cwd: folder });
  inPane = await Eyes.open(process.execPath, [program], { columns: 150, rows: 42, env: { DEMO_FOLDER: folder } });
  await plain.see('lab$');
  await inPane.see('Enter start');
  inPane.type('\r');
  await inPane.see('lab$');
});

afterAll(() => {
  if (skip) return;
  plain.close();
  inPane.close();
  rmSync(dirname(program), { recursive: true, force: true });
  // The shells that were just hung up still write their history there.
  rmSync(folder, { recursive: true, force: true, maxRetries: 50 });
});

/** Types the keys into both, waits until both show the sign, then until they are alike. */
async function check(keys: string, sign: string | RegExp): Promise<void> {
  // A terminal sends arrows as the program in it asked for them; the pane's own terminal is told the plain ones.
  plain.type(plain.terminal.modes.applicationCursorKeysMode ? keys.replaceAll('\x1b[B', '\x1bOB') : keys);
  inPane.type(keys);
  await plain.see(sign);
  await inPane.see(sign);
  const differing = () => {
    const expected = plain.cells(0, 0, PANE.width, PANE.height);
    const found = inPane.cells(PANE.x, PANE.y, PANE.width, PANE.height);
    return expected.flatMap((cell, index) =>
      cell === found[index] ? [] : [`row ${Math.floor(index / PANE.width)} column ${index % PANE.width}: ${cell} in a terminal, ${found[index]} in the pane`],
    );
  };
  const cursors = () => ({ terminal: plain.cursor, pane: { column: inPane.cursor.column - PANE.x, row: inPane.cursor.row - PANE.y } });
  // Both are still painting for a moment after the sign; alike once is alike.
  const isAlike = () => differing().length === 0 && JSON.stringify(cursors().terminal) === JSON.stringify(cursors().pane);
  await Promise.race([inPane.see(isAlike), plain.see(isAlike)]).catch(() => undefined);
  expect(differing()).toEqual([]);
  expect(cursors().pane).toEqual(cursors().terminal);
}

const SHELL: readonly (readonly [string, string, string | RegExp])[] = [
  ['colours of ls', "ls -la --color=always /usr; echo 'end''1'\r", 'end1'],
  ['256 colours and true colours', "for i in 1 9 20 100 200 240; do printf \"\\e[38;5;${i}mfg\\e[48;5;${i}mbg\\e[0m \"; done; printf '\\e[38;2;1;2;3mrgb\\e[48;2;200;100;0mback\\e[0m\\n'; echo 'end''2'\r", 'end2'],
  ['weights', "printf '\\e[1mbold\\e[0;2mdim\\e[0;3mitalic\\e[0;4munder\\e[0;7minverse\\e[0;9mstrike\\e[0m\\n'; echo 'end''3'\r", 'end3'],
  ['wide characters and emoji', "printf '日本語 テスト 🚀 é ñ\\n'; echo 'end''4'\r", 'end4'],
  ['a line that wraps', "printf 'x%.0s' $(seq 1 200); echo; echo 'end''5'\r", 'end5'],
  ['twenty thousand lines', "seq 1 20000; echo 'end''6'\r", 'end6'],
  ['background to the end of the line', "printf '\\e[44mblue\\e[K\\e[0m\\n'; echo 'end''7'\r", 'end7'],
  ['a scroll region', "printf '\\e[5;10r\\e[10;1Ha\\nb\\nc\\e[r\\e[20;1H'; echo 'end''8'\r", 'end8'],
  ['editing the command line', "echo abc def\x01\x1bf\x0bx\x1b[D\x1b[Dy\x05 end9\r", 'echyox end9'],
  ['three million characters', `yes flood | head -c 3000000; ${CLEAR}; echo 'end''10'\r`, 'end10'],
];

describe.skipIf(skip)('in the shell', () => {
  for (const [title, keys, sign] of SHELL) test(title, () => check(keys, sign));
});

describe.skipIf(skip)('a program that floods', () => {
  test('ends with Ctrl-C, although it had filled every buffer', async () => {
    const flooded = (text: string) => text.split('\n').filter((row) => /(^|│)y\s*$/.test(row)).length > 30;
    for (const screen of [plain, inPane]) {
      screen.type('yes\r');
      await screen.see(flooded);
      screen.type('\x03');
      await screen.see('^C');
    }
    await check(`${CLEAR}; echo 'end''11'\r`, 'end11');
  });
});

describe.skipIf(skip || !hasProgram('less'))('less', () => {
  const steps: readonly (readonly [string, string, string | RegExp])[] = [
    ['opens', `${CLEAR}; less long.txt\r`, /(^|│)2 word word/m],
    // Line 3 was on the screen before: what the keys do is that line 2 is gone.
    ['arrow keys', '\x1b[B\x1b[B\x1b[B', /^(?![\s\S]*(?:^|\n|│)2 word)[\s\S]*(?:^|\n|│)3 word/],
    ['search', '/250 \r', /(^|│)250 word/m],
    ['the end', 'G', '(END)'],
    ['quit', "q", 'lab$'],
  ];
  for (const [title, keys, sign] of steps) test(title, () => check(keys, sign));
});

describe.skipIf(skip || !hasProgram('vim'))('vim', () => {
  const steps: readonly (readonly [string, string, string | RegExp])[] = [
    ['opens with colours', `${CLEAR}; vim -n -u NONE -c 'set nocp nomore shm+=I ruler bg=dark | syntax on' pod.yaml\r`, 'apiVersion'],
    ['arrow keys and insert', '\x1b[B\x1b[B\x1b[Bohello\x1b', 'hello'],
    ['a split', ':split long.txt\r', '4 word word'],
    ['paging', '\x06\x06', /(^|│)34 word/m],
    ['search', '/120 \r', /(^|│)120 /m],
    ['quit', ":qa!\r", 'lab$'],
  ];
  for (const [title, keys, sign] of steps) test(title, () => check(keys, sign));
});
