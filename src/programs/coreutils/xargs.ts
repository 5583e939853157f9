/** xargs: see POSIX, "xargs". Words are quoted as in a shell unless `-0` or `-I` says otherwise. */
import { readAll } from '../../machine/streams.ts';
import { inputFrom } from '../../machine/streams.ts';
import { start } from './running.ts';
import { tool } from './tool.ts';

export const xargs = tool({
  name: 'xargs', short: '0n:I:i::trL:P:d:s:x', long: { null: '0', 'max-args': 'n', replace: 'I', 'no-run-if-empty': 'r', verbose: 't', delimiter: 'd', 'max-procs': 'P' }, stopAtOperand: true,
  async run(t) {
    const text = await readAll(t.process.stdin);
    const replace = t.value('I');
    const words = t.has('0') ? text.split('\0').filter((word) => word !== '')
      : t.has('d') ? text.replace(/\n$/, '').split((t.value('d') ?? '').replace('\\n', '\n').replace('\\t', '\t'))
        : replace === undefined && !t.has('L') ? quotedWords(text)
          : text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
    const command = t.operands.length > 0 ? t.operands : ['echo'];
    // busybox runs nothing for empty input; GNU runs the command once unless told -r.
    if (words.length === 0 && (t.has('r') || !t.gnu || replace !== undefined)) return 0;
    const size = Number(t.value('n') ?? t.value('L') ?? words.length) || 1;
    const batches = replace !== undefined ? words.map((word) => command.map((part) => part.replaceAll(replace, word))) : Array.from({ length: Math.max(1, Math.ceil(words.length / size)) }, (_, index) => [...command, ...words.slice(index * size, (index + 1) * size)]);
    let status = 0;
    for (const argv of batches) {
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
    return status;
  },
});

function quotedWords(text: string): string[] {
  return (text.match(/(?:'[^'\n]*'|"[^"\n]*"|\\[\s\S]|[^\s'"\\])+/g) ?? []).map((word) => word.replace(/'([^']*)'|"([^"]*)"|\\([\s\S])/g, (_whole, single?: string, double?: string, escaped?: string) => single ?? double ?? escaped ?? ''));
}
