/** `cka pack list|install|remove|export`: packs come and go as folders or archives; nothing of them runs here. */
import { cp, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { existsSync, lstatSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { formatTable } from '../../base/table.ts';
import { UserError } from '../../base/user-error.ts';
import { type CliCommand, EXIT, JSON_OPTION, printJson } from '../command.ts';
import { installedFolder, packRoot, readPack } from './places.ts';
import { writeNamed } from '../values.ts';

const PACK_NAME = /^[a-z0-9][a-z0-9-]*$/;

export const packList: CliCommand = {
  name: 'pack list',
  summary: 'every pack: those that came with cka, and those you installed',
  options: [JSON_OPTION],
  examples: ['cka pack list'],
  async run(cli, _args, options) {
    const places = [['built in', join(cli.root, 'labs')], ['installed', await installedFolder(cli)]] as const;
    const rows = (await Promise.all(places.map(async ([from, folder]) => {
      const names = (await readdir(folder).catch(() => [])).filter((name) => existsSync(join(folder, name, 'pack.yaml')));
      return Promise.all(names.map(async (name) => {
        const { labs, problems } = await readPack(join(folder, name));
        return { name, from, labs: labs.length, problems: problems.length, folder: join(folder, name) };
      }));
    }))).flat();
    if (options['json']) printJson(cli, rows);
    else cli.out(`${formatTable([['PACK', 'FROM', 'LABS', 'PROBLEMS'], ...rows.map(({ name, from, labs, problems }) => [name, from, String(labs), String(problems)])])}\n`);
    return EXIT.done;
  },
};

export const packInstall: CliCommand = {
  name: 'pack install',
  summary: 'install a pack from a folder or a .tgz archive',
  arguments: [{ name: '<from>', description: 'folder or archive' }],
  options: [{ flags: '--force', description: 'replace a pack of the same name' }, JSON_OPTION],
  examples: ['cka pack install my-pack.tgz'],
  async run(cli, [from], options) {
    const home = await installedFolder(cli);
    await mkdir(home, { recursive: true, mode: 0o700 });
    const source = resolve(from!);
    const kind = await stat(source).catch(() => undefined);
    if (!kind) throw new UserError(`${from} does not exist.`, 'Give a folder with a pack.yaml in it, or an archive that `cka pack export` made.', 2);
    const scratch = await mkdtemp(join(home, '.new-'));
    try {
      const name = kind.isDirectory() ? basename(source) : await (await import('../../lab/archive.ts')).unpack(source, scratch);
      if (!PACK_NAME.test(name)) throw new UserError(`"${name}" cannot be the name of a pack.`, 'Rename its folder: lower-case letters, digits and dashes.', 2);
      // Links would let a pack reach outside of its folder: only plain files come along.
      if (kind.isDirectory()) await cp(source, join(scratch, name), { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() });
      const { labs, problems } = await readPack(join(scratch, name));
      if (labs.length === 0) throw new UserError(`${from} holds no lab that can be used${problems[0] ? `: ${problems[0].message}` : '.'}`, `\`cka pack lint ${from}\` tells everything that is wrong.`, 2);
      const target = join(home, name);
      if (existsSync(join(cli.root, 'labs', name)) || (existsSync(target) && !options['force'])) throw new UserError(`There is a pack "${name}" already.`, existsSync(target) ? 'Replace it with --force.' : 'Rename the folder: this name belongs to a pack of cka itself.', 2);
      await rm(target, { recursive: true, force: true });
      await rename(join(scratch, name), target);
      const scripts = await (await import('../../lab/trust.ts')).scriptsIn(target);
      if (options['json']) printJson(cli, { pack: name, labs: labs.length, problems: problems.length, scripts });
      else cli.out(`Installed ${name}: ${labs.length} lab${labs.length === 1 ? '' : 's'}.${scripts.length === 0 ? '' : ` It brings ${scripts.length === 1 ? 'a script; it runs' : `${scripts.length} scripts; they run`} only after you have agreed.`}\n`);
      return EXIT.done;
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  },
};

export const packRemove: CliCommand = {
  name: 'pack remove',
  summary: 'remove a pack that you installed; what you achieved in it stays',
  arguments: [{ name: '<pack>', description: 'its name' }],
  options: [JSON_OPTION],
  examples: ['cka pack remove my-pack'],
  async run(cli, [name], options) {
    const target = join(await installedFolder(cli), name!);
    // A name and never a path: `..` would be everything that the learner has.
    if (!PACK_NAME.test(name!) || !existsSync(target)) throw new UserError(`No pack "${name}" is installed.`, '`cka pack list` shows them; those that are built in stay.', 2);
    await rm(target, { recursive: true });
    if (options['json']) printJson(cli, { pack: name, removed: true });
    else cli.out(`Removed ${name}.\n`);
    return EXIT.done;
  },
};

export const packExport: CliCommand = {
  name: 'pack export',
  summary: 'write a pack into an archive that others can install',
  arguments: [{ name: '<pack>', description: 'folder or name' }, { name: '[file]', description: 'the archive (default: <pack>.tgz)' }],
  options: [JSON_OPTION],
  examples: ['cka pack export ./my-pack'],
  async run(cli, [typed, file], options) {
    const root = await packRoot(cli, typed!);
    const bytes = await (await import('../../lab/archive.ts')).pack(root, basename(root));
    const target = resolve(file ?? `${basename(root)}.tgz`);
    await writeNamed(target, bytes, 'Give another file: cka pack export <pack> <file>');
    if (options['json']) printJson(cli, { pack: basename(root), file: target, bytes: bytes.length });
    else cli.out(`Wrote ${target}.\n`);
    return EXIT.done;
  },
};
