/** Programs that run others, or wait: sleep, timeout, nohup, env, printenv; watch and xargs are in their own files. */
import { StartError } from '../../machine/executable.ts';
import type { Child } from '../../machine/program.ts';
import { openOutput } from '../../machine/open.ts';
import { parseSignal } from '../../shell/builtins/job-control.ts';
import { type Tool, tool } from './tool.ts';
import { quotedWords } from './words.ts';
import { parseDuration } from './units.ts';

export const sleep = tool({
  name: 'sleep', short: '',
  async run(t) {
    if (t.operands.length === 0) return await t.usage('missing operand');
    let milliseconds = 0;
    for (const operand of t.operands) {
      const one = parseDuration(operand);
      if (one === undefined) return await t.usage(t.gnu ? `invalid time interval '${operand}'` : `invalid number '${operand}'`);
      milliseconds += one;
    }
    await t.process.machine.clock.sleep(Math.min(milliseconds, 2 ** 52), t.process.signal);
    return 0;
  },
});

/** Start a program and say why it cannot be: 127 or 126. */
export async function start(t: Tool, argv: readonly string[], options: Parameters<Tool['process']['spawn']>[1] = {}): Promise<Child | number> {
  try {
    return t.process.spawn(argv, options);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    const words = { ENOENT: 'No such file or directory', EACCES: 'Permission denied', ENOEXEC: 'Exec format error', EISDIR: 'Permission denied', EAGAIN: 'Resource temporarily unavailable' }[error.code];
    await t.complain(t.gnu ? (t.name === 'env' ? `'${argv[0]}': ${words}` : t.name === 'xargs' ? `${argv[0]}: ${words}` : `failed to run command '${argv[0]}': ${words}`) : t.name === 'xargs' ? `${argv[0]}: ${words}` : `can't execute '${argv[0]}': ${words}`);
    return error.code === 'ENOENT' ? 127 : 126;
  }
}

export const timeout = tool({
  name: 'timeout', short: 's:k:v', gnuOnly: 'v', long: { signal: 's', 'kill-after': 'k', foreground: 'foreground', 'preserve-status': 'preserve-status', verbose: 'v' }, withoutEffect: { foreground: 'the command is in the foreground anyway: it gets no process group of its own' }, usageStatus: 125, stopAtOperand: true,
  async run(t) {
    const [limit, ...argv] = t.operands;
    if (limit === undefined || argv.length === 0) {
      if (!t.gnu) return await t.usage('missing operand');
      await t.process.stderr.write("Try 'timeout --help' for more information.\n");
      return 125;
    }
    const milliseconds = parseDuration(limit);
    if (milliseconds === undefined) return await t.usage(t.gnu ? `invalid time interval '${limit}'` : `invalid number '${limit}'`);
    const signal = parseSignal(t.value('s') ?? 'TERM');
    if (!signal) return await t.usage(t.gnu ? `'${t.value('s')}': invalid signal` : `bad signal name '${t.value('s')}'`);
    const child = await start(t, argv);
    if (typeof child === 'number') return child;
    const { clock } = t.process.machine;
    let expired = false;
    const stop = milliseconds === 0 ? () => undefined : clock.schedule(milliseconds, () => {
      expired = true;
      if (t.has('v')) void t.complain(`sending signal ${signal.slice(3)} to command '${argv[0]}'`);
      child.kill(signal);
    });
    const after = parseDuration(t.value('k') ?? '');
    const finish = after === undefined ? () => undefined : clock.schedule(milliseconds + after, () => child.kill('SIGKILL'));
    for (const name of ['SIGTERM', 'SIGINT'] as const) t.process.onSignal(name, () => child.kill(name));
    const status = await child.status;
    stop();
    finish();
    if (!expired) return status.code;
    if (status.signal === 'SIGKILL') return 137;
    return t.has('preserve-status') || !t.gnu ? (t.gnu ? status.code : 143) : 124;
  },
});

export const nohup = tool({
  name: 'nohup', short: '', usageStatus: 125, stopAtOperand: true,
  async run(t) {
    if (t.operands.length === 0) return await t.usage('missing operand');
    t.process.ignoreSignal('SIGHUP');
    const { terminal } = t.process;
    if (terminal) await t.process.stderr.write(t.gnu ? "nohup: ignoring input and appending output to 'nohup.out'\n" : 'nohup: appending output to nohup.out\n');
    const stdout = terminal ? openOutput(t.process, 'nohup.out', { append: true, mode: 0o600 }) : t.process.stdout;
    const child = await start(t, t.operands, terminal ? { stdout, stderr: stdout } : {});
    return typeof child === 'number' ? child : await child.exited;
  },
});

export const env = tool({
  name: 'env', short: 'iu:0C:S:', gnuOnly: 'CS', long: { 'ignore-environment': 'i', unset: 'u', null: '0', chdir: 'C', 'split-string': 'S' }, absent: ['v', 'debug', 'block-signal', 'default-signal', 'ignore-signal'], usageStatus: 125, stopAtOperand: true,
  async run(t) {
    // `#!/usr/bin/env -S`: one word that stands for several.
    const given = [...quotedWords(t.value('S') ?? ''), ...t.operands];
    const environment = new Map(t.has('i') || given[0] === '-' ? [] : t.process.env);
    for (const name of t.values('u')) environment.delete(name);
    const words = given[0] === '-' ? given.slice(1) : given;
    let first = 0;
    for (; first < words.length && words[first]!.includes('='); first++) {
      const cut = words[first]!.indexOf('=');
      environment.set(words[first]!.slice(0, cut), words[first]!.slice(cut + 1));
    }
    const argv = words.slice(first);
    if (argv.length === 0) {
      for (const [name, value] of environment) await t.write(`${name}=${value}${t.has('0') ? '\0' : '\n'}`);
      return 0;
    }
    const child = await start(t, argv, { env: environment, ...(t.has('C') ? { cwd: t.path(t.value('C')!) } : {}) });
    return typeof child === 'number' ? child : await child.exited;
  },
});

export const printenv = tool({
  name: 'printenv', short: '0', long: { null: '0' },
  async run(t) {
    const end = t.has('0') ? '\0' : '\n';
    if (t.operands.length === 0) for (const [name, value] of t.process.env) await t.write(`${name}=${value}${end}`);
    let status = 0;
    for (const name of t.operands) {
      const value = t.process.env.get(name);
      if (value === undefined) status = 1;
      else await t.write(`${value}${end}`);
    }
    return status;
  },
});
