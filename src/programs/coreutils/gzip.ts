/** gzip, gunzip, zcat: files in the gzip format (see `deflate.ts`). */
import { readAll } from '../../machine/streams.ts';
import type { Program } from '../../machine/program.ts';
import { gunzip as unpack, gzip as pack, GzipError } from './deflate.ts';
import { type Tool, reason, tool } from './tool.ts';

function gzipTool(name: string, mode: 'compress' | 'decompress' | 'cat'): Program {
  return tool({
    name, hint: `Try \`${name} --help' for more information.`, short: 'cdfknqtv123456789', gnuOnly: 'nqv', absent: ['l', 'list', 'r', 'recursive', 'S', 'suffix', 'N', 'name'],
    // Differs from Linux: one level of compression, whichever is asked for.
    withoutEffect: { n: 'no name is kept in the archive anyway', 1: 'there is one level', 2: 'there is one level', 3: 'there is one level', 4: 'there is one level', 5: 'there is one level', 6: 'there is one level', 7: 'there is one level', 8: 'there is one level', 9: 'there is one level' }, long: { stdout: 'c', decompress: 'd', uncompress: 'd', force: 'f', keep: 'k', quiet: 'q', verbose: 'v', fast: '1', best: '9', test: 't', 'no-name': 'n' },
    async run(t) {
      const unpacking = mode !== 'compress' || t.has('d') || t.has('t');
      if (t.operands.length === 0 || (t.operands.length === 1 && t.operands[0] === '-')) {
        if (!unpacking && t.process.terminal && !t.has('f')) {
          await t.process.stderr.write(`${name}: compressed data not written to a terminal. Use -f to force compression.\nFor help, type: ${name} -h\n`);
          return 1;
        }
        return await attempt(t, 'stdin', async () => t.write(transform(await readAll(t.process.stdin), unpacking)));
      }
      let status = 0;
      for (const operand of t.operands) status = (await attempt(t, operand, () => one(t, operand, unpacking, mode === 'cat' || t.has('c')))) || status;
      return status;
    },
  });
}

export const gzip = gzipTool('gzip', 'compress');
export const gunzip = gzipTool('gunzip', 'decompress');
export const zcat = gzipTool('zcat', 'cat');

const MISSING = 'No such file or directory';
const transform = (bytes: string, unpacking: boolean): string => (unpacking ? unpack(bytes) : pack(bytes));

async function attempt(t: Tool, what: string, work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    if (error instanceof GzipError && error.message === MISSING) await t.process.stderr.write(`gzip: ${what}.gz: ${MISSING}\n`);
    else if (error instanceof GzipError) await t.process.stderr.write(t.gnu ? `\ngzip: ${what}: ${error.message}\n` : `${t.name}: ${error.message === 'not in gzip format' ? 'invalid magic' : error.message}\n`);
    else await t.complain(`${what}: ${reason(error)}`);
    return 1;
  }
}

async function one(t: Tool, operand: string, unpacking: boolean, toOutput: boolean): Promise<void> {
  const { files } = t.process;
  const path = t.path(operand);
  // What is not there is missed by the name that it would have.
  if (unpacking && t.gnu && !files.exists(path) && !/\.(gz|tgz)$/.test(operand)) throw new GzipError(MISSING);
  if (unpacking && !toOutput && !/\.(gz|tgz)$/.test(operand)) throw new GzipError('unknown suffix -- ignored');
  const content = transform(files.read(path), unpacking);
  if (t.has('t')) return t.has('v') ? await t.process.stderr.write(`${operand}:\t OK\n`) : undefined;
  if (toOutput) return await t.write(content);
  const target = unpacking ? path.replace(/\.tgz$/, '.tar').replace(/\.gz$/, '') : `${path}.gz`;
  if (files.exists(target) && !t.has('f')) throw new GzipError(`${target.split('/').at(-1)} already exists;\tnot overwritten`);
  const stat = files.stat(path);
  files.write(target, content, { mode: stat.mode });
  files.utimes(target, stat.mtimeMs);
  if (!t.has('k')) files.remove(path);
  if (t.has('v') && !t.has('q')) await t.process.stderr.write(`${operand}:\t${ratio(unpacking ? content.length : stat.size, unpacking ? stat.size : content.length)} -- ${t.has('k') ? 'created' : 'replaced with'} ${target.split('/').at(-1)}\n`);
}

/** What was saved of the plain size, leaving the header and the trailer of the format out. */
const ratio = (plain: number, packed: number): string => `${(plain === 0 ? 0 : (100 * (plain - (packed - 18))) / plain).toFixed(1).padStart(5)}%`;
