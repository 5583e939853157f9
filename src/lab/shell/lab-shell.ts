/**
 * The learner's own shell, told about one lab: its kubeconfig, our stand-ins first in PATH, the lab's name in the prompt.
 * Everything is written into a run-time folder of ours; the learner's own files are read, never written.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import type { Cluster } from '../../cluster/cluster.ts';
import { findProgram } from '../../cluster/find-program.ts';
import { reachableNames } from '../../cluster/node-names.ts';
import { writeLabKubeconfig } from './kubeconfig.ts';
import { ownFolder } from './own-folder.ts';
import { writeStandIns } from './stand-ins.ts';
import { bashFile, exports, exportsFish, fishFile, shFile, type StartUp, zshFile } from './start-up-files.ts';
import { quote, quoteFish } from './quote.ts';

export interface ShellFolders {
  /** For what lasts while a cluster runs. */
  readonly run: string;
  /** For what the learner keeps: the folder that the shell starts in. */
  readonly data: string;
  readonly cache: string;
  /** The command line that starts this program. */
  readonly self: readonly string[];
  /** The environment of this process. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface LabShell {
  /** To start the learner's shell. */
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** What differs from the learner's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** The same as commands for a shell to evaluate. */
  readonly posix: string;
  readonly fish: string;
}

/** What a shell works on: a lab, or a whole cluster when it has no id. */
export interface ShellSubject {
  readonly id?: string;
  readonly namespaces: readonly string[];
  /** What stands in the prompt; the last part of the id, or the cluster's name, when not given. */
  readonly label?: string;
  /** Set besides everything else. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Read last by the shell. */
  readonly also?: StartUp['also'];
}

/** Write what the shell needs and say how to start it. Idempotent. */
export async function prepareShell(subject: ShellSubject, cluster: Cluster, folders: ShellFolders): Promise<LabShell> {
  const { info } = cluster;
  const name = subject.label ?? subject.id?.split('/')[1] ?? info.name;
  const folder = join(folders.run, 'shells', info.name, subject.id?.replace('/', '.') ?? subject.label ?? 'cluster');
  const work = join(folders.data, 'work', name);
  const bin = join(folders.run, 'shells', info.name, 'bin');
  const kubeconfig = join(folder, 'kubeconfig');
  await ownFolder(folders.run);
  await ownFolder(folders.data);
  await mkdir(join(folder, 'zsh'), { recursive: true, mode: 0o700 });
  await mkdir(work, { recursive: true, mode: 0o700 });
  await writeStandIns({ folder: bin, self: folders.self, cluster: info.name, nodes: reachableNames(info), path: folders.env['PATH'] });
  await writeLabKubeconfig(info.kubeconfig, kubeconfig, subject.namespaces[0]!);

  const environment = {
    KUBECONFIG: kubeconfig,
    // Real kubectl would otherwise keep what it discovered under the learner's home.
    KUBECACHEDIR: join(folders.cache, 'kube'),
    LESSHISTFILE: '-',
    ...(subject.id === undefined ? {} : { CKA_LAB: subject.id }),
    CKA_CLUSTER: info.name,
    PATH: [bin, ...(folders.env['PATH'] ?? '').split(delimiter).filter((part) => part !== bin)].join(delimiter),
    ...editor(folders.env),
    ...(folders.env['CKA_HOME'] === undefined ? {} : { CKA_HOME: folders.env['CKA_HOME'] }),
    ...subject.environment,
  };
  const color = folders.env['NO_COLOR'] === undefined && folders.env['TERM'] !== 'dumb';
  const start: StartUp = { labName: name, environment, bin, history: join(folder, 'history'), color, ...(subject.also ? { also: subject.also } : {}) };
  const command = await startCommand(start, folder, folders.env);
  const inherited = Object.fromEntries(Object.entries(folders.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
  return {
    file: command.file,
    args: command.args,
    env: { ...inherited, ...environment, ...command.env },
    cwd: work,
    environment,
    posix: exports(environment, bin),
    fish: exportsFish(environment, bin),
  };
}

interface StartCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** How the learner's own shell is started so that it reads our file. */
export async function startCommand(start: StartUp, folder: string, env: ShellFolders['env']): Promise<StartCommand> {
  const wanted = env['SHELL'] ?? '';
  const kind = basename(wanted);
  const bash = kind === 'bash' ? wanted : findProgram('bash', env['PATH']);
  if (kind === 'zsh') {
    const dot = env['ZDOTDIR'] ?? env['HOME'] ?? '/';
    await writeFile(join(folder, 'zsh', '.zshenv'), `[ -r ${quote(`${dot}/.zshenv`)} ] && . ${quote(`${dot}/.zshenv`)}\n`);
    await writeFile(join(folder, 'zsh', '.zshrc'), zshFile(start, dot));
    return { file: wanted, args: ['-i'], env: { ZDOTDIR: join(folder, 'zsh') } };
  }
  if (kind === 'fish') {
    const file = join(folder, 'config.fish');
    await writeFile(file, fishFile(start));
    return { file: wanted, args: ['-i', '--init-command', `source ${quoteFish(file)}`], env: {} };
  }
  if (bash) {
    const file = join(folder, 'bashrc');
    await writeFile(file, bashFile(start));
    return { file: bash, args: ['--rcfile', file, '-i'], env: {} };
  }
  const file = join(folder, 'shrc');
  await writeFile(file, shFile(start));
  return { file: '/bin/sh', args: ['-i'], env: { ENV: file } };
}

/** What `kubectl edit` opens when the learner has chosen nothing. */
function editor(env: ShellFolders['env']): { readonly EDITOR?: string } {
  if (env['EDITOR'] ?? env['KUBE_EDITOR']) return {};
  const found = ['vim', 'vi', 'nano'].find((name) => findProgram(name, env['PATH']));
  return found === undefined ? {} : { EDITOR: found };
}
