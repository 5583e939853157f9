/**
 * What a learner has agreed to: scripts of foreign packs, by the hash of the whole pack. A pack that changed by one byte is
 * another pack, and is asked about again. Packs that came with the program are the program's own.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** One number for everything in a folder: names and contents. */
export async function packHash(root: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await filesUnder(root)) {
    const content = await readFile(file);
    hash.update(`${relative(root, file).split(sep).join('/')}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * Scripts of a pack that would run on this machine or on nodes: what the learner is shown. Nothing else of it can: checker
 * scripts lie in `checks/`, and of `setup/` only what is no manifest is taken for a script. Proofs run for authors only.
 */
export async function scriptsIn(root: string): Promise<readonly string[]> {
  return (await filesUnder(root)).map((file) => relative(root, file).split(sep).join('/')).filter((path) => /(^|\/)checks\//.test(path) || (/(^|\/)setup\//.test(path) && !isManifest(path)));
}

/** Read and sent to the API server, never run. */
export const isManifest = (path: string): boolean => /\.(ya?ml|md|json)$/.test(path);

export class Trust {
  readonly #file: string;

  constructor(private readonly folder: string) {
    this.#file = join(folder, 'trusted-packs.json');
  }

  async isAgreed(hash: string): Promise<boolean> {
    return (await this.#read()).includes(hash);
  }

  async agree(hash: string): Promise<void> {
    const agreed = await this.#read();
    if (agreed.includes(hash)) return;
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const part = `${this.#file}.${process.pid}.part`;
    await writeFile(part, `${JSON.stringify([...agreed, hash], undefined, 2)}\n`, { mode: 0o600 });
    await rename(part, this.#file);
  }

  /** A list that cannot be read holds nothing: asking once more harms nobody. */
  async #read(): Promise<readonly string[]> {
    try {
      const known: unknown = JSON.parse(await readFile(this.#file, 'utf8'));
      return Array.isArray(known) ? known.filter((hash): hash is string => typeof hash === 'string') : [];
    } catch {
      return [];
    }
  }
}

async function filesUnder(folder: string): Promise<readonly string[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const found = await Promise.all(entries.map(async (entry) => (entry.isDirectory() ? filesUnder(join(folder, entry.name)) : entry.isFile() ? [join(folder, entry.name)] : [])));
  return found.flat();
}
