/** What the tab key offers: commands in the first word, paths elsewhere. */
import { absolute } from '../machine/executable.ts';
import { builtins } from './builtins/index.ts';
import type { Shell } from './shell.ts';

/** @param before the line up to the cursor */
export function completions(shell: Shell, before: string): { readonly word: string; readonly choices: readonly string[] } {
  const word = /[^\s;|&<>()]*$/.exec(before)![0];
  const head = before.slice(0, before.length - word.length);
  const isCommand = /(?:^|[;|&(])\s*$/.test(head) && !word.includes('/');
  return { word, choices: isCommand ? commands(shell, word) : paths(shell, word) };
}

function commands(shell: Shell, word: string): string[] {
  const names = new Set([...builtins.keys(), ...shell.functions.keys(), ...shell.aliases.keys()]);
  for (const directory of (shell.variables.get('PATH') ?? '').split(':')) {
    if (shell.files.exists(directory)) for (const name of namesIn(shell, directory)) names.add(name);
  }
  return [...names].filter((name) => name.startsWith(word) && word !== '').sort();
}

function paths(shell: Shell, word: string): string[] {
  const cut = word.lastIndexOf('/') + 1;
  const home = shell.variables.get('HOME') ?? '/';
  const directory = absolute(shell.cwd, word.slice(0, cut).replace(/^~(?=\/)/, home) || '.');
  const start = word.slice(cut);
  return namesIn(shell, directory)
    .filter((name) => name.startsWith(start) && (start.startsWith('.') || !name.startsWith('.')))
    .map((name) => word.slice(0, cut) + name + (isDirectory(shell, `${directory}/${name}`) ? '/' : ''));
}

function namesIn(shell: Shell, directory: string): string[] {
  try {
    return shell.files.list(directory);
  } catch {
    return [];
  }
}

function isDirectory(shell: Shell, path: string): boolean {
  return shell.files.exists(path) && shell.files.stat(path).type === 'directory';
}
