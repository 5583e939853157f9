/** Argument words to an exit code. The only file that does something when it is loaded. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Cli } from './cli/command.ts';

// One folder above this file, in the sources and in the bundle alike.
const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string };

const cli: Cli = {
  root,
  version,
  self: [process.execPath, ...process.execArgv, process.argv[1]!],
  env: process.env,
  isTerminal: Boolean(process.stdin.isTTY && process.stdout.isTTY),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `cka lab list | head` closes the pipe early: not an error.
  if (error.code === 'EPIPE') process.exit(0);
  // `cka lab list > file` on a full disk is one: a script that reads the file must not believe it.
  process.stderr.write(`Error: What was to be said could not be written: ${error.message}\nTry: Free some space, then do it again.\n`);
  process.exit(3);
});

const code = await main(process.argv.slice(2));
// What is still written goes out first; sockets kept open for reuse do not keep us here.
process.stdout.write('', () => process.stderr.write('', () => setImmediate(() => process.exit(code))));

async function main(argv: readonly string[]): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    cli.out(`${version}\n`);
    return 0;
  }
  if (argv[0] === 'kubectl') return kubectl(argv.slice(1));
  if (argv[0] === 'sim' && argv[1] === '--serve') return (await import('./cli/serve.ts')).serve(argv.slice(1), cli);
  const [{ runCommandLine }, { commands }] = await Promise.all([import('./cli/program.ts'), import('./cli/commands.ts')]);
  return runCommandLine(argv, cli, commands, async (options) => (await import('./cli/screens.ts')).screens(cli, options));
}

/** Past the parser of the other commands: every word is kubectl's, and every millisecond is noticed. */
async function kubectl(words: readonly string[]): Promise<number> {
  try {
    return await (await import('./cli/kubectl.ts')).kubectlHere(words, cli);
  } catch (error) {
    return (await import('./cli/program.ts')).tell(error, cli);
  }
}
