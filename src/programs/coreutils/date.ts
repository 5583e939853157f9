/** date: see POSIX, "date", with `-d`, `-u`, `-I`, `-R`. The time zone is UTC, as in every container that sets none. */
import { parseDate, strftime } from './time.ts';
import { reason, tool } from './tool.ts';

export const date = tool({
  name: 'date', short: 'ud:s:r:RI::', absent: ['D', 'f', 'file', 'rfc-3339', 'debug'], withoutEffect: { u: 'the time zone is UTC anyway' }, long: { utc: 'u', universal: 'u', date: 'd', set: 's', reference: 'r', 'rfc-2822': 'R', 'rfc-email': 'R', 'iso-8601': 'I' },
  async run(t) {
    const now = t.process.machine.clock.unixMs();
    let at: number | undefined = now;
    const given = t.value('d');
    if (given !== undefined) at = parseDate(given, now);
    if (at === undefined) {
      await t.complain(t.gnu ? `invalid date '${given}'` : `invalid date '${given}'`);
      return 1;
    }
    const reference = t.value('r');
    if (reference !== undefined) {
      try {
        at = t.process.files.stat(t.path(reference)).mtimeMs;
      } catch (error) {
        await t.complain(t.gnu ? `${reference}: ${reason(error)}` : `can't stat '${reference}': ${reason(error)}`);
        return 1;
      }
    }
    const format = t.operands.find((operand) => operand.startsWith('+'));
    if (t.has('s') || (t.operands[0] !== undefined && format === undefined)) {
      const text = t.value('s') ?? t.operands[0]!;
      if (t.value('s') === undefined && !/^\d{8,12}(\.\d\d)?$/.test(text)) {
        await t.complain(`invalid date '${text}'`);
        return 1;
      }
      // Containers may not set the clock, and the node's is the simulation's.
      await t.complain(t.gnu ? 'cannot set date: Operation not permitted' : "can't set date: Operation not permitted");
      return 1;
    }
    const precision = t.value('I');
    if (precision !== undefined) await t.write(`${strftime({ '': '%F', date: '%F', hours: '%FT%H%:z', minutes: '%FT%H:%M%:z', seconds: '%FT%T%:z', ns: '%FT%T,%N%:z' }[precision] ?? '%F', at)}\n`);
    else if (t.has('R')) await t.write(`${strftime('%a, %d %b %Y %H:%M:%S %z', at)}\n`);
    else await t.write(`${strftime(format?.slice(1) ?? (t.gnu ? '%a %b %e %H:%M:%S %Z %Y' : '%a %b %e %H:%M:%S %Z %Y'), at)}\n`);
    return 0;
  },
});
