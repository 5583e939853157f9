/** awk: the program, its options and its main loop over records. The language is in `awk-parser.ts` and `awk-machine.ts`. */
import { unescape } from './awk-lexer.ts';
import { AwkMachine } from './awk-machine.ts';
import { parseAwk } from './awk-parser.ts';
import type { AwkProgram } from './awk-syntax.ts';
import { AwkError, ExitAwk } from './awk-values.ts';
import { isGnu, tool } from './tool.ts';

export const awk = tool({
  name: 'awk', short: 'F:v:f:', usageStatus: 2, stopAtOperand: true,
  async run(t) {
    const operands = [...t.operands];
    let source = t.values('f').map((path) => t.process.files.read(t.path(path))).join('\n');
    if (!t.has('f')) {
      const first = operands.shift();
      if (first === undefined) {
        await t.process.stderr.write('usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]\n');
        return 2;
      }
      source = first;
    }
    let program: AwkProgram;
    try {
      program = parseAwk(source);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      await t.process.stderr.write(isGnu(t.process) ? `awk: line 1: ${error.message}\n` : `awk: cmd. line:1: ${error.message.startsWith('syntax error') ? 'Unexpected token' : error.message}\n`);
      return t.gnu ? 2 : 1;
    }
    const machine = new AwkMachine(t, program, operands);
    if (t.has('F')) machine.setVariable('FS', t.value('F') === 't' ? '\t' : unescape(t.value('F')!));
    for (const assignment of t.values('v')) machine.assign(assignment);
    try {
      return await machine.run();
    } catch (error) {
      if (error instanceof ExitAwk) return error.code;
      if (!(error instanceof AwkError)) throw error;
      await t.process.stderr.write(`awk: ${error.message}\n`);
      return 2;
    }
  },
});
