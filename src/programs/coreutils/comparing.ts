/** comm, cmp, time, setsid, nice, unlink, dnsdomainname: small tools around two files or one command. */
import { readAll } from '../../machine/streams.ts';
import { start } from './running.ts';
import { type Tool, reason, tool } from './tool.ts';

export const comm = tool({
  name: 'comm', short: '123',
  async run(t) {
    if (t.operands.length < 2) return await t.usage(t.gnu && t.operands.length === 1 ? `missing operand after '${t.operands[0]}'` : 'missing operand');
    const texts: string[][] = [];
    let failed = false;
    for await (const { input } of t.inputs(() => (failed = true))) texts.push((await readAll(input)).split('\n').slice(0, -1));
    if (failed) return 1;
    const [a = [], b = []] = texts;
    const hidden = [...'123'].filter((column) => t.has(column));
    const show = (column: '1' | '2' | '3', line: string) => (hidden.includes(column) ? Promise.resolve() : t.write(`${'\t'.repeat(['1', '2', '3'].slice(0, Number(column) - 1).filter((other) => !hidden.includes(other)).length)}${line}\n`));
    let [i, j] = [0, 0];
    while (i < a.length || j < b.length) {
      const [x, y] = [a[i], b[j]];
      if (y === undefined || (x !== undefined && x < y)) await show('1', a[i++]!);
      else if (x === undefined || y < x) await show('2', b[j++]!);
      else {
        await show('3', x);
        i++;
        j++;
      }
    }
    return 0;
  },
});

export const cmp = tool({
  name: 'cmp', short: 'sln:', usageStatus: 2, long: { silent: 's', quiet: 's', verbose: 'l', bytes: 'n' }, absent: ['b', 'print-bytes', 'i', 'ignore-initial'],
  async run(t) {
    const [left, right] = t.operands;
    if (left === undefined || right === undefined) return await t.usage('missing operand');
    const texts: string[] = [];
    let failed = false;
    for await (const { input } of t.inputs(() => (failed = true))) texts.push((await readAll(input)).slice(0, t.has('n') ? Number(t.value('n')) : undefined));
    if (failed) return 2;
    const [a = '', b = ''] = texts;
    if (a === b) return 0;
    let at = 0;
    while (at < a.length && a[at] === b[at]) at++;
    if (t.has('s')) return 1;
    if (t.has('l')) return await everyDifference(t, [left, right], [a, b]);
    const line = a.slice(0, at).split('\n').length;
    if (at === Math.min(a.length, b.length)) await t.complain(`EOF on ${a.length < b.length ? left : right}${t.gnu ? ` after byte ${at}, ${a.endsWith('\n') ? 'line' : 'in line'} ${a.endsWith('\n') ? line - 1 : line}` : ''}`);
    else await t.write(`${left} ${right} differ: char ${at + 1}, line ${line}\n`);
    return 1;
  },
});

/** `-l`: the place and both bytes of each difference. */
async function everyDifference(t: Tool, names: readonly [string, string], [a, b]: readonly [string, string]): Promise<number> {
  const both = Math.min(a.length, b.length);
  const octal = (text: string, at: number) => text.charCodeAt(at).toString(8).padStart(3);
  const width = t.gnu ? String(both).length : 1;
  for (let at = 0; at < both; at++) if (a[at] !== b[at]) await t.write(`${String(at + 1).padStart(width)} ${octal(a, at)} ${octal(b, at)}\n`);
  if (a.length !== b.length) await t.complain(`EOF on ${names[a.length < b.length ? 0 : 1]}${t.gnu ? ` after byte ${both}` : ''}`);
  return 1;
}

export const time = tool({
  name: 'time', short: 'p', absent: ['v', 'verbose', 'o', 'output', 'f', 'format', 'a', 'append'], stopAtOperand: true,
  async run(t) {
    if (t.operands.length === 0) return await t.usage('missing operand');
    const { clock } = t.process.machine;
    const begun = clock.now();
    const child = await start(t, t.operands);
    const code = typeof child === 'number' ? child : await child.exited;
    const seconds = (clock.now() - begun) / 1000;
    const row = (name: string, value: number) => (t.has('p') ? `${name} ${value.toFixed(2)}\n` : `${name}\t${Math.floor(value / 60)}m ${(value % 60).toFixed(2)}s\n`);
    await t.process.stderr.write(row('real', seconds) + row('user', 0) + row('sys', 0));
    return code;
  },
});

export const setsid = tool({
  name: 'setsid', short: 'fw', gnuOnly: 'fw', long: { fork: 'f', wait: 'w' }, absent: ['c', 'ctty'], stopAtOperand: true,
  async run(t) {
    if (t.operands.length === 0) return await t.usage('no command specified');
    const child = await start(t, t.operands, { newGroup: true });
    if (typeof child === 'number') return child;
    return t.has('f') && !t.has('w') ? 0 : await child.exited;
  },
});

/** Priorities exist only in name: nothing here competes for a processor. */
export const nice = tool({
  name: 'nice', short: 'n:', long: { adjustment: 'n' }, withoutEffect: { n: 'nothing here competes for a processor' }, stopAtOperand: true, usageStatus: 125,
  async run(t) {
    if (t.operands.length === 0) {
      await t.write('0\n');
      return 0;
    }
    const child = await start(t, t.operands);
    return typeof child === 'number' ? child : await child.exited;
  },
});

export const unlink = tool({
  name: 'unlink', short: '',
  async run(t) {
    const [path] = t.operands;
    if (path === undefined) return await t.usage('missing operand');
    try {
      t.process.files.remove(t.path(path));
      return 0;
    } catch (error) {
      await t.complain(t.gnu ? `cannot unlink '${path}': ${reason(error)}` : `can't remove file '${path}': ${reason(error)}`);
      return 1;
    }
  },
});

export const dnsdomainname = tool({
  name: 'dnsdomainname', short: '',
  async run(t) {
    await t.write(`${t.process.hostname.split('.').slice(1).join('.')}\n`);
    return 0;
  },
});
