/** Where packs are: those that came with the program, and those that the learner installed. */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import type { Packs } from '../../lab/load.ts';
import type { Cli } from '../command.ts';
import { paths } from '../labs.ts';

export const installedFolder = async (cli: Cli): Promise<string> => join((await paths(cli)).data, 'packs');

/** A pack by folder (`./my-pack`) or by name. @throws UserError when there is none */
export async function packRoot(cli: Cli, typed: string): Promise<string> {
  const candidates = [resolve(typed), join(await installedFolder(cli), typed), join(cli.root, 'labs', typed)];
  const found = candidates.find((folder) => existsSync(join(folder, 'pack.yaml')));
  if (found === undefined) throw new UserError(`There is no pack "${typed}".`, 'Give a folder with a pack.yaml in it, or a name that `cka pack list` shows.', 2);
  return found;
}

export async function readPack(root: string): Promise<Packs> {
  const [{ loadPack }, { checkers }] = await Promise.all([import('../../lab/load.ts'), import('../../../checkers/index.ts')]);
  return loadPack(root, checkers, basename(root));
}
