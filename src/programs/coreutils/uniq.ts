/** uniq: lines that follow their like. See POSIX, "uniq". */
import { FileError } from '../../machine/file-error.ts';
import { openOutput } from '../../machine/open.ts';
import type { Output } from '../../machine/program.ts';
import { records } from './records.ts';
import { reason, tool } from './tool.ts';

export const uniq = tool({
  name: 'uniq', short: 'cdiuf:s:w:z', gnuOnly: 'z', long: { count: 'c', repeated: 'd', 'ignore-case': 'i', unique: 'u', 'skip-fields': 'f', 'skip-chars': 's', 'check-chars': 'w', 'zero-terminated': 'z' }, absent: ['D', 'all-repeated', 'group'],
  async run(t) {
    const end = t.has('z') ? '\0' : '\n';
    let status = 0;
    const [source, target, extra] = t.operands;
    if (extra !== undefined) return await t.usage(`extra operand '${extra}'`);
    let output: Output = t.process.stdout;
    try {
      if (target !== undefined && target !== '-') output = openOutput(t.process, target);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      await t.complain(`${target}: ${reason(error)}`);
      return 1;
    }
    const key = (line: string) => {
      let text = line;
      for (let i = Number(t.value('f') ?? 0); i > 0; i--) text = text.replace(/^\s*\S+/, '');
      text = text.slice(Number(t.value('s') ?? 0), t.has('w') ? Number(t.value('w')) : undefined);
      return t.has('i') ? text.toLowerCase() : text;
    };
    let current: string | undefined;
    let times = 0;
    const flush = async () => {
      if (current === undefined || (t.has('d') && times < 2) || (t.has('u') && times > 1)) return;
      await output.write(`${t.has('c') ? `${String(times).padStart(7)} ` : ''}${current}${end}`);
    };
    for await (const { input } of t.inputs(() => (status = 1), source === undefined ? [] : [source])) {
      for await (const line of records(input, end)) {
        if (current !== undefined && key(line) === key(current)) {
          times++;
          continue;
        }
        await flush();
        current = line;
        times = 1;
      }
    }
    await flush();
    return status;
  },
});
