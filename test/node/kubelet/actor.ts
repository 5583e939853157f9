/**
 * An image for tests whose containers do what their arguments say, one after another: `say hello`, `sleep 5`, `exit 1`,
 * `serve 80`, `touch /x`, `need /x`, `cat /x`, `env NAME`, `on-term exit 0`. So these tests need no shell and no server.
 */
import { findImage, type FoundImage } from '../../../src/images/index.ts';
import type { FileSystem } from '../../../src/machine/files.ts';
import { programFile, type ProgramTable } from '../../../src/machine/machine.ts';
import type { Process, Program } from '../../../src/machine/program.ts';
import { closingWhatItHolds } from '../../../src/programs/lifetime.ts';
import { serveHttp } from '../../../src/programs/http/server.ts';

async function act(process: Process, line: string): Promise<number | undefined> {
  const [verb = '', ...words] = line.split(' ');
  const rest = words.join(' ');
  const { files, stdout, stderr, machine } = process;
  switch (verb) {
    case 'say':
      await stdout.write(`${rest}\n`);
      return;
    case 'complain':
      await stderr.write(`${rest}\n`);
      return;
    case 'sleep':
      await machine.clock.sleep(Number(rest) * 1000, process.signal);
      return;
    case 'exit':
      return Number(rest);
    case 'serve':
      serveHttp(process, { port: Number(rest), handle: (request) => ({ status: request.target === '/' ? 200 : 404, headers: [], body: 'hello\n' }) });
      return act(process, 'sleep 1000000');
    case 'touch':
      files.write(rest, 'touched\n');
      return;
    case 'append':
      files.append(words[0] ?? '', `${words.slice(1).join(' ')}\n`);
      return;
    case 'need':
      return files.exists(rest) ? undefined : (await stderr.write(`cat: ${rest}: No such file or directory\n`), 1);
    case 'cat':
      await stdout.write(files.read(rest));
      return;
    case 'env':
      await stdout.write(`${rest}=${process.env.get(rest) ?? '(unset)'}\n`);
      return;
    case 'on-term':
      return void process.onSignal('SIGTERM', () => {
        void stdout.write('got TERM\n');
        finish(process, Number(words[1] ?? 0));
      });
    default:
      throw new Error(`an actor does not know how to ${verb}`);
  }
}

const finishers = new WeakMap<Process, (code: number) => void>();
const finish = (process: Process, code: number) => finishers.get(process)?.(code);

const actor: Program = {
  name: 'act',
  run: (process) =>
    new Promise<number>((resolve, reject) => {
      finishers.set(process, resolve);
      const play = async () => {
        for (const line of process.argv.slice(1)) {
          const code = await act(process, line);
          if (code !== undefined) return code;
        }
        return 0;
      };
      play().then(resolve, reject);
    }),
};

export const actors: ProgramTable = new Map([['act', closingWhatItHolds(actor)]]);

/** `actor` and `nginx` (which serves port 80) exist here; everything else is as in the real registries. */
export const findTestImage: typeof findImage = (reference) => {
  const found = findImage(reference);
  if ('missing' in found) return found;
  const cmd = found.recipe.repository.endsWith('/nginx') ? ['act', 'serve 80'] : ['act'];
  const recipe = { ...found.recipe, repository: `${found.recipe.repository}-test`, files: (files: FileSystem) => {
    files.mkdir('/bin', { recursive: true });
    files.write('/bin/act', programFile('act'), { mode: 0o755 });
  }, cmd, stopSignal: 'SIGTERM' } as FoundImage['recipe'] & { entrypoint?: readonly string[] };
  delete (recipe as { entrypoint?: unknown }).entrypoint;
  return { ...found, recipe };
};
