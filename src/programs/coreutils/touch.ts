/** touch: see POSIX, "touch". Differs from Linux: a file has one time, so `-a`, which changes the other one, changes nothing. */
import { each } from './paths.ts';
import { parseDate, parseStamp } from './time.ts';
import { type Tool, reason, tool } from './tool.ts';

export const touch = tool({
  name: 'touch', short: 'acmd:r:t:', long: { 'no-create': 'c', date: 'd', reference: 'r' }, absent: ['h', 'no-dereference', 'time'],
  async run(t) {
    if (t.gnu && [...'drt'].filter((letter) => t.has(letter)).length > 1) return await t.usage('cannot specify times from more than one source');
    const { files } = t.process;
    const when = await timeOf(t);
    return await each(t, (_operand, path) => {
      if (!files.exists(path)) {
        if (t.has('c')) return;
        files.write(path, '');
      } else if (t.has('a') && !t.has('m')) return;
      files.utimes(path, when);
    }, (operand) => (t.gnu ? `cannot touch '${operand}'` : operand));
  },
});

async function timeOf(t: Tool): Promise<number> {
  const { files, machine } = t.process;
  const now = machine.clock.unixMs();
  const reference = t.value('r');
  if (reference !== undefined) {
    try {
      return files.stat(t.path(reference)).mtimeMs;
    } catch (error) {
      return await t.refuse(t.gnu ? `failed to get attributes of '${reference}': ${reason(error)}` : `${reference}: ${reason(error)}`);
    }
  }
  const given = t.value('t') ?? t.value('d');
  if (given === undefined) return now;
  return (t.has('t') ? parseStamp(given, now) : parseDate(given, now)) ?? (await t.refuse(t.gnu ? `invalid date format '${given}'` : `invalid date '${given}'`));
}
