/** diff: normal and unified output over the longest common subsequence of lines. See POSIX, "diff". */
import { strftime } from './time.ts';
import { type Tool, tool } from './tool.ts';
import { readAll } from '../../machine/streams.ts';

interface Change {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

export const diff = tool({
  name: 'diff', hint: "diff: Try 'diff --help' for more information.", short: 'uqirNwbBaU:c', long: { unified: 'u', brief: 'q', recursive: 'r', 'new-file': 'N', 'ignore-case': 'i', 'ignore-all-space': 'w' }, usageStatus: 2,
  async run(t) {
    const [left, right] = t.operands;
    if (left === undefined || right === undefined) return await t.usage(t.gnu ? `missing operand after '${left ?? 'diff'}'` : 'missing operand');
    const texts: string[] = [];
    let failed = false;
    for await (const { input } of t.inputs(() => (failed = true), [left, right])) texts.push(await readAll(input));
    if (failed) return 2;
    const linesOf = (text = ''): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    const [a, b] = [linesOf(texts[0]), linesOf(texts[1])];
    const changes = compare(a.map((line) => key(t, line)), b.map((line) => key(t, line)));
    if (changes.length === 0) return 0;
    if (t.has('q')) await t.write(`Files ${left} and ${right} differ\n`);
    else if (t.has('u') || t.has('U') || !t.gnu) await unified(t, [left, right], a, b, changes);
    else await normal(t, a, b, changes);
    return 1;
  },
});

function key(t: Tool, line: string): string {
  const text = t.has('w') ? line.replace(/\s/g, '') : t.has('b') ? line.replace(/\s+/g, ' ') : line;
  return t.has('i') ? text.toLowerCase() : text;
}

function compare(a: readonly string[], b: readonly string[]): Change[] {
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

async function normal(t: Tool, a: readonly string[], b: readonly string[], changes: readonly Change[]): Promise<void> {
  const range = ([start, end]: readonly [number, number]) => (end - start <= 1 ? String(end === start ? start : start + 1) : `${start + 1},${end}`);
  for (const { from, to } of changes) {
    const letter = from[0] === from[1] ? 'a' : to[0] === to[1] ? 'd' : 'c';
    await t.write(`${range(from)}${letter}${range(to)}\n${a.slice(...from).map((line) => marked('< ', line)).join('')}${letter === 'c' ? '---\n' : ''}${b.slice(...to).map((line) => marked('> ', line)).join('')}`);
  }
}

async function unified(t: Tool, names: readonly [string, string], a: readonly string[], b: readonly string[], changes: readonly Change[]): Promise<void> {
  const context = Number(t.value('U') ?? 3);
  const stamp = (name: string) => (t.gnu ? `\t${strftime('%F %T.%N %z', name === '-' ? t.process.machine.clock.unixMs() : t.process.files.stat(t.path(name)).mtimeMs)}` : '');
  await t.write(`--- ${names[0]}${stamp(names[0])}\n+++ ${names[1]}${stamp(names[1])}\n`);
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
