/**
 * Lines that differ, with three lines around them, as Go's difflib prints them (and `diff -u`, without file names).
 */
const CONTEXT = 3;

interface Edit {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
}

/** Empty when nothing differs; every line ends in a newline. */
export function unifiedDiff(before: readonly string[], after: readonly string[]): string {
  const edits = editsBetween(before, after);
  let text = '';
  for (let at = 0; at < edits.length; ) {
    const first = edits.findIndex((edit, index) => index >= at && edit.sign !== ' ');
    if (first < 0) break;
    let last = first;
    for (let i = first; i < edits.length && i <= last + 2 * CONTEXT; i++) if (edits[i]!.sign !== ' ') last = i;
    const begin = Math.max(at, first - CONTEXT);
    const end = Math.min(edits.length, last + 1 + CONTEXT);
    const count = (sign: '-' | '+', from: number, to: number) => edits.slice(from, to).filter((edit) => edit.sign === ' ' || edit.sign === sign).length;
    const range = (sign: '-' | '+') => {
      const [start, length] = [count(sign, 0, begin), count(sign, begin, end)];
      return length === 1 ? `${start + 1}` : `${length === 0 ? start : start + 1},${length}`;
    };
    text += `@@ -${range('-')} +${range('+')} @@\n${edits.slice(begin, end).map(({ sign, line }) => `${sign}${line}\n`).join('')}`;
    at = end;
  }
  return text;
}

/** The longest common subsequence, after the ends that are the same: what lies between is short. */
function editsBetween(before: readonly string[], after: readonly string[]): Edit[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < before.length - head && tail < after.length - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const [a, b] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)];
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) common[i]![j] = a[i] === b[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
  }
  const same = (line: string): Edit => ({ sign: ' ', line });
  const edits = before.slice(0, head).map(same);
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      edits.push(same(a[i++]!));
      j++;
    } else if (i < a.length && (j >= b.length || common[i + 1]![j]! >= common[i]![j + 1]!)) edits.push({ sign: '-', line: a[i++]! });
    else edits.push({ sign: '+', line: b[j++]! });
  }
  return [...edits, ...before.slice(before.length - tail).map(same)];
}
