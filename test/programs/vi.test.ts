/** vi: keys in, a file out, as BusyBox's own leaves it. RECORD=1 types them into the real one. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { PseudoTerminal } from '../../src/machine/terminal.ts';
import { drain, TwoMachines } from './two-machines.ts';

const TEXT = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: nginx\n    image: nginx:1.25\n';

/** What is typed; `<` stands for Escape and `!` for Enter. */
const KEYS = [
  ':wq!', 'ihello <:wq!', 'Adone<:wq!', 'onew line<:wq!', 'Otop<:wq!', 'dd:wq!', '3dd:wq!', 'ddp:wq!', 'yyp:wq!', 'yy3jp:wq!', 'yyP:wq!', 'x:wq!', '5x:wq!', 'wx:wq!', 'dw:wq!', 'd$:wq!', 'wD:wq!', 'cwfoo<:wq!', 'ccfoo<:wq!', 'wCfoo<:wq!',
  'rX:wq!', 'sXY<:wq!', 'SXY<:wq!', 'J:wq!', '~:wq!', 'u:wq!', 'ddu:wq!', 'ddxu:wq!', 'Gdd:wq!', 'Gofoo<:wq!', '3GA!  labels: {}<:wq!', '/name!x:wq!', '/name!nx:wq!', '?name!x:wq!', '/nginx!cwhttpd<n.:wq!', ':s/v1/v2/!:wq!', ':%s/nginx/httpd/g!:wq!', ':%s/n/N/!:wq!', ':2,3d!:wq!', ':$!dd:wq!', ':3!dd:wq!',
  'ofoo<:q!:q!!', 'ddZQ', 'ddZZ', 'fax:wq!', 'tVx:wq!', '$x:wq!', '$i!<:wq!', 'jddk.:wq!', 'dj:wq!', 'GdgG:wq!', 'jjdG:wq!', 'de:wq!', 'db:wq!', 'wdb:wq!', 'jjj>>:wq!', 'jjj<<:wq!', 'jjjwy$Gp:wq!', 'yw$p:wq!', '2yyGp:wq!', 'Iab\x7f\x7fc<:wq!', ':x!', 'ia<:x!', ':w!dd:q!!', 'ggdG:wq!', '2dw:wq!', 'd2w:wq!', 'wi!<:wq!', 'a1<jA2<:wq!', 'Rxyz<:wq!', 'yyjp:wq!', 'jo  app: web<:wq!', '4Gyyp$x:wq!',
];

const FILE = new URL('../recorded/programs/vi.json', import.meta.url);
const typed = (keys: string) => keys.replaceAll('<', '\x1b').replaceAll(/!(?=!$)/g, '\0').replaceAll('!', '\r').replaceAll('\0', '!');

function record(): void {
  execFileSync('busybox', ['vi', '--help'], { stdio: 'ignore' });
  const folder = mkdtempSync(join(tmpdir(), 'vi-'));
  const rows = KEYS.map((keys) => {
    const path = join(folder, 'pod.yaml');
    writeFileSync(path, TEXT);
    // The terminal is there when the first picture is; a lone Escape is one when nothing follows it at once.
    const slowly = [...typed(keys)].map((key) => `printf '\\${key.charCodeAt(0).toString(8).padStart(3, '0')}'; sleep 0.${key === '\x1b' ? '06' : '004'}`).join('; ');
    spawnSync('sh', ['-c', `{ sleep 0.3; ${slowly}; sleep 0.2; } | script -qec 'busybox vi ${path}' /dev/null`], { timeout: 10_000, env: { ...process.env, TERM: 'xterm' } });
    return [keys, readFileSync(path, 'utf8')] as const;
  });
  rmSync(folder, { recursive: true });
  writeFileSync(FILE, `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`);
}

if (process.env['RECORD'] || !existsSync(FILE)) record();
const recorded = JSON.parse(readFileSync(FILE, 'utf8')) as readonly (readonly [keys: string, text: string])[];

let two: TwoMachines;
beforeEach(() => {
  two = new TwoMachines();
  two.alpha.files.write('/pod.yaml', TEXT);
});

/** Type into vi on a terminal of 80 by 10. */
async function vi(keys: string, path = '/pod.yaml'): Promise<{ readonly code: number | undefined; readonly screen: string }> {
  const terminal = new PseudoTerminal({ columns: 80, rows: 10 });
  let screen = '';
  terminal.onOutput((bytes) => void (screen += bytes));
  const { exited } = two.alpha.start(['vi', path], { stdin: terminal.stdin, stdout: terminal.stdout, stderr: terminal.stdout, terminal: terminal.terminal });
  let code: number | undefined;
  void exited.then((status) => (code = status.code));
  await two.settle(10);
  terminal.feed(keys);
  await two.settle(10);
  await drain();
  return { code, screen };
}

/** The last picture, without the codes that paint it. */
const picture = (screen: string) =>
  screen.slice(screen.lastIndexOf('\x1b[H'))
    // oxlint-disable-next-line no-control-regex
    .replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\r', '');

test.each(recorded)('%s', async (keys, text) => {
  const { code } = await vi(typed(keys));
  expect({ code, text: two.alpha.files.read('/pod.yaml') }).toEqual({ code: 0, text });
});

test('every row is recorded', () => {
  expect(recorded.map(([keys]) => keys)).toEqual(KEYS);
});

test.each([
  ['', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: nginx\n    image: nginx:1.25\n~\n- /pod.yaml 1/8 12%'],
  ['Gofoo', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: nginx\n    image: nginx:1.25\nfoo\nI /pod.yaml [Modified] 9/9 100%'],
  ['dd:q\r', 'kind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: nginx\n    image: nginx:1.25\n~\n~\nNo write since last change (:q! overrides)'],
  [':foo\r', "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: nginx\n    image: nginx:1.25\n~\n':foo' is not implemented"],
  ['/nothing\r', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: nginx\n    image: nginx:1.25\n~\nPattern not found'],
  [':w\r', "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: nginx\n    image: nginx:1.25\n~\n'/pod.yaml' 8L, 105C"],
  [':set nu\r', '      1 apiVersion: v1\n      2 kind: Pod\n      3 metadata:\n      4   name: web\n      5 spec:\n      6   containers:\n      7   - name: nginx\n      8     image: nginx:1.25\n~\n- /pod.yaml 1/8 12%'],
])('the screen after %j', async (keys, expected) => {
  expect(picture((await vi(keys)).screen)).toBe(expected);
});

test('a file that cannot be written is said, and vi stays', async () => {
  const { code, screen } = await vi('ia\x1b:wq\r', '/nowhere/file');
  expect({ code, said: picture(screen).split('\n').at(-1) }).toEqual({ code: undefined, said: "'/nowhere/file' No such file or directory" });
});
