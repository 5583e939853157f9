/** watch: a command again and again, on a cleared screen. See watch(1). */
import type { Output } from '../../machine/program.ts';
import { collect } from '../../machine/streams.ts';
import { start } from './running.ts';
import { strftime } from './time.ts';
import { type Tool, tool } from './tool.ts';

export const watch = tool({
  name: 'watch', short: 'n:tegx', gnuOnly: 'egx', long: { interval: 'n', 'no-title': 't', errexit: 'e', chgexit: 'g', exec: 'x' }, absent: ['b', 'beep', 'c', 'color', 'd', 'differences', 'p', 'precise', 'q', 'w', 'no-wrap'], stopAtOperand: true,
  async run(t) {
    if (t.operands.length === 0) return await t.usage('missing operand');
    const seconds = Number(t.value('n') ?? 2);
    const { machine, signal } = t.process;
    let before: string | undefined;
    for (;;) {
      await t.write('\x1b[H\x1b[J');
      if (!t.has('t')) await t.write(title(t, seconds));
      const shown = collect();
      const both: Output = { write: (bytes) => Promise.all([shown.write(bytes), t.write(bytes)]).then(() => undefined) };
      const child = await start(t, t.has('x') ? t.operands : ['sh', '-c', t.operands.join(' ')], t.has('g') ? { stdout: both } : {});
      if (typeof child === 'number') return child;
      const code = await child.exited;
      if (t.has('e') && code !== 0) return code;
      if (t.has('g') && before !== undefined && shown.text !== before) return 0;
      before = shown.text;
      await machine.clock.sleep(seconds * 1000, signal);
    }
  },
});

function title(t: Tool, seconds: number): string {
  const { machine, terminal } = t.process;
  const left = `Every ${seconds.toFixed(1)}s: ${t.operands.join(' ')}`;
  const stamp = `${machine.hostname}: ${strftime('%a %b %e %H:%M:%S %Y', machine.clock.unixMs())}`;
  return `${left}${stamp.padStart(Math.max(stamp.length + 1, (terminal?.columns ?? 80) - left.length))}\n\n`;
}
