/** `kubectl exec`. See kubectl/pkg/cmd/exec/exec.go. */
import type { Verb } from '../command.ts';
import { FILE_FLAGS } from '../files.ts';
import { KubectlError, plainError } from '../io.ts';
import { dig } from '../object.ts';
import { containerOf, podOf, podPath } from '../pods.ts';
import { streamContainer } from '../streams.ts';

export const exec: Verb = {
  name: 'exec',
  short: 'Execute a command in a container',
  long: 'Execute a command in a container.',
  examples: "# Get output from running the 'date' command from pod mypod, using the first container by default\nkubectl exec mypod -- date\n\n# Switch to raw terminal mode; sends stdin to 'bash' in ruby-container from pod mypod\nkubectl exec mypod -c ruby-container -i -t -- bash -il",
  usage: 'exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...] [options]',
  flags: [
    ...FILE_FLAGS,
    { name: 'container', short: 'c', type: 'string', value: '', help: 'Container name. If omitted, use the kubectl.kubernetes.io/default-container annotation for selecting the container to be attached or the first container in the pod will be chosen' },
    { name: 'stdin', short: 'i', type: 'bool', value: false, help: 'Pass stdin to the container' },
    { name: 'tty', short: 't', type: 'bool', value: false, help: 'Stdin is a TTY' },
    { name: 'quiet', short: 'q', type: 'bool', value: false, help: 'Only print output from the remote session' },
    { name: 'pod-running-timeout', type: 'duration', value: '1m0s', help: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running' },
  ],
  run: async (run) => {
    const [word, ...rest] = run.args;
    if (word === undefined || (run.dashAt === 0 && run.flags.list('filename').length === 0)) throw usage('pod, type/name or --filename must be specified');
    if (run.dashAt < 0 && rest.length > 0) throw usage("exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead");
    if (rest.length === 0) throw plainError('you must specify at least one command for the container');
    if (run.dashAt > 1) throw usage('exec [POD] -- [COMMAND]: expected one pod');
    const pod = await podOf(run, word);
    const phase = dig(pod, 'status', 'phase');
    if (phase === 'Succeeded' || phase === 'Failed') throw plainError(`cannot exec into a container in a completed pod; current phase is ${phase as string}`);
    const container = containerOf(run, pod, run.flags.text('container'), run.flags.bool('quiet'));
    const stdin = run.flags.bool('stdin');
    let tty = run.flags.bool('tty');
    if (tty && stdin && !run.io.terminal) {
      if (!run.flags.bool('quiet')) run.err('Unable to use a TTY - input is not a terminal or the right kind of file\n');
      tty = false;
    }
    const query = new URLSearchParams(rest.map((argument): [string, string] => ['command', argument]));
    for (const [key, value] of Object.entries({ container, ...(stdin ? { stdin: 'true' } : {}), stdout: 'true', ...(tty ? { tty: 'true' } : { stderr: 'true' }) })) query.set(key, value);
    return streamContainer(run, `${podPath(pod.metadata?.namespace ?? run.namespace, pod.metadata?.name ?? '', 'exec')}?${query.toString()}`, { stdin, tty });
  },
};

function usage(message: string): KubectlError {
  return new KubectlError(`error: ${message}\nSee 'kubectl exec -h' for help and examples`);
}
