/** xargs: see POSIX, "xargs". Words are quoted as in a shell unless `-0`, `-d` or `-I` says otherwise. */
import { openInput } from '../../machine/open.ts';
import { inputFrom, readAll } from '../../machine/streams.ts';
import { start } from './running.ts';
import { type Tool, reason, tool } from './tool.ts';
import { quotedWords } from './words.ts';

export const xargs = tool({
  name: 'xargs', short: '0a:n:I:i::trL:P:d:E:s:x',
  long: { null: '0', 'arg-file': 'a', 'max-args': 'n', replace: 'i', 'no-run-if-empty': 'r', verbose: 't', delimiter: 'd', 'max-procs': 'P', 'max-lines': 'L', 'max-chars': 's', exit: 'x' },
  absent: ['p', 'interactive', 'o', 'open-tty', 'show-limits', 'process-slot-var', 'e', 'l'], stopAtOperand: true,
  withoutEffect: { x: 'a command line that is too long always ends it' },
  async run(t) {
    const words = wordsOf(t, await source(t));
    const command = t.operands.length > 0 ? t.operands : ['echo'];
    const replace = replaced(t);
    // busybox runs nothing for empty input; GNU runs the command once unless told -r.
    if (words.length === 0 && (t.has('r') || !t.gnu || replace !== undefined)) return 0;
    const batches = replace === undefined ? batchesOf(t, command, words) : words.map((word) => command.map((part) => part.replaceAll(replace, word)));
    if (batches === undefined) return await t.refuse(`${t.gnu ? 'cannot' : "can't"} fit single argument within argument list size limit`);
    return await runAll(t, batches);
  },
});

async function source(t: Tool): Promise<string> {
  const path = t.value('a');
  if (path === undefined) return await readAll(t.process.stdin);
  try {
    return await readAll(openInput(t.process, path));
  } catch (error) {
    return await t.refuse(t.gnu ? `Cannot open input file '${path}': ${reason(error)}` : `can't open '${path}': ${reason(error)}`);
  }
}

/** `-I %` names what is replaced, `-i` means `{}`. */
const replaced = (t: Tool): string | undefined => (t.last('Ii') === 'i' ? t.value('i') || '{}' : t.value('I'));

function wordsOf(t: Tool, text: string): readonly string[] {
  if (t.has('0')) return text.split('\0').filter((word) => word !== '');
  if (t.has('d')) return text.replace(/\n$/, '').split(t.value('d')!.replace('\\n', '\n').replace('\\t', '\t').replace('\\0', '\0'));
  const words = replaced(t) === undefined && !t.has('L') ? quotedWords(text) : text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const end = t.has('E') ? words.indexOf(t.value('E')!) : -1;
  return end < 0 ? words : words.slice(0, end);
}

/** As many words to a command as `-n`, `-L` and `-s` allow; undefined when one alone is too long. */
function batchesOf(t: Tool, command: readonly string[], words: readonly string[]): readonly (readonly string[])[] | undefined {
  const most = Number(t.value('n') ?? t.value('L') ?? words.length) || 1;
  const room = Number(t.value('s') ?? Number.POSITIVE_INFINITY);
  const size = (argv: readonly string[]) => argv.reduce((sum, word) => sum + word.length + 1, 0);
  const batches: { readonly argv: string[]; taken: number }[] = [];
  for (const word of words) {
    // A line of -L is several words to the command.
    const more = t.has('L') ? quotedWords(word) : [word];
    const last = batches.at(-1);
    if (size([...command, ...more]) > room) return undefined;
    if (last && last.taken < most && size([...last.argv, ...more]) <= room) {
      last.argv.push(...more);
      last.taken++;
    } else batches.push({ argv: [...command, ...more], taken: 1 });
  }
  return batches.length > 0 ? batches.map(({ argv }) => argv) : [command];
}

async function runAll(t: Tool, batches: readonly (readonly string[])[]): Promise<number> {
  const together = Number(t.value('P') ?? 1) || batches.length;
  let status = 0;
  let next = 0;
  const worker = async (): Promise<number | undefined> => {
    while (next < batches.length) {
      const argv = batches[next++]!;
      if (t.has('t')) await t.process.stderr.write(`${argv.join(' ')}\n`);
      const child = await start(t, argv, { stdin: inputFrom('') });
      if (typeof child === 'number') return child;
      const ended = await child.status;
      if (ended.signal) return 125;
      if (ended.code === 255) {
        await t.complain(`${argv[0]}: exited with status 255; aborting`);
        return 124;
      }
      if (ended.code !== 0) status = 123;
    }
    return undefined;
  };
  const ends = await Promise.all(Array.from({ length: Math.min(together, batches.length) }, worker));
  return ends.find((code) => code !== undefined) ?? status;
}
