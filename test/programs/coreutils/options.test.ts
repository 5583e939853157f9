/**
 * No option of a small tool is taken and then forgotten: each letter that its `short` accepts is asked for somewhere in the
 * tool or what it calls, or stands in `withoutEffect` with the reason. Read from the sources, since a run cannot tell.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../../src/programs');

/** What stands at the left margin of a file (functions, classes, constants, tools), by name; with what it takes from its neighbours. */
interface Source {
  readonly own: ReadonlyMap<string, string>;
  readonly imported: ReadonlyMap<string, string>;
}

const sources = new Map(['coreutils', 'isolation'].flatMap((folder) => readdirSync(join(root, folder)).map((file) => {
  const path = join(root, folder, file);
  const text = readFileSync(path, 'utf8');
  const parts = text.split(/\n(?=(?:\/\*\*|export |const |let |async |function|class |interface ))/);
  const own = parts.flatMap((part) => {
    const name = /^(?:\/\*\*[\s\S]*?\*\/\n)?(?:export )?(?:async )?(?:const|function\*?|class) (\w+)/.exec(part)?.[1];
    return name === undefined ? [] : [[name, part] as const];
  });
  const imported = [...text.matchAll(/^import \{([^}]*)\} from '(\.[^']*)';/gm)].flatMap(([, names = '', from = '']) => names.split(',').map((name) => [name.trim(), join(root, folder, from)] as const));
  return [path, { own: new Map(own), imported: new Map(imported) } satisfies Source] as const;
})));

const tools = [...sources].flatMap(([path, { own }]) => [...own].filter(([, part]) => / tool\(\{/.test(part)).map(([name, part]) => ({ name, part, path })));

test('the tools are found', () => expect(tools.length).toBeGreaterThan(80));

test.each(tools)('$name', ({ part, path }) => {
  const short = /short: '([^']*)'/.exec(part)?.[1] ?? '';
  const withoutEffect = /withoutEffect: \{([^}]*)\}/.exec(part)?.[1] ?? '';
  const longOnly = [.../long: (?:\{([^}]*)\}|(\w+))/.exec(part) ?? []].slice(1).flatMap((text) => [...(sources.get(path)!.own.get(text) ?? text ?? '').matchAll(/: '([^':]{2,}):*'/g)].map((match) => match[1]!));
  const accepted = [...new Set([...short.replaceAll(':', ''), ...longOnly])];
  const asked = askedFor(part, path);
  const declared = new Set([...withoutEffect.matchAll(/(?:^|, )\s*'?([\w-]+)'?: '/g)].map((match) => match[1]));
  expect(accepted.filter((letter) => !asked.has(letter) && !declared.has(letter))).toEqual([]);
});

/** The letters that a tool asks for, itself or in what it calls. */
function askedFor(tool: string, path: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const letters = new Set<string>();
  const visit = (text: string, at: string): void => {
    for (const [, method, quoted = ''] of text.matchAll(/\b(?:t|flags)\.(has|value|values|last)\('([^']+)'\)/g)) for (const letter of method === 'last' ? quoted : [quoted]) letters.add(letter);
    // Several letters at once: `[...'lwc'].filter((letter) => t.has(letter))`.
    for (const [, quoted = ''] of text.matchAll(/\.\.\.'([^']+)'\]/g)) for (const letter of quoted) letters.add(letter);
    if (/numbers: '(\w)'/.test(text)) letters.add(/numbers: '(\w)'/.exec(text)![1]!);
    for (const [name] of text.matchAll(/\b\w+\b/g)) {
      const from = sources.get(at)!.own.has(name) ? at : sources.get(at)!.imported.get(name);
      const called = sources.get(from ?? '')?.own.get(name);
      if (called === undefined || called === tool || seen.has(called)) continue;
      seen.add(called);
      visit(called, from!);
    }
  };
  visit(tool, path);
  return letters;
}
