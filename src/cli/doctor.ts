/** `cka doctor`: can labs run here, and what to do when not. Exits 3 when something is broken. */
import type { DoctorRow } from '../cluster/doctor.ts';
import { type CliCommand, EXIT, JSON_OPTION, printJson } from './command.ts';
import { paths, readPacks } from './labs.ts';

const MARKS = { ok: 'ok  ', warning: 'note', failure: 'FAIL' } as const;

export const doctor: CliCommand = {
  name: 'doctor',
  summary: 'look whether everything that labs need works here',
  options: [JSON_OPTION],
  examples: ['cka doctor', 'cka doctor --json'],
  async run(cli, _args, options) {
    const [{ examine }, { examineBackends }, { labs }] = await Promise.all([import('../cluster/doctor.ts'), import('../cluster/doctor-backends.ts'), readPacks(cli)]);
    const [own, real] = await Promise.all([examine({ ...(await paths(cli)), env: cli.env }), examineBackends(cli.env, labs)]);
    const rows = [...own, ...real];
    if (options['json']) printJson(cli, rows);
    else {
      for (const row of own) cli.out(text(row));
      cli.out('\nReal clusters\n');
      for (const row of real) cli.out(text(row));
    }
    // What only kind needs is no failure: labs run on the simulator.
    return rows.some((row) => row.status === 'failure' && row.for === undefined) ? EXIT.broken : EXIT.done;
  },
};

const text = ({ status, title, detail, action }: DoctorRow): string => `${MARKS[status]}  ${title}: ${detail}\n${action === undefined ? '' : `      Try: ${action}\n`}`;
