/**
 * The terminals of an exam: one shell for each task's host, where kubectl knows that task's cluster and nothing else, and
 * the bare base host, which has no kubectl and from which every host is reached by `ssh`. Every shell records what is typed.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Lab } from '../lab.ts';
import { type LabShell, prepareShell, type ShellFolders, startCommand } from '../shell/lab-shell.ts';
import { ownFolder } from '../shell/own-folder.ts';
import { commandLine, quote } from '../shell/quote.ts';
import { FIND_HOST, script, SHIFT_TO_COMMAND } from '../shell/stand-ins.ts';
import { exports, exportsFish } from '../shell/start-up-files.ts';
import type { ExamPlan, ExamTask } from './plan.ts';
import { recordBash, recordFish, recordZsh } from './shell-record.ts';

/** The name of the host that an exam begins on. */
export const BASE_HOST = 'base';

export interface ExamFolders extends ShellFolders {
  /** The folder of this exam, which outlives its clusters. */
  readonly exam: string;
}

/** Where the shells of one host note what is typed. */
export const recordOf = (exam: string, host: string): string => join(exam, 'typed', `${host}.tsv`);

/** The shell on a task's host; from then on `ssh` of the base host leads there. */
export async function hostShell(plan: ExamPlan, task: ExamTask, lab: Lab, cluster: Cluster, folders: ExamFolders): Promise<LabShell> {
  const run = runOf(plan, folders);
  const shell = await prepareShell(
    { label: task.host, namespaces: lab.namespaces, environment: { CKA_EXAM: plan.id, CKA_TASK: task.id }, also: await recording(folders, task.host) },
    cluster,
    { ...folders, run, data: folders.exam, env: withoutBase(folders, run) },
  );
  const hosts = join(run, 'hosts');
  await mkdir(hosts, { recursive: true, mode: 0o700 });
  const own = Object.entries(shell.env).filter(([name, value]) => folders.env[name] !== value && shell.environment[name] === undefined);
  await script(join(hosts, task.host), [
    shell.posix,
    `export PATH=${quote(shell.environment['PATH'] ?? '')}`,
    ...own.map(([name, value]) => `export ${name}=${quote(value)}`),
    `cd ${quote(shell.cwd)} || exit`,
    'if [ $# -gt 0 ]; then exec sh -c "$*"; fi',
    `exec ${commandLine([shell.file, ...shell.args])}`,
  ].join('\n'));
  return shell;
}

/** The shell that an exam with a bare host begins in. */
export async function baseShell(plan: ExamPlan, folders: ExamFolders): Promise<LabShell> {
  const run = runOf(plan, folders);
  const folder = join(run, 'base');
  const bin = join(folder, 'bin');
  const work = join(folders.exam, 'work', BASE_HOST);
  await ownFolder(folders.run);
  await mkdir(join(folder, 'zsh'), { recursive: true, mode: 0o700 });
  await mkdir(bin, { recursive: true, mode: 0o700 });
  await mkdir(work, { recursive: true, mode: 0o700 });
  await script(join(bin, 'ssh'), sshFromBase(plan, join(run, 'hosts')));
  await script(join(bin, 'cka'), `exec ${commandLine(folders.self)} "$@"`);
  const shellName = basename(folders.env['SHELL'] ?? 'sh');
  await script(join(bin, 'kubectl'), `echo '${shellName}: kubectl: command not found' >&2\nexit 127`);
  const kubeconfig = join(folder, 'kubeconfig');
  // Whatever else finds a kubeconfig by itself must not find the learner's own.
  await writeFile(kubeconfig, 'apiVersion: v1\nkind: Config\n', { mode: 0o600 });
  const environment = {
    KUBECONFIG: kubeconfig,
    CKA_EXAM: plan.id,
    LESSHISTFILE: '-',
    PATH: [bin, ...(folders.env['PATH'] ?? '').split(delimiter).filter((part) => part !== bin)].join(delimiter),
    ...(folders.env['CKA_HOME'] === undefined ? {} : { CKA_HOME: folders.env['CKA_HOME'] }),
  };
  const color = folders.env['NO_COLOR'] === undefined && folders.env['TERM'] !== 'dumb';
  const also = await recording(folders, BASE_HOST);
  const command = await startCommand({ labName: BASE_HOST, environment, bin, history: join(folder, 'history'), color, also }, folder, folders.env);
  const inherited = Object.fromEntries(Object.entries(folders.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
  return {
    file: command.file, args: command.args, env: { ...inherited, ...environment, ...command.env }, cwd: work,
    environment, posix: exports(environment, bin), fish: exportsFish(environment, bin),
  };
}

/** The base host's folder of stand-ins has a kubectl that is none. */
function withoutBase({ env }: ExamFolders, run: string): ShellFolders['env'] {
  return { ...env, PATH: (env['PATH'] ?? '').split(delimiter).filter((part) => part !== join(run, 'base', 'bin')).join(delimiter) };
}

const runOf = (plan: ExamPlan, folders: ExamFolders): string => join(folders.run, 'exams', plan.id);

async function recording(folders: ExamFolders, host: string) {
  const file = recordOf(folders.exam, host);
  await mkdir(join(folders.exam, 'typed'), { recursive: true, mode: 0o700 });
  const options = { file, host };
  return { bash: recordBash(options), zsh: recordZsh(options), fish: recordFish(options) };
}

/** A host that is not there yet refuses, as a machine that is still starting does. */
function sshFromBase(plan: ExamPlan, hosts: string): string {
  return `${FIND_HOST}
case "\${host-}" in
  ${plan.tasks.map(({ host }) => host).join(' | ')})
    ${SHIFT_TO_COMMAND}
    if [ -x ${quote(hosts)}/"$host" ]; then exec ${quote(hosts)}/"$host" "$@"; fi
    echo "ssh: connect to host $host port 22: Connection refused" >&2
    exit 255
    ;;
esac
echo "ssh: Could not resolve hostname \${host-}: Name or service not known" >&2
exit 255`;
}
