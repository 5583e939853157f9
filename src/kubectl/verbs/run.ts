/** `kubectl run`: one pod, perhaps attached to, perhaps removed afterwards. See kubectl/pkg/cmd/run/run.go. */
import { StatusError } from '../client.ts';
import type { Run, Verb } from '../command.ts';
import type { Flag } from '../flags.ts';
import { KubectlError, plainError, usageError } from '../io.ts';
import { isImageReference } from '../image-reference.ts';
import { dig, type KubeObject } from '../object.ts';
import { mergeOverrides, OVERRIDE_FLAGS } from '../overrides.ts';
import { podPath, PODS } from '../pods.ts';
import { pathOf } from '../resources.ts';
import { dryRunOf } from '../result.ts';
import { CREATE_FLAGS, managerFlag, sendNew, withNamespace, writeQuery } from '../send.ts';
import { withLastApplied } from '../last-applied.ts';
import { notFound, watchUntil } from '../watch-until.ts';
import { pairs } from './expose.ts';

const FLAGS: readonly Flag[] = [
  ...CREATE_FLAGS.filter((flag) => !['field-manager', 'validate'].includes(flag.name)), managerFlag('kubectl-run'), ...OVERRIDE_FLAGS,
  { name: 'image', type: 'string', value: '', help: 'The image for the container to run.' },
  { name: 'image-pull-policy', type: 'string', value: '', help: 'The image pull policy for the container.  If left empty, this value will not be specified by the client and defaulted by the server.' },
  { name: 'annotations', type: 'array', help: 'Annotations to apply to the pod.' },
  { name: 'labels', short: 'l', type: 'string', value: '', help: 'Comma separated labels to apply to the pod. Will override previous values.' },
  { name: 'env', type: 'array', help: 'Environment variables to set in the container.' },
  { name: 'port', type: 'string', value: '', help: 'The port that this container exposes.' },
  { name: 'expose', type: 'bool', value: false, help: 'If true, create a ClusterIP service associated with the pod.  Requires `--port`.' },
  { name: 'restart', type: 'string', value: 'Always', help: 'The restart policy for this Pod.  Legal values [Always, OnFailure, Never].' },
  { name: 'command', type: 'bool', value: false, help: "If true and extra arguments are present, use them as the 'command' field in the container, rather than the 'args' field which is the default." },
  { name: 'stdin', short: 'i', type: 'bool', value: false, help: 'Keep stdin open on the container in the pod, even if nothing is attached.' },
  { name: 'tty', short: 't', type: 'bool', value: false, help: 'Allocate a TTY for the container in the pod.' },
  { name: 'attach', type: 'bool', value: false, help: "If true, wait for the Pod to start running, and then attach to the Pod as if 'kubectl attach ...' were called.  Default false, unless '-i/--stdin' is set, in which case the default is true. With '--restart=Never' the exit code of the container process is returned." },
  { name: 'leave-stdin-open', type: 'bool', value: false, help: 'If the pod is started in interactive mode or with stdin, leave stdin open after the first attach completes. By default, stdin will be closed after the first attach completes.' },
  { name: 'rm', type: 'bool', value: false, help: 'If true, delete the pod after it exits.  Only valid when attaching to the container, e.g. with \'--attach\' or with \'-i/--stdin\'.' },
  { name: 'quiet', short: 'q', type: 'bool', value: false, help: 'If true, suppress prompt messages.' },
  { name: 'privileged', type: 'bool', value: false, help: 'If true, run the container in privileged mode.' },
  { name: 'pod-running-timeout', type: 'duration', value: '1m0s', help: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running' },
  { name: 'force', type: 'bool', value: false, help: 'If true, immediately remove resources from API and bypass graceful deletion.' },
  { name: 'grace-period', type: 'int', value: '-1', help: 'Period of time in seconds given to the resource to terminate gracefully. Ignored if negative.' },
  { name: 'now', type: 'bool', value: false, help: 'If true, resources are signaled for immediate shutdown (same as --grace-period=1).' },
];

export const runPod: Verb = {
  name: 'run', short: 'Run a particular image on the cluster', long: 'Create and run a particular image in a pod.',
  examples: '# Start a nginx pod\nkubectl run nginx --image=nginx\n\n# Dry run; print the corresponding API objects without creating them\nkubectl run nginx --image=nginx --dry-run=client\n\n# Start a busybox pod and keep it in the foreground, don\'t restart it if it exits\nkubectl run -i -t busybox --image=busybox --restart=Never',
  usage: 'run NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...] [options]',
  flags: FLAGS, required: ['image'],
  run: async (run) => {
    const { flags } = run;
    const names = run.dashAt >= 0 ? run.args.slice(0, run.dashAt) : run.args;
    const name = names[0];
    if (name === undefined) throw usageError(run.command, 'NAME is required for run');
    const image = flags.text('image');
    if (!isImageReference(image)) throw plainError(`Invalid image name ${JSON.stringify(image)}: invalid reference format`);
    const interactive = flags.bool('stdin');
    if (flags.bool('tty') && !interactive) throw plainError('-i/--stdin is required for containers with -t/--tty=true');
    const restart = flags.text('restart') || 'Always';
    if (!['Always', 'OnFailure', 'Never'].includes(restart)) throw usageError(run.command, `invalid restart policy: ${restart}`);
    const attach = flags.has('attach') ? flags.bool('attach') : interactive;
    if (flags.bool('rm') && !attach) throw usageError(run.command, '--rm should only be used for attached containers');
    const dryRun = dryRunOf(run);
    if (attach && dryRun !== 'none') throw usageError(run.command, '--dry-run=[server|client] can\'t be used with attached containers options (--attach, --stdin, or --tty)');
    if (flags.bool('expose') && !flags.text('port')) throw usageError(run.command, '--port must be set when exposing a service');
    const pod = mergeOverrides(run, podOf(run, name, restart));
    const place = { group: '', version: 'v1', plural: 'pods', namespaced: true };
    const service = flags.bool('expose') ? serviceOf(run, name, pod) : undefined;
    if (!attach) {
      // The service comes first, as there.
      if (service) {
        await sendNew(run, { ...place, plural: 'services' }, service, dryRun);
        // Two documents, parted twice: by `run`, and by its printer.
        if (flags.text('output') === 'yaml') run.out('---\n---\n');
      }
      await sendNew(run, place, pod, dryRun);
      return 0;
    }
    const body = flags.text('namespace') ? withNamespace(pod, flags.text('namespace')) : pod;
    const created = await run.client.json<KubeObject>('POST', pathOf(PODS, run.namespace) + writeQuery(run, 'none'), { body: flags.bool('save-config') ? withLastApplied(body) : body });
    try {
      return await follow(run, created, restart, interactive);
    } finally {
      if (flags.bool('rm')) await removePod(run, created);
    }
  },
};

function podOf(run: Run, name: string, restartPolicy: string): KubeObject {
  const { flags } = run;
  const rest = run.dashAt >= 0 ? run.args.slice(run.dashAt) : run.args.slice(1);
  const labels = flags.text('labels') ? pairs(flags.text('labels'), 'labels') : { run: name };
  const annotations = Object.fromEntries(flags.list('annotations').map((pair) => {
    const at = pair.indexOf('=');
    if (at <= 0) throw plainError(`invalid annotation format: ${pair}`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  }));
  const env = flags.list('env').map((pair) => {
    const at = pair.indexOf('=');
    if (at < 0) throw plainError(`invalid env: ${pair}`);
    return { name: pair.slice(0, at), ...(pair.slice(at + 1) === '' ? {} : { value: pair.slice(at + 1) }) };
  });
  const portText = flags.text('port');
  const port = Number(portText);
  if (portText && !Number.isInteger(port)) throw plainError(`strconv.Atoi: parsing ${JSON.stringify(portText)}: invalid syntax`);
  return {
    kind: 'Pod', apiVersion: 'v1',
    metadata: { name, creationTimestamp: null, labels, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: {
      containers: [{
        name, image: flags.text('image'), ...(rest.length > 0 ? { [flags.bool('command') ? 'command' : 'args']: rest } : {}), ...(portText ? { ports: [{ containerPort: port }] } : {}),
        ...(env.length > 0 ? { env } : {}), resources: {}, ...(flags.text('image-pull-policy') ? { imagePullPolicy: flags.text('image-pull-policy') } : {}),
        ...(flags.bool('privileged') ? { securityContext: { privileged: true } } : {}),
        ...(flags.bool('stdin') ? { stdin: true } : {}), ...(flags.bool('stdin') && !flags.bool('leave-stdin-open') ? { stdinOnce: true } : {}), ...(flags.bool('tty') ? { tty: true } : {}),
      }],
      restartPolicy, dnsPolicy: 'ClusterFirst',
    },
    status: {},
  };
}

function serviceOf(run: Run, name: string, pod: KubeObject): KubeObject {
  const port = Number(run.flags.text('port'));
  return { kind: 'Service', apiVersion: 'v1', metadata: { name, creationTimestamp: null, ...(run.flags.text('labels') ? { labels: pod.metadata?.labels ?? {} } : {}) }, spec: { ports: [{ protocol: 'TCP', port, targetPort: port }], selector: pod.metadata?.labels ?? {} }, status: { loadBalancer: {} } };
}

/** Until the pod runs: attach; when it has ended already: its log. With `Never` its exit code is ours. */
async function follow(run: Run, pod: KubeObject, restart: string, stdin: boolean): Promise<number> {
  const { flags } = run;
  const name = pod.metadata?.name ?? '';
  const namespace = pod.metadata?.namespace ?? run.namespace;
  if (stdin && !flags.bool('quiet')) run.err("If you don't see a command prompt, try pressing enter.\n");
  const started = await untilPhase(run, namespace, name, ['Running', 'Succeeded', 'Failed'], flags.duration('pod-running-timeout'));
  const phase = dig(started, 'status', 'phase');
  const container = (dig(started, 'spec', 'containers') as { name: string }[])[0]!.name;
  const log = async () => run.io.stdout((await run.client.send('GET', podPath(namespace, name, 'log') + `?container=${container}`, { accept: 'application/json, */*' })).text);
  if (phase === 'Succeeded' || phase === 'Failed') await log();
  else {
    const { attachTo } = await import('./attach.ts');
    await attachTo(run, started, container, { stdin, tty: flags.bool('tty'), quiet: flags.bool('quiet') }).catch(async (error: unknown) => {
      if (!(error instanceof KubectlError || error instanceof StatusError) || run.io.signal.aborted) throw error;
      run.err(`warning: couldn't attach to pod/${name}, falling back to streaming logs: ${error.message}\n`);
      await log();
    });
  }
  if (restart === 'Always' || (stdin && flags.bool('leave-stdin-open'))) return 0;
  const ended = restart === 'Never' ? await untilPhase(run, namespace, name, ['Succeeded', 'Failed'], 60_000) : undefined;
  if (!ended || dig(ended, 'status', 'phase') === 'Succeeded') return 0;
  const code = (dig(ended, 'status', 'containerStatuses', 0, 'state', 'terminated', 'exitCode') as number | undefined) ?? 1;
  throw new KubectlError(code === 0 ? `error: pod failed with unknown exit code` : `pod ${namespace}/${name} terminated (${(dig(ended, 'status', 'containerStatuses', 0, 'state', 'terminated', 'reason') as string | undefined) ?? 'Error'})`, code || 1);
}

async function untilPhase(run: Run, namespace: string, name: string, phases: readonly string[], limitMs: number): Promise<KubeObject> {
  const watched = { resource: PODS, namespace, name };
  const pod = await watchUntil(run, watched, limitMs, ({ object, wentAway }) => {
    if (!object) throw notFound(wentAway ? { ...watched, name: '' } : watched);
    return phases.includes(String(dig(object, 'status', 'phase'))) ? object : undefined;
  });
  if (!pod) throw plainError('timed out waiting for the condition');
  return pod;
}

async function removePod(run: Run, pod: KubeObject): Promise<void> {
  const { flags } = run;
  const grace = flags.bool('now') ? 1 : flags.bool('force') && flags.int('grace-period') < 0 ? 0 : flags.int('grace-period');
  try {
    await run.client.json('DELETE', podPath(pod.metadata?.namespace ?? run.namespace, pod.metadata?.name ?? ''), { body: { propagationPolicy: 'Background', ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}) } });
  } catch (error) {
    if (error instanceof StatusError && error.status.reason === 'NotFound') return;
    throw error;
  }
  if (!flags.bool('quiet')) run.out(`pod "${pod.metadata?.name}" deleted\n`);
}
