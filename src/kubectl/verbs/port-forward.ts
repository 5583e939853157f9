/** `kubectl port-forward`: refused by name, with kubectl's own refusals of a wrong command line. */
import type { Verb } from '../command.ts';
import { plainError, usageError } from '../io.ts';
import { podOf } from '../pods.ts';

export const portForward: Verb = {
  name: 'port-forward', short: 'Forward one or more local ports to a pod', long: 'Forward one or more local ports to a pod. (Needs the real kubectl.)', examples: '', usage: 'port-forward TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  flags: [
    { name: 'address', type: 'strings', help: 'Addresses to listen on (comma separated).' },
    { name: 'pod-running-timeout', type: 'duration', value: '1m0s', help: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running' },
  ],
  run: async (run) => {
    if (run.args.length < 2) throw usageError(run.command, 'TYPE/NAME and list of ports are required for port-forward');
    await podOf(run, run.args[0]!);
    throw plainError('port-forward is not available in the kubectl that comes with cka: use kubectl exec with curl or wget, or install the real kubectl');
  },
};
