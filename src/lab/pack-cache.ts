/**
 * The packs as they were read last, for lists of labs: reading a hundred YAML files anew would hold up the first frame.
 * Valid as long as no file of a pack, and not the program, has changed; anything else reads the packs. What is kept cannot
 * vary a lab: who begins one reads its folder.
 */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Packs } from './load.ts';

interface Kept {
  readonly of: string;
  readonly packs: Packs;
}

/** @param file where they are kept @param program whatever changes with the program @param read reads them in truth */
export async function listedPacks(folders: readonly string[], file: string, program: string, read: () => Promise<Packs>): Promise<Packs> {
  const of = fingerprint(folders, program);
  const kept = await readKept(file);
  if (kept?.of === of) return kept.packs;
  const packs = await read();
  // A mistake in a pack is told each time, until it is mended.
  if (packs.problems.length === 0) await keep(file, { of, packs });
  return packs;
}

/** Every file's name, size and time of change. */
function fingerprint(folders: readonly string[], program: string): string {
  const hash = createHash('sha256').update(program);
  for (const folder of folders) {
    for (const entry of entriesOf(folder)) {
      if (entry.isDirectory()) continue;
      const path = join(entry.parentPath, entry.name);
      const { size, mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {};
      hash.update(`${path}\0${size}\0${mtimeMs}\0`);
    }
  }
  return hash.digest('hex');
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch {
    // A folder that does not exist, or cannot be read, holds no packs; reading them says why.
    return [];
  }
}

async function readKept(file: string): Promise<Kept | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Kept;
  } catch {
    return undefined;
  }
}

/** A cache that cannot be written costs time and nothing else. */
async function keep(file: string, kept: Kept): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(`${file}.${process.pid}`, JSON.stringify(kept), { mode: 0o600 });
    await rename(`${file}.${process.pid}`, file);
  } catch {
    // The next start reads the packs again.
  }
}
