/** Programs named `kubectl-…` in PATH are commands of kubectl: `kubectl foo bar` runs `kubectl-foo-bar bar…`. See kubectl/pkg/cmd/cmd.go. */
import { spawn } from 'node:child_process';
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { constants as os } from 'node:os';
import { join } from 'node:path';
import type { KubectlIo } from './io.ts';

const PREFIX = 'kubectl-';

/** Paths of all plugins, folder by folder. */
export function allPlugins(io: KubectlIo): readonly string[] {
  return [...new Set(foldersOf(io))].flatMap((folder) => namesIn(folder).filter((name) => name.startsWith(PREFIX)).map((name) => join(folder, name)));
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Runs the plugin whose name takes most of the words. @returns its exit code, or undefined when there is none */
export async function runPlugin(words: readonly string[], io: KubectlIo): Promise<number | undefined> {
  const end = words.findIndex((word) => word.startsWith('-'));
  const names = (end < 0 ? words : words.slice(0, end)).map((word) => word.replaceAll('-', '_'));
  for (let count = names.length; count > 0; count--) {
    const path = foldersOf(io).map((folder) => join(folder, PREFIX + names.slice(0, count).join('-'))).find(isExecutable);
    if (path === undefined) continue;
    const child = spawn(path, words.slice(count), { stdio: 'inherit', cwd: io.cwd, env: io.env as NodeJS.ProcessEnv });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code, signal) => resolve(code ?? 128 + os.signals[signal!]));
    });
  }
  return undefined;
}

const foldersOf = (io: KubectlIo): readonly string[] => (io.env['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/'));

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
