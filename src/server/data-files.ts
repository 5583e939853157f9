/**
 * Finds the data files that ship with the program: `src/data` in a checkout, `dist/data` in the bundle (whose chunks
 * all lie directly in dist).
 */
import { readFile } from 'node:fs/promises';

/** The text of a data file, `name` being its path below the data folder. @throws ENOENT */
export async function readDataText(name: string): Promise<string> {
  try {
    return await readFile(new URL(`./data/${name}`, import.meta.url), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return readFile(new URL(`../data/${name}`, import.meta.url), 'utf8');
  }
}

/** A parsed JSON data file. @throws ENOENT */
export async function readData(name: string): Promise<unknown> {
  return JSON.parse(await readDataText(name)) as unknown;
}
