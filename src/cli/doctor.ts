/** `cka doctor`: can labs run here, and what to do when not. Exits 3 when something is broken. */
import type { DoctorRow } from '../cluster/doctor.ts';
import { type CliCommand, EXIT, JSON_OPTION, printJson } from './command.ts';
import { paths, readPacks } from './labs.ts';

const MARKS = { ok: 'ok  ', warning: 'note', failure: 'FAIL' } as const;

export const doctor: CliCommand = {
  name: 'doctor',
  summary: 'look whether everything that labs need works here',
  options: [{ flags: '--backend <backend>', description: 'kind: what it lacks is a failure; simulator: look at nothing else', choices: ['simulator', 'kind'] }, JSON_OPTION],
  examples: ['cka doctor', 'cka doctor --backend kind', 'cka doctor --json'],
  async run(cli, _args, options) {
    const backend = options['backend'];
    const [{ examine }, { examineBackends }, { labs }] = await Promise.all([import('../cluster/doctor.ts'), import('../cluster/doctor-backends.ts'), readPacks(cli)]);
    const [own, real] = await Promise.all([
      examine({ ...(await paths(cli)), env: cli.env }),
      backend === 'simulator' ? [] : examineBackends({ env: cli.env, labs, wantsKind: backend === 'kind' }),
    ]);
    const rows = [...own, ...real];
    if (options['json']) printJson(cli, rows);
    else {
      for (const row of own) cli.out(text(row));
      if (real.length > 0) cli.out('\nReal clusters\n');
      for (const row of real) cli.out(text(row));
    }
    return rows.some(({ status }) => status === 'failure') ? EXIT.broken : EXIT.done;
  },
};

const text = ({ status, title, detail, action }: DoctorRow): string => `${MARKS[status]}  ${title}: ${detail}\n${action === undefined ? '' : `      Try: ${action}\n`}`;
