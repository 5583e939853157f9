/** A box as its user sees it: shared images, permissions, pipes, signals, terminals, services. */
import { describe, expect, test } from 'vitest';
import { FileSystem } from '../../src/machine/files.ts';
import { pipe } from '../../src/machine/streams.ts';
import { PseudoTerminal } from '../../src/machine/terminal.ts';
import { coreutils } from '../../src/programs/coreutils/index.ts';
import { shPrograms } from '../../src/shell/index.ts';
import { makeBox } from '../support/box.ts';

const programs = [...shPrograms, ...coreutils];

describe('files', () => {
  test('a clone shares its image and changes alone', () => {
    const image = new FileSystem();
    image.mkdir('/etc');
    image.write('/etc/motd', 'hellohello');
    const [a, b] = [image.clone(), image.clone()];
    a.append('/etc/motd', '!');
    a.mkdir('/data');
    expect([image.read('/etc/motd'), a.read('/etc/motd'), b.read('/etc/motd')]).toEqual(['hellohello', 'hellohello!', 'hellohello']);
    expect([image.list('/'), a.list('/'), b.list('/')]).toEqual([['etc'], ['data', 'etc'], ['etc']]);
  });

  test('a mount hides what is under it, may be a single file, and may be read-only', () => {
    const root = new FileSystem();
    root.mkdir('/etc');
    root.write('/etc/app.conf', 'old');
    const config = new FileSystem();
    config.mkdir('/..data');
    config.write('/..data/app.conf', 'new');
    config.symlink('..data/app.conf', '/app.conf');
    root.mount('/config', config, { readonly: true });
    root.mount('/etc/app.conf', config, { root: '/..data/app.conf' });
    expect([root.read('/config/app.conf'), root.read('/etc/app.conf'), root.list('/')]).toEqual(['new', 'new', ['config', 'etc']]);
    expect(() => root.write('/config/x', '')).toThrow('Read-only file system');
    root.unmount('/etc/app.conf');
    expect(root.read('/etc/app.conf')).toBe('old');
  });

  test.each([
    ['a file of root is not for everybody to write', (files: FileSystem) => files.as({ uid: 1000, gid: 1000 }).write('/f', 'x'), 'Permission denied'],
    ['a link to itself', (files: FileSystem) => files.read('/loop'), 'Too many levels of symbolic links'],
    ['a name below a file', (files: FileSystem) => files.read('/f/x'), 'Not a directory'],
    ['a directory with something in it', (files: FileSystem) => files.remove('/d'), 'Directory not empty'],
    ['a directory into itself', (files: FileSystem) => files.rename('/d', '/d/e/f'), 'Invalid argument'],
  ])('refuses %s', (_name, act, words) => {
    const files = new FileSystem();
    files.write('/f', '');
    files.mkdir('/d/e', { recursive: true });
    files.symlink('/loop', '/loop');
    expect(() => act(files)).toThrow(words);
  });
});

describe('pipes', () => {
  test('a full pipe holds its writer back until somebody reads', async () => {
    const { input, output } = pipe({ capacity: 4 });
    let written = false;
    void output.write('hello').then(() => (written = true));
    await Promise.resolve();
    expect(written).toBe(false);
    expect(await input.read()).toBe('hello');
    await Promise.resolve();
    expect(written).toBe(true);
  });

  test('a reader that gives up leaves the bytes to the next one', async () => {
    const { input, output } = pipe();
    const gone = new AbortController();
    const first = input.read(gone.signal);
    gone.abort(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    void output.write('kept');
    expect(await input.read()).toBe('kept');
  });
});

describe('processes', () => {
  test('a loop streams a line every second and dies of TERM with 143', async () => {
    const box = makeBox(programs, { busybox: true });
    let seen = '';
    const running = box.machine.start(['sh', '-c', 'while true; do date +%T; sleep 1; done'], { env: { PATH: '/bin' }, stdout: { write: (bytes) => Promise.resolve(void (seen += bytes)) } });
    await box.pass(2500);
    expect(seen).toBe('00:00:00\n00:00:01\n00:00:02\n');
    running.kill('SIGTERM');
    await box.pass(0);
    expect(await running.exited).toEqual({ code: 143, signal: 'SIGTERM' });
  });

  test('the first process of a container ignores TERM unless it handles it, and takes the others with it', async () => {
    const box = makeBox(programs, { busybox: true, init: false });
    const running = box.machine.start(['sh', '-c', 'sleep 100 & sleep 1000; true'], { env: { PATH: '/bin' } });
    await box.pass(10);
    running.kill('SIGTERM');
    await box.pass(10);
    expect(box.machine.processes.own().map(({ argv }) => argv.join(' '))).toEqual(['sh -c sleep 100 & sleep 1000; true', 'sleep 100', 'sleep 1000']);
    running.kill('SIGKILL');
    await box.pass(10);
    expect([await running.exited, box.machine.processes.own()]).toEqual([{ code: 137, signal: 'SIGKILL' }, []]);
  });

  test('an endless loop and an endless flood leave time for others', async () => {
    const box = makeBox(programs, { busybox: true });
    const loop = box.machine.start(['sh', '-c', 'while :; do :; done']);
    const flood = box.machine.start(['yes']);
    for (let turn = 0; turn < 5; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      box.clock.advanceTo(box.clock.now());
    }
    for (const running of [loop, flood]) running.kill('SIGKILL');
    await box.pass(0);
    expect([(await loop.exited).code, (await flood.exited).code]).toEqual([137, 137]);
  });
});

describe('a terminal', () => {
  async function session(keys: readonly string[], shell = 'sh'): Promise<string> {
    const box = makeBox(programs, { busybox: true });
    const terminal = new PseudoTerminal({ columns: 200 });
    let screen = '';
    terminal.onOutput((bytes) => void (screen += bytes));
    const { stdin, stdout } = terminal;
    const running = box.machine.start([shell], { stdin, stdout, stderr: stdout, terminal: terminal.terminal, env: { PATH: '/bin', PS1: '$ ', HOME: '/root' } });
    for (const key of keys) {
      await box.pass(100);
      terminal.feed(key);
    }
    await box.pass(100);
    running.kill('SIGKILL');
    return drawn(screen);
  }

  test.each([
    ['runs what is typed', ['echo hi\r'], '$ echo hi\nhi\n$ '],
    ['edits: arrows, erase, kill', ['echo ac\x1b[Db\x7fb\r'], '$ echo abc\nabc\n$ '],
    ['recalls history', ['echo one\r', '\x1b[A\r'], '$ echo one\none\n$ echo one\none\n$ '],
    ['completes paths', ['cat /etc/pas\t\x15echo ok\r'], '$ echo ok\nok\n$ '],
    ['asks for the rest of a command', ['if true\r', 'then echo y; fi\r'], '$ if true\n> then echo y; fi\ny\n$ '],
    ['^C ends what runs, not the shell', ['sleep 100\r', '\x03', 'echo $?\r'], '$ sleep 100\n^C\n$ echo $?\n130\n$ '],
    ['^C gives a new prompt', ['abc\x03', 'echo ok\r'], '$ abc^C\n$ echo ok\nok\n$ '],
    ['programs read the terminal in cooked mode', ['cat\r', 'line\r', '\x04', 'echo $?\r'], '$ cat\nline\nline\n$ echo $?\n0\n$ '],
    ['errors do not end it', ['cd /nope\r', 'echo $?\r'], "$ cd /nope\nsh: cd: line 1: can't cd to /nope: No such file or directory\n$ echo $?\n2\n$ "],
    ['syntax errors do not end it', ['echo )\r', 'echo $?\r'], '$ echo )\nsh: syntax error: unexpected ")"\n$ echo $?\n2\n$ '],
    ['^D ends it', ['\x04'], '$ \n'],
  ])('%s', async (_name, keys, expected) => {
    expect(await session(keys)).toBe(expected);
  });
});

test('systemctl and journalctl show and switch a node\'s services', async () => {
  const box = makeBox(programs);
  const { units } = box.machine;
  units.start(units.add({ name: 'kubelet.service', description: 'kubelet: The Kubernetes Node Agent', command: ['/usr/bin/kubelet'], onStart: () => 700 }));
  const run = async (command: string) => await box.run(['bash', '-c', command], { env: { PATH: '/bin' } });
  expect(await run('systemctl is-active kubelet; systemctl stop kubelet; systemctl is-active kubelet; systemctl status nope; systemctl start kubelet; journalctl -u kubelet -n 2')).toEqual({
    stdout: 'active\ninactive\nMay 01 00:00:00 box systemd[1]: Starting kubelet.service - kubelet: The Kubernetes Node Agent...\nMay 01 00:00:00 box systemd[1]: Started kubelet.service - kubelet: The Kubernetes Node Agent.\n',
    stderr: 'Unit nope.service could not be found.\n', code: 0,
  });
});

/** What stands on the screen in the end: enough of a terminal for a line editor. */
function drawn(bytes: string): string {
  const rows = [''];
  let column = 0;
  // oxlint-disable-next-line no-control-regex
  for (const [, count, letter, c = ''] of bytes.matchAll(/\x1b\[(\d*)([A-Z])|([\s\S])/g)) {
    const last = rows.length - 1;
    if (letter === 'C') column += Number(count || 1);
    else if (letter === 'J') rows[last] = rows[last]!.slice(0, column);
    else if (c === '\r') column = 0;
    else if (c === '\n') column = (rows.push(''), 0);
    else if (c !== '') {
      rows[last] = rows[last]!.slice(0, column).padEnd(column) + c + rows[last]!.slice(column + 1);
      column++;
    }
  }
  return rows.join('\n');
}
