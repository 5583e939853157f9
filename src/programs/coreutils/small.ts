/** The tools that are a line or two each: names, constants, nothing. */
import { absolute } from '../../machine/executable.ts';
import type { Program } from '../../machine/program.ts';
import { formatEcho } from '../../shell/builtins/output.ts';
import { formatPrintf } from '../../shell/builtins/format.ts';
import { runTest } from '../../shell/builtins/test.ts';
import { isGnu, tool } from './tool.ts';

export const trueProgram: Program = { name: 'true', run: () => 0 };
export const falseProgram: Program = { name: 'false', run: () => 1 };

export const echo: Program = {
  name: 'echo',
  async run(process) {
    await process.stdout.write(formatEcho(process.argv.slice(1), 'gnu'));
    return 0;
  },
};

export const printf: Program = {
  name: 'printf',
  async run(process) {
    const [format, ...args] = process.argv.slice(1);
    if (format === undefined) {
      await process.stderr.write(isGnu(process) ? "printf: missing operand\nTry 'printf --help' for more information.\n" : 'printf: missing operand\n');
      return 1;
    }
    const { text, errors } = formatPrintf(format, args, isGnu(process) ? 'dash' : 'ash');
    await process.stdout.write(text);
    for (const error of errors) await process.stderr.write(`printf: ${isGnu(process) ? error.replace(/^(.*?): /, "'$1': ") : error}\n`);
    return errors.length > 0 ? 1 : 0;
  },
};

function tester(name: 'test' | '['): Program {
  return {
    name,
    async run(process) {
      const [status, message] = runTest(name, process.argv.slice(1), { files: process.files, cwd: process.cwd, dialect: isGnu(process) ? 'bash' : 'ash', isTerminal: () => process.terminal !== undefined });
      if (message !== undefined) await process.stderr.write(`${name}: ${message}\n`);
      return status;
    },
  };
}

export const test = tester('test');
export const bracket = tester('[');

export const pwd = tool({
  name: 'pwd', short: 'LP', long: { logical: 'L', physical: 'P' },
  async run(t) {
    await t.write(`${t.last('LP') === 'P' ? t.process.files.realpath(t.process.cwd) : t.process.cwd}\n`);
    return 0;
  },
});

export const yes = tool({
  name: 'yes', short: '', stopAtOperand: true,
  async run(t) {
    const line = `${t.operands.join(' ') || 'y'}\n`;
    // A pipe's worth at a time, as the real one does.
    const block = line.repeat(Math.max(1, Math.floor(8192 / line.length)));
    for (;;) await t.write(block);
  },
});

export const basename = tool({
  name: 'basename', short: 'as:z', gnuOnly: 'z', long: { multiple: 'a', suffix: 's', zero: 'z' }, stopAtOperand: true,
  async run(t) {
    const [first, second] = t.operands;
    if (first === undefined) return await t.usage('missing operand');
    const several = t.has('a') || t.has('s');
    for (const path of several ? t.operands : [first]) {
      const suffix = t.value('s') ?? (several ? undefined : second);
      const name = path.replace(/\/+$/, '').split('/').at(-1) || (path.startsWith('/') ? '/' : '');
      await t.write(`${suffix && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}${t.has('z') ? '\0' : '\n'}`);
    }
    return 0;
  },
});

export const dirname = tool({
  name: 'dirname', short: 'z', gnuOnly: 'z', long: { zero: 'z' },
  async run(t) {
    if (t.operands.length === 0) return await t.usage('missing operand');
    for (const path of t.operands) {
      const trimmed = path.replace(/\/+$/, '');
      const cut = trimmed.lastIndexOf('/');
      await t.write(`${trimmed === '' ? (path === '' ? '.' : '/') : cut < 0 ? '.' : trimmed.slice(0, cut).replace(/\/+$/, '') || '/'}${t.has('z') ? '\0' : '\n'}`);
    }
    return 0;
  },
});

export const which = tool({
  name: 'which', short: 'a',
  async run(t) {
    let status = 0;
    for (const name of t.operands) {
      const directories = name.includes('/') ? [''] : (t.process.env.get('PATH') ?? '').split(':');
      const found = directories.map((directory) => (directory === '' ? name : `${directory}/${name}`)).filter((path) => {
        const at = absolute(t.process.cwd, path);
        return t.process.files.access(at, 1) && t.process.files.stat(at).type === 'file';
      });
      for (const path of t.has('a') ? found : found.slice(0, 1)) await t.write(`${path}\n`);
      if (found.length === 0) status = 1;
    }
    return status;
  },
});

export const whoami = tool({
  name: 'whoami', short: '',
  async run(t) {
    await t.write(`${t.process.user.name}\n`);
    return 0;
  },
});

export const nproc = tool({
  name: 'nproc', short: '', long: { all: 'all', ignore: 'ignore:' }, withoutEffect: { all: 'every program may use every processor' },
  async run(t) {
    await t.write(`${Math.max(1, t.process.machine.cpus - Number(t.value('ignore') ?? 0))}\n`);
    return 0;
  },
});

export const arch = tool({
  name: 'arch', short: '',
  async run(t) {
    await t.write('x86_64\n');
    return 0;
  },
});

export const tty = tool({
  name: 'tty', short: 's',
  async run(t) {
    const { terminal } = t.process;
    if (!t.has('s')) await t.write(terminal ? `/dev/${terminal.name}\n` : 'not a tty\n');
    return terminal ? 0 : 1;
  },
});

export const clear = tool({
  name: 'clear', short: 'x', withoutEffect: { x: 'what was scrolled away is never cleared' },
  async run(t) {
    await t.write('\x1b[H\x1b[J');
    return 0;
  },
});

export const reset = tool({
  name: 'reset', short: '',
  async run(t) {
    if (t.process.terminal) t.process.terminal.mode = 'cooked';
    await t.write('\x1bc\x1b(B\x1b[m\x1b[J\x1b[?25h');
    return 0;
  },
});

/** Everything is on the disk already. */
export const sync: Program = { name: 'sync', run: () => 0 };

export const stty = tool({
  name: 'stty', short: 'a', absent: ['g', 'F', 'save', 'file'], long: { all: 'a' }, stopAtOperand: true,
  async run(t) {
    const { terminal } = t.process;
    if (!terminal) {
      await t.complain(t.gnu ? "'standard input': Inappropriate ioctl for device" : 'standard input: Not a tty');
      return 1;
    }
    const [what] = t.operands;
    if (what === 'size') await t.write(`${terminal.rows} ${terminal.columns}\n`);
    else if (what === undefined || t.has('a')) await t.write(`speed 38400 baud;${t.has('a') ? ` rows ${terminal.rows}; columns ${terminal.columns};` : ''} line = 0;\n`);
    else if (what === 'raw' || what === '-icanon') terminal.mode = 'raw';
    else if (what === 'sane' || what === 'cooked' || what === 'icanon') terminal.mode = 'cooked';
    else return await t.usage(t.gnu ? `invalid argument '${what}'` : `invalid argument '${what}'`);
    return 0;
  },
});
