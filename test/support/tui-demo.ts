/** The terminal UI over the fake program, to try by hand: `npx tsx test/support/tui-demo.ts [--plain] [--no-pane] [--crash]`. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTui } from '../../src/tui/run.tsx';
import { fakeApp } from './fake-app.ts';

const folder = process.env['DEMO_FOLDER'] ?? mkdtempSync(join(tmpdir(), 'cka-demo-'));
const has = (flag: string) => process.argv.includes(flag);
// A crash that nobody catches, once the screen is up: the terminal must survive it.
if (has('--crash')) setTimeout(() => {
  throw new Error('a crash on purpose');
}, 400);
process.exitCode = await runTui(fakeApp(folder, { firstRun: true }), { plain: has('--plain'), pane: !has('--no-pane'), checkEveryMs: 500 });
