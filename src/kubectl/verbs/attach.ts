/** `kubectl attach`. See kubectl/pkg/cmd/attach/attach.go. */
import type { Run, Verb } from '../command.ts';
import { plainError, usageError } from '../io.ts';
import { dig, type KubeObject } from '../object.ts';
import { containerOf, podOf, podPath } from '../pods.ts';
import { streamContainer } from '../streams.ts';

export const attach: Verb = {
  name: 'attach', short: 'Attach to a running container', long: 'Attach to a process that is already running inside an existing container.',
  examples: "# Get output from running pod mypod; use the 'kubectl.kubernetes.io/default-container' annotation\nkubectl attach mypod\n\n# Switch to raw terminal mode; sends stdin to 'bash' in ruby-container from pod mypod\nkubectl attach mypod -c ruby-container -i -t",
  usage: 'attach (POD | TYPE/NAME) -c CONTAINER [options]',
  flags: [
    { name: 'container', short: 'c', type: 'string', value: '', help: 'Container name. If omitted, use the kubectl.kubernetes.io/default-container annotation for selecting the container to be attached or the first container in the pod will be chosen' },
    { name: 'stdin', short: 'i', type: 'bool', value: false, help: 'Pass stdin to the container' },
    { name: 'tty', short: 't', type: 'bool', value: false, help: 'Stdin is a TTY' },
    { name: 'quiet', short: 'q', type: 'bool', value: false, help: 'Only print output from the remote session' },
    { name: 'pod-running-timeout', type: 'duration', value: '1m0s', help: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running' },
  ],
  run: async (run) => {
    if (run.args.length === 0) throw plainError('at least 1 argument is required for attach');
    if (run.args.length > 2) throw usageError(run.command, 'expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ' + `${run.args.length}: [${run.args.join(' ')}]`);
    const pod = await podOf(run, run.args.length === 2 ? `${run.args[0]}/${run.args[1]}` : run.args[0]!);
    const phase = dig(pod, 'status', 'phase') as string;
    if (phase === 'Succeeded' || phase === 'Failed') throw plainError(`cannot attach a container in a completed pod; current phase is ${phase}`);
    const container = containerOf(run, pod, run.flags.text('container'), run.flags.bool('quiet'));
    return attachTo(run, pod, container, { stdin: run.flags.bool('stdin'), tty: run.flags.bool('tty'), quiet: run.flags.bool('quiet') });
  },
};

interface How {
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly quiet: boolean;
}

export async function attachTo(run: Run, pod: KubeObject, container: string, how: How): Promise<number> {
  const spec = (dig(pod, 'spec', 'containers') as { name: string; tty?: boolean; stdin?: boolean }[]).find((one) => one.name === container);
  let tty = how.tty && how.stdin;
  if (tty && spec && !spec.tty) {
    tty = false;
    if (!how.quiet) run.err(`error: Unable to use a TTY - container ${container} did not allocate one\n`);
  } else if (!how.tty && spec?.tty) {
    // The container has a terminal: it must be spoken to as one.
    tty = true;
  }
  if (tty && how.stdin && !run.io.terminal && how.tty) {
    if (!how.quiet) run.err('Unable to use a TTY - input is not a terminal or the right kind of file\n');
    tty = spec?.tty ?? false;
  }
  if (how.stdin && tty && !how.quiet) run.err("If you don't see a command prompt, try pressing enter.\n");
  const query = new URLSearchParams({ container, ...(how.stdin ? { stdin: 'true' } : {}), stdout: 'true', ...(tty ? { tty: 'true' } : { stderr: 'true' }) });
  return streamContainer(run, `${podPath(pod.metadata?.namespace ?? run.namespace, pod.metadata?.name ?? '', 'attach')}?${query.toString()}`, { stdin: how.stdin, tty });
}
