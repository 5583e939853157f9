/** logger: a line for the machine's journal. See logger(1) of util-linux. */
import { readAll } from '../../machine/streams.ts';
import { tool } from './tool.ts';

export const logger = tool({
  name: 'logger', short: 't:p:isf:', long: { tag: 't', priority: 'p', id: 'i', stderr: 's', file: 'f' },
  async run(t) {
    const { machine, pid, user } = t.process;
    const tag = t.value('t') ?? user.name;
    const text = t.operands.length > 0 ? t.operands.join(' ') : await readAll(t.process.stdin);
    for (const line of text.split('\n').filter((one) => one !== '')) {
      machine.units.say(tag, line, t.has('i') ? pid : 0);
      if (t.has('s')) await t.process.stderr.write(`<13>${tag}${t.has('i') ? `[${pid}]` : ''}: ${line}\n`);
    }
    return 0;
  },
});
