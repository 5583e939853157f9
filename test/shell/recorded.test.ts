/**
 * Our three shells against the real ones: busybox ash, dash and bash ran these scripts once (RECORD=1, on a machine
 * that has them) and what they printed is kept in `test/recorded/shell`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { coreutils } from '../../src/programs/coreutils/index.ts';
import { shPrograms } from '../../src/shell/index.ts';
import { makeBox } from '../support/box.ts';
import { scripts } from './scripts.ts';

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Rows in which we differ on purpose, and why. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'bash: sh -c "kill -9 \\$\\$" 2>/dev/null; echo $?': 'bash prints the number of the process that was killed',
};

const shells = ['ash', 'dash', 'bash'] as const;

for (const shell of shells) {
  const path = join(import.meta.dirname, `../recorded/shell/${shell}.json`);
  if (process.env['RECORD']) record(shell, path);
  const recorded: Readonly<Record<string, Outcome>> = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, Outcome>) : {};
  for (const [group, rows] of Object.entries(scripts)) {
    describe(`${shell}: ${group}`, () => {
      test.each(rows)('%s', async (script) => {
        if (DIFFERENT[`${shell}: ${script}`]) return;
        expect(await check(shell, script)).toEqual(recorded[script]);
      });
    });
  }
}

async function check(shell: string, script: string): Promise<Outcome> {
  const box = makeBox([...shPrograms, ...coreutils], { busybox: shell === 'ash' });
  box.machine.files.mkdir('/tmp/work');
  return await box.run([shell === 'bash' ? 'bash' : 'sh', '-c', script], { cwd: '/tmp/work', env: { PATH: '/bin', HOME: '/root' }, program: shPrograms.find(({ name }) => name === shell)! });
}

/** Run the real shell (bash under its own name, or it would be in its POSIX mode) in an empty directory. */
function record(shell: (typeof shells)[number], path: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'shell-'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  mkdirSync(join(folder, 'work'));
  const real = spawnSync('sh', ['-c', `command -v ${shell === 'ash' ? 'busybox' : shell}`], { encoding: 'utf8' }).stdout.trim();
  if (real === '') throw new Error(`Cannot record: ${shell} is not installed.`);
  symlinkSync(real, join(bin, 'sh'));
  const outcomes: Record<string, Outcome> = {};
  for (const script of Object.values(scripts).flat()) {
    rmSync(join(folder, 'work'), { recursive: true });
    mkdirSync(join(folder, 'work'));
    const { stdout, stderr, status, signal } = spawnSync(real, ['-c', script], { argv0: shell === 'bash' ? 'bash' : 'sh', cwd: join(folder, 'work'), env: { PATH: `${bin}:/bin:/usr/bin`, HOME: '/root' }, input: '', encoding: 'latin1', timeout: 5000 });
    outcomes[script] = { stdout, stderr, code: status ?? (signal === 'SIGKILL' ? 137 : 143) };
  }
  rmSync(folder, { recursive: true });
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `${JSON.stringify(outcomes, null, 1)}\n`);
}
