/** Asks before scripts of a foreign pack run: shows which, and remembers the answer for exactly this content. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import type { Lab } from '../../lab/lab.ts';
import type { Cli, CliCommand } from '../command.ts';
import { EXIT, JSON_OPTION, printJson } from '../command.ts';
import { askHere, paths } from '../labs.ts';
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
  summary: 'read the scripts of a pack, and agree to them as they are now',
  arguments: [{ name: '<pack>', description: 'folder or name' }],
  options: [{ flags: '--yes', description: 'agree without being asked, for scripts' }, JSON_OPTION],
  examples: ['cka pack trust my-pack'],
  async run(cli, [typed], options) {
    const root = await packRoot(cli, typed!);
    const { packHash, scriptsIn, Trust } = await import('../../lab/trust.ts');
    const [hash, scripts, trust] = [await packHash(root), await scriptsIn(root), new Trust((await paths(cli)).data)];
    const pack = basename(root);
    const many = scripts.length === 1 ? 'the script' : `the ${scripts.length} scripts`;
    // What is shown here is what is agreed to, whatever becomes of the files meanwhile.
    if (!options['json']) for (const script of scripts) cli.out(`── ${script} (${/(^|\/)checks\//.test(script) ? 'on this machine' : 'on nodes'})\n${visible(await readFile(join(root, script), 'utf8'))}\n\n`);
    if (scripts.length > 0 && !options['yes'] && !(await trust.isAgreed(hash))) {
      const answer = cli.isTerminal && !options['json'] ? await askHere(`Do you trust ${many} of ${pack} as above? [y/N] `) : '';
      if (!/^y(es)?$/i.test(answer.trim())) throw new UserError(`You have not agreed to ${many} of ${pack}.`, `If you trust them: cka pack trust ${typed} --yes`, 2);
    }
    await trust.agree(hash);
    if (options['json']) printJson(cli, { pack: root, scripts });
    else cli.out(`Agreed to ${scripts.length === 0 ? 'a pack without scripts' : `${many} of ${pack}`}. A changed pack asks again.\n`);
    return EXIT.done;
  },
};

/** A script must not be able to hide parts of itself from whoever reads it in a terminal. */
const visible = (text: string): string => text.trimEnd().replace(/(?![\n\t])\p{Cc}/gu, (letter) => `<${letter.charCodeAt(0).toString(16).padStart(2, '0')}>`);
