/** Programs that run others, or wait: sleep, timeout, nohup, env, printenv, watch, xargs is in its own file. */
import { StartError } from '../../machine/executable.ts';
import type { Child } from '../../machine/program.ts';
import { openOutput } from '../../machine/open.ts';
import { parseSignal } from '../../shell/builtins/job-control.ts';
import { strftime } from './time.ts';
import { type Tool, tool } from './tool.ts';
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
  name: 'timeout', short: 's:k:fvp', long: { signal: 's', 'kill-after': 'k', foreground: 'f', 'preserve-status': 'p', verbose: 'v' }, usageStatus: 125, stopAtOperand: true,
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
    return t.has('p') || !t.gnu ? (t.gnu ? status.code : 143) : 124;
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
  name: 'env', short: 'iu:0C:S:', long: { 'ignore-environment': 'i', unset: 'u', null: '0', chdir: 'C' }, usageStatus: 125, stopAtOperand: true,
  async run(t) {
    const environment = new Map(t.has('i') || t.operands[0] === '-' ? [] : t.process.env);
    for (const name of t.values('u')) environment.delete(name);
    const words = t.operands[0] === '-' ? t.operands.slice(1) : t.operands;
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
  name: 'printenv', short: '0',
  async run(t) {
    if (t.operands.length === 0) for (const [name, value] of t.process.env) await t.write(`${name}=${value}\n`);
    let status = 0;
    for (const name of t.operands) {
      const value = t.process.env.get(name);
      if (value === undefined) status = 1;
      else await t.write(`${value}\n`);
    }
    return status;
  },
});

export const watch = tool({
  name: 'watch', short: 'n:tdecgx', long: { interval: 'n', 'no-title': 't' }, stopAtOperand: true,
  async run(t) {
    if (t.operands.length === 0) return await t.usage('missing operand');
    const seconds = Number(t.value('n') ?? 2);
    const command = t.operands.join(' ');
    const { machine, signal, terminal } = t.process;
    for (;;) {
      const title = `Every ${seconds.toFixed(1)}s: ${command}`;
      const stamp = `${machine.hostname}: ${strftime('%a %b %e %H:%M:%S %Y', machine.clock.unixMs())}`;
      await t.write('\x1b[H\x1b[J');
      if (!t.has('t')) await t.write(`${title}${stamp.padStart(Math.max(stamp.length + 1, (terminal?.columns ?? 80) - title.length))}\n\n`);
      const child = await start(t, t.has('x') ? t.operands : ['sh', '-c', command]);
      if (typeof child === 'number') return child;
      await child.exited;
      await machine.clock.sleep(seconds * 1000, signal);
    }
  },
});
