/** su and sudo: the same machine as somebody else. Root needs no password and nobody else has one. See su(1) of util-linux, sudo(8). */
import { StartError } from '../../machine/executable.ts';
import type { Process, SpawnOptions } from '../../machine/program.ts';
import { findUser, homeOf } from '../../machine/users.ts';
import { type Tool, tool } from './tool.ts';

export const su = tool({
  name: 'su', short: 'lc:s:mp', long: { login: 'l', command: 'c', shell: 's', 'preserve-environment': 'p' }, absent: ['P', 'pty', 'w', 'whitelist-environment', 'g', 'group', 'G', 'supp-group', 'f', 'fast', 'session-command'],
  async run(t) {
    const { files, user: own, env } = t.process;
    // `su - NAME`: the dash stands for a login.
    const isLogin = t.has('l') || t.operands[0] === '-';
    const [name = 'root', ...rest] = t.operands.filter((operand, at) => !(at === 0 && operand === '-'));
    const user = /^\d+$/.test(name) ? undefined : findUser(name, files);
    if (!user) {
      await t.complain(t.gnu ? `user ${name} does not exist or the user entry does not contain all the required fields` : `unknown user ${name}`);
      return 1;
    }
    if (own.uid !== 0) {
      await t.complain(t.gnu ? 'Authentication failure' : 'must be suid to work properly');
      return 1;
    }
    const isKept = (t.has('m') || t.has('p')) && !isLogin;
    const shell = t.value('s') ?? (isKept ? env.get('SHELL') : undefined) ?? shellOf(t.process, user.name);
    if (/\/(?:nologin|false)$/.test(shell)) {
      if (shell.endsWith('nologin')) await t.write('This account is currently not available.\n');
      return 1;
    }
    const command = t.has('c') ? ['-c', t.value('c')!] : [];
    return await runAs(t, user, [shell, ...(isLogin && command.length === 0 ? ['-l'] : []), ...command, ...rest], { home: !isKept, isLogin, shell });
  },
});

export const sudo = tool({
  name: 'sudo', short: 'u:isnEHSkvKD:', long: { user: 'u', login: 'i', shell: 's', 'non-interactive': 'n', 'preserve-env': 'E', 'set-home': 'H', stdin: 'S', chdir: 'D', validate: 'v', 'reset-timestamp': 'k', 'remove-timestamp': 'K' }, stopAtOperand: true,
  absent: ['g', 'group', 'l', 'list', 'A', 'askpass', 'b', 'background', 'P', 'preserve-groups', 'h', 'host', 'p', 'prompt', 'C', 'close-from', 'e', 'edit', 'R', 'chroot', 'T', 'command-timeout', 'U', 'other-user'],
  withoutEffect: { n: 'no password is ever asked for', S: 'no password is ever asked for', E: 'the environment is kept anyway' },
  async run(t) {
    const { files, user: own, env } = t.process;
    if (own.uid !== 0) {
      await t.process.stderr.write(`${own.name} is not in the sudoers file.\n`);
      return 1;
    }
    const name = t.value('u') ?? 'root';
    const user = findUser(name.replace(/^#/, ''), files);
    if (!user) {
      await t.complain(`unknown user ${name}`);
      await t.complain('error initializing audit plugin sudoers_audit');
      return 1;
    }
    const at = t.operands.findIndex((word) => !/^\w+=/.test(word));
    const argv = at < 0 ? [] : t.operands.slice(at);
    const given = new Map(t.operands.slice(0, at < 0 ? t.operands.length : at).map((word) => word.split(/=(.*)/s) as [string, string]));
    if (argv.length === 0 && (t.has('v') || t.has('k') || t.has('K'))) return 0;
    if (argv.length === 0 && !t.has('i') && !t.has('s')) {
      await t.process.stderr.write('usage: sudo -h | -K | -k | -V\nusage: sudo [-ABbEHnPS] [-u user] [VAR=value] [-i | -s] [command [arg ...]]\n');
      return 1;
    }
    const shell = t.has('s') ? (env.get('SHELL') ?? '/bin/bash') : shellOf(t.process, user.name);
    const command = t.has('i') ? [shell, '-l', ...(argv.length > 0 ? ['-c', argv.join(' ')] : [])] : t.has('s') ? [shell, ...(argv.length > 0 ? ['-c', argv.join(' ')] : [])] : argv;
    return await runAs(t, user, command, { home: t.has('i') || t.has('H') || user.uid !== own.uid, isLogin: t.has('i'), shell, given, ...(t.has('D') ? { cwd: t.path(t.value('D')!) } : {}) });
  },
});

interface As {
  /** HOME and the rest become theirs. */
  readonly home: boolean;
  readonly isLogin: boolean;
  readonly shell: string;
  readonly given?: ReadonlyMap<string, string>;
  readonly cwd?: string;
}

async function runAs(t: Tool, user: NonNullable<SpawnOptions['user']>, argv: readonly string[], as: As): Promise<number> {
  const { process } = t;
  const home = homeOf(user.uid, process.files);
  const kept = as.isLogin ? [...process.env].filter(([name]) => ['TERM', 'PATH', 'LANG'].includes(name)) : [...process.env];
  const env = new Map([...kept, ...(as.home ? [['HOME', home], ['USER', user.name], ['LOGNAME', user.name], ['SHELL', as.shell]] as const : []), ...(as.given ?? [])]);
  const cwd = as.isLogin && process.files.exists(home) ? home : as.isLogin ? '/' : (as.cwd ?? process.cwd);
  try {
    const child = process.spawn(argv, { user, env, cwd });
    // ^C is meant for whoever runs now.
    for (const signal of ['SIGINT', 'SIGQUIT'] as const) process.onSignal(signal, () => undefined);
    process.onSignal('SIGTERM', () => child.kill('SIGTERM'));
    return await child.exited;
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    await t.complain(t.name === 'sudo' ? `${error.command}: command not found` : `failed to execute ${error.command}: ${error.code === 'ENOENT' ? 'No such file or directory' : 'Permission denied'}`);
    return t.name === 'sudo' ? 1 : error.code === 'ENOENT' ? 127 : 126;
  }
}

function shellOf({ files }: Process, name: string): string {
  const line = files.exists('/etc/passwd') ? files.read('/etc/passwd').split('\n').find((row) => row.startsWith(`${name}:`)) : undefined;
  return line?.split(':')[6] || '/bin/sh';
}
