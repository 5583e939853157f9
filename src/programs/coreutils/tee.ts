/** tee: standard input to standard output and to files. See POSIX, "tee". */
import type { Output } from '../../machine/program.ts';
import { tool } from './tool.ts';

export const tee = tool({
  name: 'tee', short: 'aip', long: { append: 'a', 'ignore-interrupts': 'i' },
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
      for (const output of outputs) await output.write(bytes);
    }
    return status;
  },
});
