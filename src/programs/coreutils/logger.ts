/** logger: a line for the machine's journal. See logger(1) of util-linux. */
import { readAll } from '../../machine/streams.ts';
import { parsePriority } from './priority.ts';
import { reason, tool } from './tool.ts';

export const logger = tool({
  name: 'logger', short: 't:p:isf:', gnuOnly: 'if', long: { tag: 't', priority: 'p', stderr: 's', file: 'f' }, absent: ['id', 'n', 'server', 'P', 'port', 'u', 'socket', 'e', 'skip-empty', 'T', 'tcp', 'd', 'udp', 'journald', 'no-act', 'size'],
  async run(t) {
    const { machine, pid, user, files } = t.process;
    const given = t.value('p') ?? 'user.notice';
    const priority = parsePriority(given);
    if ('unknown' in priority) return await t.refuse(`unknown ${priority.unknown} name: ${priority.unknown === 'facility' ? given.split('.')[0] : given.split('.').at(-1)}`);
    const tag = t.value('t') ?? user.name;
    let text = t.operands.join(' ');
    if (t.has('f')) {
      try {
        text = files.read(t.path(t.value('f')!));
      } catch (error) {
        return await t.refuse(`file ${t.value('f')}: ${reason(error)}`);
      }
    } else if (t.operands.length === 0) text = await readAll(t.process.stdin);
    for (const line of text.split('\n').filter((one) => one !== '')) {
      machine.units.say(tag, line, t.has('i') ? pid : 0, priority.level);
      if (t.has('s')) await t.process.stderr.write(t.gnu ? `<${priority.facility * 8 + priority.level}>${tag}${t.has('i') ? `[${pid}]` : ''}: ${line}\n` : `${tag}: ${line}\n`);
    }
    return 0;
  },
});
