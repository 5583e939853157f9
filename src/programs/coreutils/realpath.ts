/** realpath and readlink: where a name leads when every link is followed. See realpath(1), readlink(1). */
import { FileError } from '../../machine/file-error.ts';
import { basename } from './names.ts';
import { type Tool, reason, tool } from './tool.ts';

export const realpath = tool({
  name: 'realpath', short: 'emqsz', gnuOnly: 'emqsz', long: { 'canonicalize-existing': 'e', 'canonicalize-missing': 'm', quiet: 'q', strip: 's', 'no-symlinks': 's', zero: 'z' }, absent: ['L', 'P', 'logical', 'physical', 'relative-to', 'relative-base'],
  async run(t) {
    if (t.operands.length === 0) return await t.usage('missing operand');
    let status = 0;
    for (const path of t.operands) {
      try {
        const real = t.has('s') ? normalized(t.path(path)) : canonical(t, path, t.last('em') ?? (t.gnu ? 'f' : 'e'));
        await t.write(`${real}${t.has('z') ? '\0' : '\n'}`);
      } catch (error) {
        const words = reason(error);
        if (!t.has('q')) await t.complain(`${path}: ${words}`);
        status = 1;
      }
    }
    return status;
  },
});

export const readlink = tool({
  name: 'readlink', short: 'femnqsvz', gnuOnly: 'emqsz', long: { canonicalize: 'f', 'canonicalize-existing': 'e', 'canonicalize-missing': 'm', 'no-newline': 'n', quiet: 'q', silent: 's', verbose: 'v', zero: 'z' },
  withoutEffect: { q: 'nothing is said unless -v asks for it', s: 'nothing is said unless -v asks for it' },
  async run(t) {
    if (t.operands.length === 0) return await t.usage('missing operand');
    let status = 0;
    for (const path of t.operands) {
      try {
        const letter = t.last('fem');
        const end = t.has('n') && t.operands.length === 1 ? '' : t.has('z') ? '\0' : '\n';
        await t.write(`${letter === undefined ? t.process.files.readlink(t.path(path)) : canonical(t, path, letter)}${end}`);
      } catch (error) {
        const words = reason(error);
        if (t.last('qsv') === 'v') await t.complain(t.gnu || words !== 'Invalid argument' ? `${path}: ${words}` : `${path}: cannot read link: not a symlink`);
        status = 1;
      }
    }
    return status;
  },
});

/** With `e` all of it must be there, with `f` all but the last name, with `m` nothing. */
function canonical(t: Tool, path: string, letter: string): string {
  const { files } = t.process;
  const at = normalized(t.path(path));
  if (letter === 'e' && !files.exists(at)) throw new FileError('ENOENT', path);
  if (letter !== 'm') return files.realpath(at);
  let there = at;
  const missing: string[] = [];
  while (!files.exists(there) && there !== '/') {
    missing.unshift(basename(there));
    there = there.slice(0, there.lastIndexOf('/')) || '/';
  }
  return `${files.realpath(there).replace(/\/$/, '')}${missing.map((name) => `/${name}`).join('')}` || '/';
}

function normalized(path: string): string {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
}
