/** Tools that change names and attributes: mkdir, rmdir, rm, mv, ln, touch, chmod, chown, chgrp, mktemp. Over 250 lines because they share their ways. cp is in its own file. */
import { findUser } from '../../machine/users.ts';
import { copyTree } from './cp.ts';
import { changeMode } from './mode.ts';
import { basename, joined } from './names.ts';
import { parseDate } from './time.ts';
import { type Tool, reason, tool, withArguments } from './tool.ts';
import type { Program } from '../../machine/program.ts';

/** Do something to every operand, going on after those that fail. */
async function each(t: Tool, act: (operand: string, path: string) => void | Promise<void>, words: (operand: string) => string): Promise<number> {
  if (t.operands.length === 0) return await t.usage(t.gnu && t.name === 'touch' ? 'missing file operand' : 'missing operand');
  let status = 0;
  for (const operand of t.operands) {
    try {
      await act(operand, t.path(operand));
    } catch (error) {
      await t.complain(`${words(operand)}: ${reason(error)}`);
      status = 1;
    }
  }
  return status;
}

export const mkdir = tool({
  name: 'mkdir', short: 'pm:v', long: { parents: 'p', mode: 'm', verbose: 'v' },
  async run(t) {
    const mode = t.has('m') ? changeMode(t.value('m')!, 0o777, true) : 0o755;
    if (mode === undefined) return await t.usage(t.gnu ? `invalid mode '${t.value('m')}'` : `invalid mode '${t.value('m')}'`);
    return await each(t, async (operand, path) => {
      t.process.files.mkdir(path, { recursive: t.has('p'), mode });
      if (t.has('v')) await t.write(t.gnu ? `mkdir: created directory '${operand}'\n` : `created directory: '${operand}'\n`);
    }, (operand) => (t.gnu ? `cannot create directory '${operand}'` : `can't create directory '${operand}'`));
  },
});

export const rmdir = tool({
  name: 'rmdir', short: 'pi', long: { parents: 'p', 'ignore-fail-on-non-empty': 'i' },
  run: (t) => each(t, (_operand, path) => {
    // A file in its place is refused as the kernel refuses it.
    if (t.process.files.lstat(path).type !== 'directory') t.process.files.list(path);
    t.process.files.remove(path);
  }, (operand) => (t.gnu ? `failed to remove '${operand}'` : `'${operand}'`)),
});

export const rm = tool({
  name: 'rm', short: 'rRfivd', long: { recursive: 'r', force: 'f', verbose: 'v', dir: 'd' },
  async run(t) {
    const { files } = t.process;
    const recursive = t.has('r') || t.has('R');
    if (t.operands.length === 0) return t.has('f') ? 0 : await t.usage('missing operand');
    let status = 0;
    for (const operand of t.operands) {
      const path = t.path(operand);
      try {
        if (/(?:^|\/)\.\.?\/?$/.test(operand)) {
          await t.complain(t.gnu ? `refusing to remove '.' or '..' directory: skipping '${operand}'` : "can't remove '.' or '..'");
          status = 1;
          continue;
        }
        if (files.lstat(path).type === 'directory' && !recursive && !t.has('d')) {
          await t.complain(t.gnu ? `cannot remove '${operand}': Is a directory` : `'${operand}' is a directory`);
          status = 1;
          continue;
        }
        files.remove(path, { recursive });
        if (t.has('v')) await t.write(t.gnu ? `removed '${operand}'\n` : `removed '${operand}'\n`);
      } catch (error) {
        const words = reason(error);
        if (t.has('f') && words === 'No such file or directory') continue;
        await t.complain(t.gnu ? `cannot remove '${operand}': ${words}` : `can't remove '${operand}': ${words}`);
        status = 1;
      }
    }
    return status;
  },
});

export const mv = tool({
  name: 'mv', short: 'finvTt:', long: { force: 'f', 'no-clobber': 'n', verbose: 'v', 'target-directory': 't', 'no-target-directory': 'T' },
  async run(t) {
    const { files } = t.process;
    const target = t.value('t') ?? t.operands.at(-1);
    const sources = t.has('t') ? t.operands : t.operands.slice(0, -1);
    if (target === undefined) return await t.usage(t.gnu ? 'missing file operand' : 'missing operand');
    if (sources.length === 0) return await t.usage(t.gnu ? `missing destination file operand after '${target}'` : 'missing operand');
    const into = !t.has('T') && files.exists(t.path(target)) && files.stat(t.path(target)).type === 'directory';
    let status = 0;
    if (sources.length > 1 && !into) return await t.usage(t.gnu ? `target '${target}' is not a directory` : `can't rename '${sources[0]}': Not a directory`);
    for (const source of sources) {
      const to = into ? joined(target, basename(source)) : target;
      try {
        files.lstat(t.path(source));
      } catch (error) {
        await t.complain(t.gnu ? `cannot stat '${source}': ${reason(error)}` : `can't rename '${source}': ${reason(error)}`);
        status = 1;
        continue;
      }
      if (t.has('n') && files.exists(t.path(to))) continue;
      try {
        move(t, t.path(source), t.path(to));
        if (t.has('v')) await t.write(t.gnu ? `renamed '${source}' -> '${to}'\n` : `'${source}' -> '${to}'\n`);
      } catch (error) {
        await t.complain(t.gnu ? `cannot move '${source}' to '${to}': ${reason(error)}` : `can't rename '${source}': ${reason(error)}`);
        status = 1;
      }
    }
    return status;
  },
});

/** Across mounts, a move is a copy and a removal. */
function move(t: Tool, from: string, to: string): void {
  const { files } = t.process;
  try {
    files.rename(from, to);
  } catch (error) {
    if (reason(error) !== 'Invalid cross-device link') throw error;
    copyTree(files, from, to, { preserve: true });
    files.remove(from, { recursive: true });
  }
}

export const ln = tool({
  name: 'ln', short: 'sfnvT', long: { symbolic: 's', force: 'f', 'no-dereference': 'n', verbose: 'v' },
  async run(t) {
    const { files } = t.process;
    const [first] = t.operands;
    if (first === undefined) return await t.usage(t.gnu ? 'missing file operand' : 'missing operand');
    const target = t.operands.length > 1 ? t.operands.at(-1)! : '.';
    const sources = t.operands.length > 1 ? t.operands.slice(0, -1) : t.operands;
    let status = 0;
    for (const source of sources) {
      const at = t.path(target);
      const into = files.exists(at) && files.stat(at).type === 'directory' && !(t.has('n') && files.lstat(at).type === 'symlink');
      const name = into ? joined(target, basename(source)) : target;
      try {
        if (t.has('f') && existsAtAll(t, name)) files.remove(t.path(name));
        if (t.has('s')) files.symlink(source, t.path(name));
        else files.link(t.path(source), t.path(name));
        if (t.has('v')) await t.write(`'${name}' -> '${source}'\n`);
      } catch (error) {
        await t.complain(t.gnu ? `failed to create ${t.has('s') ? 'symbolic' : 'hard'} link '${name}'${t.has('s') ? '' : ` => '${source}'`}: ${reason(error)}` : `${name}: ${reason(error)}`);
        status = 1;
      }
    }
    return status;
  },
});

function existsAtAll(t: Tool, path: string): boolean {
  try {
    t.process.files.lstat(t.path(path));
    return true;
  } catch {
    return false;
  }
}

export const touch = tool({
  name: 'touch', short: 'acmd:r:t:h', long: { 'no-create': 'c', date: 'd', reference: 'r' },
  async run(t) {
    const { files, machine } = t.process;
    const now = machine.clock.unixMs();
    const when = t.has('d') ? parseDate(t.value('d')!, now) : now;
    if (when === undefined) return await t.usage(t.gnu ? `invalid date format '${t.value('d')}'` : `invalid date '${t.value('d')}'`);
    return await each(t, (_operand, path) => {
      if (!files.exists(path)) {
        if (t.has('c')) return;
        files.write(path, '');
      }
      files.utimes(path, t.has('r') ? files.stat(t.path(t.value('r')!)).mtimeMs : when);
    }, (operand) => (t.gnu ? `cannot touch '${operand}'` : operand));
  },
});

/** Every path at and below one, for the recursive tools. */
function* below(t: Tool, path: string): Generator<string> {
  yield path;
  const { files } = t.process;
  if (files.lstat(path).type === 'directory') for (const name of files.list(path)) yield* below(t, joined(path, name));
}

/** A mode such as `-x` looks like an option, so `--` is put before it. */
const beforeModes = (argv: readonly string[]): string[] => {
  const at = argv.findIndex((arg, index) => index > 0 && /^-[rwxXst]+(,|$)/.test(arg) && !/^-[RvfcT]+$/.test(arg));
  return at < 0 ? [...argv] : [...argv.slice(0, at), '--', ...argv.slice(at)];
};

const chmodTool = tool({
  name: 'chmod', short: 'Rvfc', long: { recursive: 'R', verbose: 'v', changes: 'c', quiet: 'f' },
  async run(t) {
    const [spec, ...paths] = t.operands;
    if (spec === undefined) return await t.usage('missing operand');
    if (paths.length === 0) return await t.usage(t.gnu ? `missing operand after '${spec}'` : 'missing operand');
    if (changeMode(spec, 0, false) === undefined) return await t.usage(t.gnu ? `invalid mode: '${spec}'` : `invalid mode '${spec}'`);
    t.operands = paths;
    const { files } = t.process;
    return await each(t, (_operand, path) => {
      for (const one of t.has('R') ? below(t, path) : [path]) {
        const stat = files.lstat(one);
        if (stat.type === 'symlink' && t.has('R')) continue;
        files.chmod(one, changeMode(spec, files.stat(one).mode, stat.type === 'directory')!);
      }
    }, (operand) => (t.gnu ? (files.exists(t.path(operand)) ? `changing permissions of '${operand}'` : `cannot access '${operand}'`) : operand));
  },
});

export const chmod: Program = { name: 'chmod', run: (process) => chmodTool.run(withArguments(process, beforeModes(process.argv))) };

function owner(name: 'chown' | 'chgrp') {
  return tool({
    name, short: 'RvfhLHP', long: { recursive: 'R', verbose: 'v', 'no-dereference': 'h' },
    async run(t) {
      const [spec, ...paths] = t.operands;
      if (spec === undefined || paths.length === 0) return await t.usage(spec === undefined || !t.gnu ? 'missing operand' : `missing operand after '${spec}'`);
      t.operands = paths;
      const { files } = t.process;
      const [userPart = '', groupPart] = name === 'chgrp' ? ['', spec] : spec.split(/[:.]/);
      const user = userPart === '' ? undefined : findUser(userPart, files);
      const group = groupPart === undefined || groupPart === '' ? undefined : findUser(`0:${groupPart}`, files);
      if ((userPart !== '' && !user) || (groupPart && !group)) return await t.refuse(t.gnu ? `invalid ${userPart !== '' && !user ? 'user' : 'group'}: '${name === 'chown' ? spec : groupPart}'` : `unknown ${userPart !== '' && !user ? 'user' : 'group'} ${userPart !== '' && !user ? userPart : groupPart}`);
      return await each(t, (_operand, path) => {
        for (const one of t.has('R') ? below(t, path) : [path]) {
          const stat = files.lstat(one);
          files.chown(one, user?.uid ?? stat.uid, group?.gid ?? stat.gid);
        }
      }, (operand) => (t.gnu ? (files.exists(t.path(operand)) ? `changing ownership of '${operand}'` : `cannot access '${operand}'`) : operand));
    },
  });
}

export const chown = owner('chown');
export const chgrp = owner('chgrp');

export const mktemp = tool({
  name: 'mktemp', short: 'dqup:t', long: { directory: 'd', quiet: 'q', tmpdir: 'p', 'dry-run': 'u' },
  async run(t) {
    const { files, machine, env } = t.process;
    const template = t.operands[0] ?? (t.gnu ? 'tmp.XXXXXXXXXX' : 'tmp.XXXXXX');
    const xs = /X{3,}$/.exec(template);
    if (!xs) return await t.usage(t.gnu ? `too few X's in template '${template}'` : `(null): Invalid argument`);
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
    const name = template.slice(0, xs.index) + machine.rng.text(xs[0].length, letters);
    const path = template.includes('/') ? name : t.operands[0] !== undefined && !t.has('p') && !t.has('t') ? name : joined(t.value('p') || env.get('TMPDIR') || '/tmp', name);
    try {
      if (t.has('d')) files.mkdir(t.path(path), { mode: 0o700 });
      else if (!t.has('u')) files.open(t.path(path), { write: true, create: true, exclusive: true, mode: 0o600 });
    } catch (error) {
      await t.complain(t.gnu ? `failed to create ${t.has('d') ? 'directory' : 'file'} via template '${template}': ${reason(error)}` : `${template}: ${reason(error)}`);
      return 1;
    }
    await t.write(`${path}\n`);
    return 0;
  },
});
