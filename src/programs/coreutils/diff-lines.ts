/** The differences of two texts, line by line over their longest common subsequence, in the normal and the unified format. */
import { strftime } from './time.ts';
import type { Tool } from './tool.ts';

export interface Change {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

export function compare(a: readonly string[], b: readonly string[]): Change[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) table[i]![j] = a[i] === b[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
  const changes: Change[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++;
      j++;
      continue;
    }
    const [fromStart, toStart] = [i, j];
    while ((i < a.length || j < b.length) && !(i < a.length && j < b.length && a[i] === b[j])) {
      if (j >= b.length || (i < a.length && table[i + 1]![j]! >= table[i]![j + 1]!)) i++;
      else j++;
    }
    changes.push({ from: [fromStart, i], to: [toStart, j] });
  }
  return changes;
}

const marked = (mark: string, line: string): string => (line.endsWith('\n') ? `${mark}${line}` : `${mark}${line}\n\\ No newline at end of file\n`);

export async function normal(t: Tool, a: readonly string[], b: readonly string[], changes: readonly Change[]): Promise<void> {
  const range = ([start, end]: readonly [number, number]) => (end - start <= 1 ? String(end === start ? start : start + 1) : `${start + 1},${end}`);
  for (const { from, to } of changes) {
    const letter = from[0] === from[1] ? 'a' : to[0] === to[1] ? 'd' : 'c';
    await t.write(`${range(from)}${letter}${range(to)}\n${a.slice(...from).map((line) => marked('< ', line)).join('')}${letter === 'c' ? '---\n' : ''}${b.slice(...to).map((line) => marked('> ', line)).join('')}`);
  }
}

export async function unified(t: Tool, names: readonly [string, string], [a, b]: readonly [readonly string[], readonly string[]], changes: readonly Change[]): Promise<void> {
  const context = Number(t.value('U') ?? (t.value('unified') || 3));
  // What -N takes as empty is as old as can be.
  const timeOf = (name: string) => (name === '-' ? t.process.machine.clock.unixMs() : t.process.files.exists(t.path(name)) ? t.process.files.stat(t.path(name)).mtimeMs : 0);
  const head = (index: 0 | 1) => t.values('L')[index] ?? `${names[index]}${t.gnu ? `\t${strftime('%F %T.%N %z', timeOf(names[index]))}` : ''}`;
  await t.write(`--- ${head(0)}\n+++ ${head(1)}\n`);
  for (let first = 0; first < changes.length; ) {
    let last = first;
    while (last + 1 < changes.length && changes[last + 1]!.from[0] - changes[last]!.from[1] <= context * 2) last++;
    const start = Math.max(0, changes[first]!.from[0] - context);
    const end = Math.min(a.length, changes[last]!.from[1] + context);
    const toStart = changes[first]!.to[0] - (changes[first]!.from[0] - start);
    const toEnd = changes[last]!.to[1] + (end - changes[last]!.from[1]);
    const range = (from: number, to: number) => (to - from === 1 ? String(from + 1) : `${to === from ? from : from + 1},${to - from}`);
    let text = `@@ -${range(start, end)} +${range(toStart, toEnd)} @@\n`;
    let at = start;
    for (const { from, to } of changes.slice(first, last + 1)) {
      text += a.slice(at, from[0]).map((line) => marked(' ', line)).join('') + a.slice(...from).map((line) => marked('-', line)).join('') + b.slice(...to).map((line) => marked('+', line)).join('');
      at = from[1];
    }
    await t.write(text + a.slice(at, end).map((line) => marked(' ', line)).join(''));
    first = last + 1;
  }
}
