/** `cka doctor`: can labs run here, and what to do when not. Exits 3 when something is broken. */
import { type CliCommand, EXIT, JSON_OPTION, printJson } from './command.ts';
import { paths } from './labs.ts';

const MARKS = { ok: 'ok  ', warning: 'note', failure: 'FAIL' } as const;

export const doctor: CliCommand = {
  name: 'doctor',
  summary: 'look whether everything that labs need works here',
  options: [JSON_OPTION],
  examples: ['cka doctor', 'cka doctor --json'],
  async run(cli, _args, options) {
    const { examine } = await import('../cluster/doctor.ts');
    const rows = await examine({ ...(await paths(cli)), env: cli.env });
    if (options['json']) printJson(cli, rows);
    else for (const { status, title, detail, action } of rows) cli.out(`${MARKS[status]}  ${title}: ${detail}\n${action === undefined ? '' : `      Try: ${action}\n`}`);
    return rows.some(({ status }) => status === 'failure') ? EXIT.broken : EXIT.done;
  },
};
