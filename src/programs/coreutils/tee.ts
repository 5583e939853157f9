/** tee: standard input to standard output and to files. See POSIX, "tee". */
import { BrokenPipe, type Output } from '../../machine/program.ts';
import { tool } from './tool.ts';

export const tee = tool({
  name: 'tee', short: 'aip', gnuOnly: 'p', long: { append: 'a', 'ignore-interrupts': 'i', 'output-error': 'p' },
  async run(t) {
    let status = 0;
    const outputs: Output[] = [t.process.stdout];
    for (const path of t.operands) {
      const output = await t.output(path, t.has('a'));
      if (output) outputs.push(output);
      else status = 1;
    }
    if (t.has('i')) t.process.ignoreSignal('SIGINT');
    for (let bytes = await t.process.stdin.read(); bytes !== undefined; bytes = await t.process.stdin.read()) {
      for (const output of [...outputs]) {
        try {
          await output.write(bytes);
        } catch (error) {
          // -p: the others still get theirs when one reader has gone.
          if (!(error instanceof BrokenPipe) || !t.has('p')) throw error;
          outputs.splice(outputs.indexOf(output), 1);
        }
      }
    }
    return status;
  },
});
