/** `cka pack lint` and `cka pack test`: what is wrong with a pack, without a cluster and on simulators. For people, scripts (JSON) and CI (JUnit). */
import { basename, join, relative } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import type { Lab } from '../../lab/lab.ts';
import type { PackProblem } from '../../lab/lab-file.ts';
import type { Proof } from '../../lab/prove/prove.ts';
import { type Cli, type CliCommand, EXIT, JSON_OPTION, printJson } from '../command.ts';
import { askHere } from '../labs.ts';
import { installedFolder, packRoot, readPack } from './places.ts';
import { wholeNumber, writeNamed } from '../values.ts';

export const packLint: CliCommand = {
  name: 'pack lint',
  summary: 'what is wrong with a pack, without a cluster',
  arguments: [{ name: '<pack>', description: 'folder or name' }],
  options: [{ flags: '--schema', description: 'print the JSON Schema of lab.yaml, for editors' }, JSON_OPTION],
  examples: ['cka pack lint ./my-pack', 'cka pack lint networking --schema > lab.schema.json'],
  async run(cli, [typed], options) {
    if (options['schema']) {
      printJson(cli, (await import('../../lab/lab-file.ts')).labJsonSchema());
      return EXIT.done;
    }
    const root = await packRoot(cli, typed!);
    const [{ labs, problems }, { lintLab }, { shown }] = await Promise.all([readPack(root), import('../../lab/lint.ts'), import('../../lab/load.ts')]);
    const none = labs.length + problems.length === 0 ? [{ file: shown(join(root, 'pack.yaml')), message: 'the pack has no lab. Make a folder 01-first in it, or begin with `cka pack new`.' }] : [];
    const all: readonly PackProblem[] = [...none, ...problems, ...(await Promise.all(labs.map(lintLab))).flat()];
    if (options['json']) printJson(cli, { labs: labs.length, problems: all });
    else if (all.length === 0) cli.out(`${labs.length} lab${labs.length === 1 ? '' : 's'}, nothing to complain about.\n`);
    else for (const { file, line, message } of all) cli.out(`${file}${line === undefined ? '' : `:${line}`}: ${message}\n`);
    return all.length === 0 ? EXIT.done : EXIT.failed;
  },
};

export const packTest: CliCommand = {
  name: 'pack test',
  summary: 'prove every lab of a pack on simulators',
  arguments: [{ name: '<pack>', description: 'folder or name' }, { name: '[lab]', description: 'only labs with this in their name' }],
  options: [
    { flags: '--seeds <numbers>', description: 'seeds to draw with, as 0,1,2', default: '0' },
    { flags: '--mutate', description: 'also leave out one step of each solution at a time' },
    { flags: '--real', description: 'with a real shell, the kubectl that is installed, and clusters at their own pace' },
    { flags: '--jobs <number>', description: 'clusters side by side', default: '3' },
    { flags: '--junit <file>', description: 'write a JUnit report' },
    JSON_OPTION,
  ],
  examples: ['cka pack test ./my-pack', 'cka pack test networking service-patch --mutate --seeds 0,1,2'],
  async run(cli, [typed, part], options) {
    const seeds = seedsOf(String(options['seeds']));
    const jobs = wholeNumber('--jobs', String(options['jobs']), { from: 1, to: 16 });
    const root = await packRoot(cli, typed!);
    const { labs, problems } = await readPack(root);
    // Whoever proves a folder of theirs wrote it; what was installed came from somebody else.
    if (labs[0] && !relative(await installedFolder(cli), root).startsWith('..')) await (await import('./agree.ts')).requireAgreement(cli, labs[0], cli.isTerminal && !options['json'] ? askHere : undefined);
    const meant = labs.filter(({ id, folder }) => part === undefined || id.includes(part) || basename(folder).includes(part));
    // Nothing proved is no proof, unless the pack could not be read: then that is what is told.
    if (meant.length === 0 && problems.length === 0) throw new UserError(part === undefined ? 'The pack has no lab.' : `No lab of the pack has "${part}" in its name.`, part === undefined ? 'Begin with `cka pack new`.' : `It has ${labs.map(({ id }) => id).join(', ')}.`, 2);
    const chosen = meant.flatMap((lab) => (lab.vary ? seeds.map((seed) => lab.vary!(seed)) : [lab]));
    const proofs = await prove(cli, chosen, { jobs, options });
    const failed = proofs.filter(({ problem }) => problem !== undefined);
    if (options['junit'] !== undefined) await writeNamed(String(options['junit']), junit(proofs), 'Give another --junit.');
    if (options['json']) printJson(cli, { labs: chosen.length, proofs, problems });
    else {
      for (const { file, line, message } of problems) cli.out(`${file}${line === undefined ? '' : `:${line}`}: ${message}\n`);
      cli.out(`${chosen.length} lab${chosen.length === 1 ? '' : 's'}, ${proofs.length} proofs, ${failed.length === 0 && problems.length === 0 ? 'all hold' : `${failed.length} fail`}.\n`);
    }
    return failed.length + problems.length === 0 ? EXIT.done : EXIT.failed;
  },
};

function seedsOf(typed: string): readonly number[] {
  const seeds = typed.split(',').map((seed) => (seed.trim() === '' ? Number.NaN : Number(seed)));
  if (seeds.every(Number.isSafeInteger)) return seeds;
  throw new UserError(`"${typed}" is no list of seeds.`, 'Give whole numbers with commas between them: --seeds 0,1,2', 2);
}

async function prove(cli: Cli, labs: readonly Lab[], { jobs, options }: { readonly jobs: number; readonly options: Readonly<Record<string, string | boolean | undefined>> }): Promise<readonly Proof[]> {
  const [{ Ground }, { proveLab }, { rehearseForReal, rehearseHere }, { checkers }, { findProgram }] = await Promise.all([
    import('../../lab/prove/ground.ts'), import('../../lab/prove/prove.ts'), import('./rehearsal.ts'), import('../../../checkers/index.ts'), import('../../cluster/find-program.ts'),
  ]);
  const rehearsal = options['real'] ? rehearseForReal(cli.self, findProgram('kubectl', cli.env['PATH'])) : rehearseHere();
  const ground = new Ground(rehearsal.make, jobs);
  const onProof = ({ lab, seed, name, problem, tookMs }: Proof) => {
    if (options['json']) return;
    cli.out(`${problem === undefined ? 'ok  ' : 'FAIL'}  ${lab}${seed === 0 ? '' : ` (seed ${seed})`}: ${name}  ${tookMs} ms\n${problem === undefined ? '' : `      ${problem}\n`}`);
  };
  try {
    return (await Promise.all(labs.map((lab) => proveLab(lab, ground, { checkers, self: cli.self, mutate: options['mutate'] === true, onProof })))).flat();
  } finally {
    await ground.close();
    rehearsal.close();
  }
}

function junit(proofs: readonly Proof[]): string {
  const cases = proofs.map(({ lab, seed, name, problem, tookMs }) => `  <testcase classname="${xml(lab)}" name="${xml(`${name}, seed ${seed}`)}" time="${tookMs / 1000}">${problem === undefined ? '' : `<failure message="${xml(problem)}"/>`}</testcase>`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="cka pack test" tests="${proofs.length}" failures="${proofs.filter(({ problem }) => problem !== undefined).length}">\n${cases.join('\n')}\n</testsuite>\n`;
}

const xml = (text: string): string => text.replace(/[&<>"\n]/g, (letter) => `&#${letter.charCodeAt(0)};`);
