/** The layer table of src/README.md, enforced: who imports whom, and what the core never touches. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = new URL('..', import.meta.url).pathname;
const CORE = ['base', 'net', 'shell', 'machine', 'programs', 'images', 'api', 'kinds', 'controllers', 'node', 'sim'];

/** What the core must get through a clock, a generator or a port. */
const FORBIDDEN: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['a node: module', /(?:from|import\()\s*['"]node:/],
  ['the wall clock', /\bDate\.now\b|\bnew Date\(\)|\bperformance\./],
  ['dice', /\bMath\.random\b|\bcrypto\.(?:randomUUID|getRandomValues)\b/],
  ['a timer', /(?<![.\w])(?:setTimeout|setInterval|setImmediate)\s*\(/],
  // A program's own `process` is a parameter: these are what only Node's has.
  ['the process', /\bprocess\.(?:exit|nextTick|hrtime|memoryUsage|platform)\b|\bprocess\.(?:cwd|on)\(|\bprocess\.env(?:\.[A-Z]|\[)/],
  ['Buffer', /\bBuffer\./],
];

/** Files that call each other by their nature: a grammar's rules, and the help that stands in front of any screen. Types may refer to each other freely. */
const RECURSIVE: readonly string[] = [
  'src/shell/expand.ts src/shell/parameter.ts',
  'src/shell/builtins/evaluation.ts src/shell/builtins/index.ts src/shell/execute.ts src/shell/function-body.ts src/shell/simple-command.ts',
  'src/tui/panes/Frame.tsx src/tui/screens/HelpScreen.tsx src/tui/screens/ReadingScreen.tsx',
];

interface SourceFile {
  readonly path: string;
  readonly folder: string;
  readonly code: string;
  readonly imports: readonly string[];
}

test('every import follows the layer table', () => {
  const allowed = layerTable();
  const wrong = sources('src').flatMap(({ path, folder, imports }) =>
    folder === '' ? [] : imports.map(folderOf).filter((target) => target !== folder && !allowed.get(folder)?.has(target)).map((target) => `${path} imports ${target === '' ? 'main.ts' : target}`));
  expect(wrong).toEqual([]);
});

test('every folder of src is in the layer table', () => {
  const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'data' && hasSources(join('src', entry.name))).map(({ name }) => name);
  expect(folders.filter((name) => !layerTable().has(name))).toEqual([]);
});

test('the table has no circle', () => {
  const allowed = layerTable();
  const placed = new Set<string>(['checkers']);
  while (placed.size <= allowed.size) {
    const next = [...allowed].find(([name, targets]) => !placed.has(name) && [...targets].every((target) => placed.has(target)));
    expect(next, `a circle among ${[...allowed.keys()].filter((name) => !placed.has(name)).join(', ')}`).toBeDefined();
    placed.add(next![0]);
  }
});

test.each(FORBIDDEN)('the core never touches %s', (_name, pattern) => {
  const offenders = CORE.flatMap((folder) => sources(join('src', folder))).flatMap(({ path, code }) =>
    code.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])));
  expect(offenders).toEqual([]);
});

test('checkers import src/lab/checker.ts and nothing else of src', () => {
  const wrong = sources('checkers').flatMap(({ path, imports }) => imports.filter((target) => !target.startsWith('checkers/') && target !== 'src/lab/checker.ts').map((target) => `${path} imports ${target}`));
  expect(wrong).toEqual([]);
});

test('no files import each other in a circle, but those that are recursive by nature', () => {
  const imports = new Map(sources('src').map(({ path, code }) => [path, valueImports(path, code)]));
  expect(circles(imports).toSorted()).toEqual(RECURSIVE.toSorted());
});

/** What is still there when the types are gone. */
function valueImports(path: string, code: string): readonly string[] {
  const statements = [...code.matchAll(/^(?:import|export)\s+(?!type\b)([^;]*?)\sfrom '(\.[^']+)'/gm)];
  const values = statements.filter(([, names]) => !/^\{/.test(names!) || names!.replace(/[{}]/g, '').split(',').some((name) => name.trim() !== '' && !name.trim().startsWith('type ')));
  return values.map(([, , target]) => normalize(join(dirname(path), target!)).split(sep).join('/'));
}

/** Sets of files of which each reaches each other, as a sorted line a set. */
function circles(imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const reached = new Map([...imports.keys()].map((file) => [file, reachable(file, imports)]));
  const sets = [...imports.keys()].map((file) => [...reached.get(file)!].filter((other) => reached.get(other)?.has(file)));
  return [...new Set(sets.filter((set) => set.length > 1).map((set) => set.toSorted().join(' ')))];
}

function reachable(from: string, imports: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [from];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    for (const target of imports.get(file) ?? []) {
      if (found.has(target)) continue;
      found.add(target);
      open.push(target);
    }
  }
  return found;
}

function layerTable(): ReadonlyMap<string, ReadonlySet<string>> {
  const text = readFileSync(join(ROOT, 'src', 'README.md'), 'utf8');
  const section = text.slice(text.indexOf('## Who may import whom'), text.indexOf('Beside `src/`'));
  const rows = [...section.matchAll(/^\| (\w+) \|[^|]*\|([^|]*)\|/gm)].filter(([, folder]) => folder !== 'folder');
  return new Map(rows.map(([, folder, targets]) => [folder!, new Set(targets!.trim().split(/\s+/).filter((word) => word !== ''))]));
}

function sources(folder: string): readonly SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => {
      const path = join(folder, name);
      const code = stripComments(readFileSync(join(ROOT, path), 'utf8'));
      const imports = [...code.matchAll(/(?:from|import\()\s*['"](\.[^'"]+)['"]/g)].map(([, target]) => normalize(join(dirname(path), target!)).split(sep).join('/'));
      return { path, folder: folderOf(path), code, imports };
    });
}

/** `src/net/x.ts` is in net, `checkers/x.ts` in checkers, `src/main.ts` in none. */
function folderOf(path: string): string {
  const parts = relative('.', path).split(sep);
  if (parts[0] !== 'src') return parts[0]!;
  return parts.length > 2 ? parts[1]! : '';
}

const hasSources = (folder: string): boolean => sources(folder).length > 0;

/** Lines stay where they are, so that a finding can name one. */
function stripComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' ')).replace(/(^|\s)\/\/.*$/gm, '$1');
}
