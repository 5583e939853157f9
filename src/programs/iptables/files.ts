/** iptables-save and iptables-restore as commands; what they do is `restore.ts`. See iptables-restore(8), iptables-save(8). */
import { mayAdministerNetwork } from '../../machine/capabilities.ts';
import { absolute } from '../../machine/executable.ts';
import { FileError } from '../../machine/files.ts';
import { openInput } from '../../machine/open.ts';
import type { Process, Program } from '../../machine/program.ts';
import { refuse } from '../usage.ts';
import { restore, RestoreError, save } from './restore.ts';

export const iptablesSave: Program = {
  name: 'iptables-save',
  async run(process) {
    const args = process.argv.slice(1);
    const counters = args.includes('-c') || args.includes('--counters');
    const at = args.findIndex((arg) => arg === '-t' || arg === '--table');
    const table = at >= 0 ? args[at + 1] : undefined;
    const stray = args.find((arg, index) => !['-c', '--counters', '-t', '--table'].includes(arg) && (at < 0 || index !== at + 1));
    if (stray?.startsWith('-')) return refuse(process, 1, `iptables-save: ${strange(stray)}\nLook at manual page \`iptables-save.8' for more information.`);
    if (stray !== undefined) return refuse(process, 1, `Unknown arguments found on commandline`);
    if (table !== undefined && !process.netns.netfilter.table(table)) return refuse(process, 1, `Table \`${table}' does not exist`);
    if (!mayAdministerNetwork(process)) return refuse(process, 4, `iptables-save${MUST_BE_ROOT}`);
    await process.stdout.write(save(process.netns.netfilter, table === undefined ? undefined : [table], { counters, unixMs: process.machine.clock.unixMs() }));
    return 0;
  },
};

const MUST_BE_ROOT = ' v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)';

/** In getopt's words. */
const strange = (option: string): string => (option.startsWith('--') ? `unrecognized option '${option}'` : `invalid option -- '${option[1]}'`);

const RESTORE_OPTIONS = new Set(['-n', '--noflush', '-c', '--counters', '-t', '--test', '-T', '--table', '-v', '--verbose', '-w', '--wait', '-W', '--wait-interval', '-4', '--ipv4']);

export const iptablesRestore: Program = {
  name: 'iptables-restore',
  async run(process) {
    const args = process.argv.slice(1);
    const has = (...names: readonly string[]) => args.some((arg) => names.includes(arg));
    const stray = args.find((arg) => arg.startsWith('-') && !RESTORE_OPTIONS.has(arg.replace(/=.*/, '')));
    if (stray !== undefined) return refuse(process, 1, `iptables-restore: ${strange(stray)}\nTry \`iptables-restore -h' for more information.`);
    const at = args.findIndex((arg) => arg === '-T' || arg === '--table');
    const file = args.find((arg, index) => !arg.startsWith('-') && (at < 0 || index !== at + 1) && !/^\d+$/.test(arg));
    try {
      const text = await readAll(process, file);
      if (!mayAdministerNetwork(process)) return refuse(process, 4, `iptables-restore${MUST_BE_ROOT}`);
      restore(process.netns.netfilter, text, { noFlush: has('-n', '--noflush'), counters: has('-c', '--counters'), test: has('-t', '--test'), ...(at >= 0 ? { table: args[at + 1]! } : {}) });
      return 0;
    } catch (error) {
      if (error instanceof RestoreError) return refuse(process, error.exitCode, error.message);
      if (error instanceof FileError) return refuse(process, 1, `Can't open ${file}: ${error.message}`);
      throw error;
    }
  },
};

async function readAll(process: Process, file: string | undefined): Promise<string> {
  const input = file === undefined ? process.stdin : openInput(process, absolute(process.cwd, file));
  let text = '';
  for (let piece = await input.read(); piece !== undefined; piece = await input.read()) text += piece;
  return text;
}
