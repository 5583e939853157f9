/** Asks before scripts of a foreign pack run: shows which, and remembers the answer for exactly this content. */
import { dirname, relative } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import type { Lab } from '../../lab/lab.ts';
import type { Cli, CliCommand } from '../command.ts';
import { EXIT, JSON_OPTION, printJson } from '../command.ts';
import { paths } from '../labs.ts';
import { packRoot } from './places.ts';

/**
 * @param ask one question, where somebody can be asked; without it whoever has not agreed is refused
 * @throws UserError when a foreign pack has scripts that the learner has not agreed to
 */
export async function requireAgreement(cli: Cli, lab: Lab, ask?: (question: string) => Promise<string>): Promise<void> {
  const root = dirname(lab.folder);
  if (!relative(`${cli.root}/labs`, root).startsWith('..')) return;
  const { packHash, scriptsIn, Trust } = await import('../../lab/trust.ts');
  const scripts = await scriptsIn(root);
  if (scripts.length === 0) return;
  const [trust, hash] = [new Trust((await paths(cli)).data), await packHash(root)];
  if (await trust.isAgreed(hash)) return;
  const brings = `The pack ${lab.id.split('/')[0]} brings scripts that would run on this machine or on nodes: ${scripts.join(', ')}.`;
  // What was read and agreed to is what was there before the question.
  if (ask && /^y(es)?$/i.test((await ask(`${brings}\nRead them in ${root}. Do you trust them as they are now? [y/N] `)).trim())) return trust.agree(hash);
  throw new UserError(brings, `Read them in ${root}. If you trust them: cka pack trust ${root}`, 2);
}

export const packTrust: CliCommand = {
  name: 'pack trust',
  summary: 'agree to the scripts of a pack, as they are now',
  arguments: [{ name: '<pack>', description: 'folder or name' }],
  options: [JSON_OPTION],
  examples: ['cka pack trust my-pack'],
  async run(cli, [typed], options) {
    const root = await packRoot(cli, typed!);
    const { packHash, scriptsIn, Trust } = await import('../../lab/trust.ts');
    await new Trust((await paths(cli)).data).agree(await packHash(root));
    const scripts = await scriptsIn(root);
    if (options['json']) printJson(cli, { pack: root, scripts });
    else cli.out(`Agreed to: ${scripts.join(', ') || 'no scripts'}. A changed pack asks again.\n`);
    return EXIT.done;
  },
};
