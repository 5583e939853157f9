/** diff: two files, or two trees of them. See POSIX, "diff"; the formats are in `diff-lines.ts`. */
import { readAll } from '../../machine/streams.ts';
import { compare, normal, unified } from './diff-lines.ts';
import { basename, joined } from './names.ts';
import { type Tool, tool } from './tool.ts';

/** Exit codes: the same, different, trouble. */
type Outcome = 0 | 1 | 2;
const worse = (a: Outcome, b: Outcome): Outcome => (a > b ? a : b);

export const diff = tool({
  name: 'diff', hint: "diff: Try 'diff --help' for more information.", short: 'uqirsNwbBaU:L:d', usageStatus: 2,
  long: { unified: 'unified::', brief: 'q', recursive: 'r', 'new-file': 'N', 'report-identical-files': 's', 'ignore-case': 'i', 'ignore-all-space': 'w', 'ignore-space-change': 'b', 'ignore-blank-lines': 'B', text: 'a', label: 'L', minimal: 'd' },
  absent: ['c', 'C', 'context', 'y', 'side-by-side', 'e', 'ed', 'n', 'rcs', 'x', 'exclude', 'p', 'F', 'I', 'E', 'Z', 't', 'T', 'S', 'color', 'width', 'W', 'suppress-common-lines', 'normal', 'no-dereference'],
  withoutEffect: { a: 'every file counts as text', d: 'the smallest set of changes is always found' },
  async run(t) {
    const [left, right] = t.operands;
    if (left === undefined || right === undefined) return await t.usage(t.gnu ? `missing operand after '${left ?? 'diff'}'` : 'missing operand');
    if (t.operands.length > 2) return await t.usage(`extra operand '${t.operands[2]}'`);
    const [isLeft, isRight] = [isDirectory(t, left), isDirectory(t, right)];
    if (isLeft && isRight) return await trees(t, left, right);
    // A file and a directory: the one of that name in it.
    if (isLeft && right !== '-' && exists(t, right)) return await files(t, joined(left, basename(right)), right, false);
    if (isRight && left !== '-' && exists(t, left)) return await files(t, left, joined(right, basename(left)), false);
    return await files(t, left, right, false);
  },
});

const isDirectory = (t: Tool, path: string): boolean => path !== '-' && t.process.files.exists(t.path(path)) && t.process.files.stat(t.path(path)).type === 'directory';
const exists = (t: Tool, path: string): boolean => path === '-' || t.process.files.exists(t.path(path));

async function files(t: Tool, left: string, right: string, isInTree: boolean): Promise<Outcome> {
  const texts: string[] = [];
  const isOneThere = exists(t, left) || exists(t, right);
  // A missing one is told before a directory is opened as a file.
  for (const index of exists(t, left) ? [1, 0] : [0, 1]) {
    const text = await textOf(t, index === 0 ? left : right, isOneThere);
    if (text === undefined) return 2;
    texts[index] = text;
  }
  const linesOf = (text = ''): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const [a, b] = [linesOf(texts[0]), linesOf(texts[1])];
  const isBlank = (lines: readonly string[]) => lines.every((line) => line.trim() === '');
  const changes = compare(a.map((line) => key(t, line)), b.map((line) => key(t, line))).filter(({ from, to }) => !t.has('B') || !isBlank(a.slice(...from)) || !isBlank(b.slice(...to)));
  if (changes.length === 0) {
    if (t.has('s')) await t.write(`Files ${left} and ${right} are identical\n`);
    return 0;
  }
  if (t.has('q')) await t.write(`Files ${left} and ${right} differ\n`);
  else {
    if (isInTree && t.gnu) await t.write(`${['diff', ...t.process.argv.slice(1).filter((word) => !t.operands.includes(word))].join(' ')} ${left} ${right}\n`);
    if (t.has('u') || t.has('U') || t.has('unified') || !t.gnu) await unified(t, [left, right], [a, b], changes);
    else await normal(t, a, b, changes);
  }
  return 1;
}

/** `-N` takes a missing one as empty. @returns undefined after saying why it cannot be read */
async function textOf(t: Tool, path: string, isOtherThere: boolean): Promise<string | undefined> {
  if (!exists(t, path)) {
    if (t.has('N') && isOtherThere) return '';
    await t.complain(t.gnu ? `${path}: No such file or directory` : `can't stat '${path}': No such file or directory`);
    return undefined;
  }
  for await (const { input } of t.inputs(() => undefined, [path])) return await readAll(input);
  return undefined;
}

function key(t: Tool, line: string): string {
  const text = t.has('w') ? line.replace(/\s/g, '') : t.has('b') ? line.replace(/\s+/g, ' ') : line;
  return t.has('i') ? text.toLowerCase() : text;
}

async function trees(t: Tool, left: string, right: string): Promise<Outcome> {
  const namesIn = (path: string) => (exists(t, path) ? t.process.files.list(t.path(path)) : []);
  const [inLeft, inRight] = [namesIn(left), namesIn(right)];
  let outcome: Outcome = 0;
  for (const name of [...new Set([...inLeft, ...inRight])].sort()) {
    const [a, b] = [joined(left, name), joined(right, name)];
    const isInBoth = inLeft.includes(name) && inRight.includes(name);
    const [isA, isB] = [isDirectory(t, a), isDirectory(t, b)];
    if (!isInBoth && !t.has('N')) {
      await t.write(`Only in ${inLeft.includes(name) ? left : right}: ${name}\n`);
      outcome = worse(outcome, 1);
    } else if (isA !== isB && isInBoth) {
      const kind = (is: boolean) => (is ? 'directory' : 'regular file');
      await t.write(`File ${a} is a ${kind(isA)} while file ${b} is a ${kind(isB)}\n`);
      outcome = worse(outcome, 1);
    } else if (!isA && !isB) outcome = worse(outcome, await files(t, a, b, true));
    else if (t.has('r')) outcome = worse(outcome, await trees(t, a, b));
    else if (isInBoth) await t.write(`Common subdirectories: ${a} and ${b}\n`);
  }
  return outcome;
}
