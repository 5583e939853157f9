/** head and tail: see POSIX. `tail -f` looks again every second, as the real one does without inotify. */
import { openInput, fileInput } from '../../machine/open.ts';
import type { Input } from '../../machine/program.ts';
import { nullInput, readAll } from '../../machine/streams.ts';
import { type Tool, tool } from './tool.ts';
import { parseSize } from './units.ts';

export const head = tool({
  name: 'head', short: 'n:c:qv', long: { lines: 'n', bytes: 'c', quiet: 'q', silent: 'q', verbose: 'v' }, numbers: 'n',
  async run(t) {
    let status = 0;
    const bytes = t.last('nc') === 'c';
    const text = t.value(bytes ? 'c' : 'n') ?? '10';
    const count = parseSize(text.replace(/^-/, ''));
    if (count === undefined) return await t.refuse(t.gnu ? `invalid number of ${bytes ? 'bytes' : 'lines'}: '${text}'` : `invalid number '${text}'`);
    let first = true;
    for await (const { name, input } of t.inputs(() => (status = 1))) {
      await title(t, name, first);
      first = false;
      if (text.startsWith('-')) await allBut(t, input, count, bytes);
      else if (bytes) await firstBytes(t, input, count);
      else await firstLines(t, input, count);
    }
    return status;
  },
});

async function title(t: Tool, name: string, first: boolean): Promise<void> {
  if (!t.has('v') && (t.operands.length < 2 || t.has('q'))) return;
  await t.write(`${first ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
}

async function firstLines(t: Tool, input: Input, count: number): Promise<void> {
  let left = count;
  while (left > 0) {
    const bytes = await input.read();
    if (bytes === undefined) return;
    let end = 0;
    while (left > 0) {
      const next = bytes.indexOf('\n', end);
      if (next < 0) {
        end = bytes.length;
        break;
      }
      end = next + 1;
      left--;
    }
    await t.write(bytes.slice(0, end));
    if (end < bytes.length) return input.unread(bytes.slice(end));
  }
}

async function firstBytes(t: Tool, input: Input, count: number): Promise<void> {
  for (let left = count; left > 0; ) {
    const bytes = await input.read();
    if (bytes === undefined) return;
    await t.write(bytes.slice(0, left));
    if (bytes.length > left) input.unread(bytes.slice(left));
    left -= bytes.length;
  }
}

async function allBut(t: Tool, input: Input, count: number, bytes: boolean): Promise<void> {
  const text = await readAll(input);
  if (bytes) await t.write(text.slice(0, Math.max(0, text.length - count)));
  else await t.write((text.match(/[^\n]*\n|[^\n]+$/g) ?? []).slice(0, count === 0 ? undefined : -count).join(''));
}

export const tail = tool({
  name: 'tail', short: 'n:c:fFqs:v', long: { lines: 'n', bytes: 'c', follow: 'f', quiet: 'q', verbose: 'v' }, numbers: 'n',
  async run(t) {
    let status = 0;
    const bytes = t.last('nc') === 'c';
    const text = t.value(bytes ? 'c' : 'n') ?? '10';
    const count = parseSize(text.replace(/^[-+]/, ''));
    if (count === undefined) return await t.refuse(t.gnu ? `invalid number of ${bytes ? 'bytes' : 'lines'}: '${text}'` : `invalid number '${text}'`);
    let first = true;
    const followed: { name: string; input: Input }[] = [];
    for await (const { name, input } of t.inputs(() => (status = 1))) {
      await title(t, name, first);
      first = false;
      const isPipe = name === '-';
      const content = await readAll(input);
      await t.write(last(content, count, bytes, text.startsWith('+')));
      if (!isPipe || t.operands.length > 0) followed.push({ name, input });
    }
    if (!t.has('f') && !t.has('F')) return status;
    // With -F, a file that is not there yet is waited for.
    for (const name of t.has('F') ? t.operands.filter((one) => !followed.some((file) => file.name === one)) : []) {
      const file = { name, input: nullInput };
      followed.push(file);
      identities.set(file, NOWHERE);
    }
    return await follow(t, followed);
  },
});

function last(text: string, count: number, bytes: boolean, from: boolean): string {
  if (bytes) return from ? text.slice(Math.max(0, count - 1)) : count === 0 ? '' : text.slice(-count);
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return (from ? lines.slice(Math.max(0, count - 1)) : count === 0 ? [] : lines.slice(-count)).join('');
}

async function follow(t: Tool, followed: { name: string; input: Input }[]): Promise<number> {
  const { clock } = t.process.machine;
  const { signal, files } = t.process;
  let shown = followed.at(-1)?.name;
  for (;;) {
    for (const file of followed) {
      let bytes = await file.input.read();
      // With -F, a file that was replaced is read anew from its beginning.
      if (bytes === undefined && t.has('F') && file.name !== '-' && files.exists(t.path(file.name))) {
        const again = files.open(t.path(file.name));
        const known = identities.get(file);
        if (known !== undefined && known !== again.inode) {
          const what = known === NOWHERE ? 'appeared' : 'been replaced';
          await t.complain(t.gnu ? `'${file.name}' has ${what};  following new file` : `${file.name} has ${what}; following end of new file`);
          file.input = again.inode.type === 'file' ? fileInput(again) : openInput(t.process, file.name);
          bytes = await file.input.read();
        }
        identities.set(file, again.inode);
      }
      if (bytes === undefined) continue;
      if (shown !== file.name && followed.length > 1) await t.write(`\n==> ${file.name} <==\n`);
      shown = file.name;
      await t.write(bytes);
    }
    await clock.sleep(Number(t.value('s') ?? 1) * 1000, signal);
  }
}

const identities = new WeakMap<object, object>();
const NOWHERE = {};
