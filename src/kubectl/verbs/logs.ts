/** `kubectl logs`. See kubectl/pkg/cmd/logs/logs.go. */
import { StatusError } from '../client.ts';
import type { Run, Verb } from '../command.ts';
import { isRefusal } from '../each.ts';
import { KubectlError, plainError } from '../io.ts';
import { dig, type KubeObject, type List } from '../object.ts';
import { containerOf, containersOf, podPath, podsOf } from '../pods.ts';
import { pathOf } from '../resources.ts';

export const logs: Verb = {
  name: 'logs',
  short: 'Print the logs for a container in a pod',
  long: 'Print the logs for a container in a pod or specified resource. If the pod has only one container, the container name is optional.',
  examples: '# Return snapshot logs from pod nginx with only one container\nkubectl logs nginx\n\n# Begin streaming the logs of the ruby container in pod web-1\nkubectl logs -f -c ruby web-1\n\n# Display only the most recent 20 lines of output in pod nginx\nkubectl logs --tail=20 nginx',
  usage: 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER] [options]',
  flags: [
    { name: 'follow', short: 'f', type: 'bool', value: false, help: 'Specify if the logs should be streamed.' },
    { name: 'previous', short: 'p', type: 'bool', value: false, help: 'If true, print the logs for the previous instance of the container in a pod if it exists.' },
    { name: 'container', short: 'c', type: 'string', value: '', help: 'Print the logs of this container' },
    { name: 'all-containers', type: 'bool', value: false, help: "Get all containers' logs in the pod(s)." },
    { name: 'all-pods', type: 'bool', value: false, help: 'Get logs from all pod(s). Sets prefix to true.' },
    { name: 'selector', short: 'l', type: 'string', value: '', help: "Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'.(e.g. -l key1=value1,key2=value2,key3 in (value3)). Matching objects must satisfy all of the specified label constraints." },
    { name: 'since', type: 'duration', value: '0s', help: 'Only return logs newer than a relative duration like 5s, 2m, or 3h. Defaults to all logs. Only one of since-time / since may be used.' },
    { name: 'since-time', type: 'string', value: '', help: 'Only return logs after a specific date (RFC3339). Defaults to all logs. Only one of since-time / since may be used.' },
    { name: 'tail', type: 'int', value: '-1', help: 'Lines of recent log file to display. Defaults to -1 with no selector, showing all log lines otherwise 10, if a selector is provided.' },
    { name: 'limit-bytes', type: 'int', value: '0', help: 'Maximum bytes of logs to return. Defaults to no limit.' },
    { name: 'timestamps', type: 'bool', value: false, help: 'Include timestamps on each line in the log output' },
    { name: 'prefix', type: 'bool', value: false, help: 'Prefix each log line with the log source (pod name and container name)' },
    { name: 'ignore-errors', type: 'bool', value: false, help: 'If watching / following pod logs, allow for any errors that occur to be non-fatal' },
    { name: 'max-log-requests', type: 'int', value: '5', help: 'Specify maximum number of concurrent logs to follow when using by a selector. Defaults to 5.' },
    { name: 'pod-running-timeout', type: 'duration', value: '20s', help: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running' },
  ],
  run: async (run) => {
    const { flags, args } = run;
    const selector = flags.text('selector');
    if (args.length === 0 && !selector) throw usage('expected \'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]\'.\nPOD or TYPE/NAME is a required argument for the logs command');
    if (selector && args.length > 0) throw plainError('only a selector (-l) or a POD name is allowed');
    if (args.length > 2) throw usage('expected \'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]\'.\nPOD or TYPE/NAME is a required argument for the logs command');
    if (flags.text('since-time') && flags.has('since')) throw plainError('at most one of `sinceTime` or `sinceSeconds` may be specified');
    if (flags.has('tail') && flags.int('tail') < -1) throw plainError('--tail must be greater than or equal to -1');
    if (flags.bool('all-containers') && (flags.text('container') || args.length === 2)) throw plainError(`--all-containers=true should not be specified with container name ${flags.text('container') || args[1]}`);
    const pods = await podsFor(run, selector);
    if (pods.length === 0) {
      run.err(`No resources found in ${run.namespace} namespace.\n`);
      return 0;
    }
    const sources = pods.flatMap((pod) => {
      const asked = flags.text('container') || args[1] || '';
      const names = flags.bool('all-containers') ? inOrder(pod) : [known(pod, containerOf(run, pod, asked, false))];
      return names.map((container) => ({ pod, container }));
    });
    if (flags.bool('follow') && sources.length > flags.int('max-log-requests')) {
      throw plainError(`you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${flags.int('max-log-requests')}, use --max-log-requests to increase the limit`);
    }
    const one = async (source: { pod: KubeObject; container: string }) => {
      try {
        await stream(run, source.pod, source.container, selector !== '');
      } catch (error) {
        if (!flags.bool('ignore-errors') || !isRefusal(error)) throw error;
        run.out(`error: ${error.message.replace(/^error: /, '')}\n`);
      }
    };
    if (flags.bool('follow')) await Promise.all(sources.map(one));
    else for (const source of sources) await one(source);
    return 0;
  },
};

/** @throws KubectlError for a container that the pod does not have */
function known(pod: KubeObject, container: string): string {
  const { main, all } = containersOf(pod);
  if (all.includes(container)) return container;
  throw plainError(`container ${container} is not valid for pod ${pod.metadata?.name}${main.length > 1 ? ` out of: ${main.join(', ')}` : ''}`);
}

async function podsFor(run: Run, selector: string): Promise<readonly KubeObject[]> {
  if (selector) {
    const list = await run.client.json<List>('GET', `/api/v1/namespaces/${run.namespace}/pods?labelSelector=${encodeURIComponent(selector)}`);
    return list.items;
  }
  const [type, name] = run.args[0]!.includes('/') ? (run.args[0]!.split('/') as [string, string]) : ['pods', run.args[0]!];
  const resource = (await run.resources()).need(type);
  const object = await run.client.json<KubeObject>('GET', pathOf(resource, run.namespace, name)).catch((error: unknown) => {
    if (error instanceof StatusError && error.status.reason === 'NotFound') throw plainError(`error from server (NotFound): ${error.status.message} in namespace ${JSON.stringify(run.namespace)}`);
    throw error;
  });
  if (resource.plural === 'pods') return [object];
  const pods = await podsOf(run, resource, object);
  if (pods.length === 0 || run.flags.bool('all-pods')) return pods;
  if (pods.length > 1) run.err(`Found ${pods.length} pods, using pod/${pods[0]!.metadata?.name}\n`);
  return [pods[0]!];
}

function inOrder(pod: KubeObject): readonly string[] {
  const init = ((dig(pod, 'spec', 'initContainers') as { name: string }[] | undefined) ?? []).map((one) => one.name);
  return [...init, ...containersOf(pod).main];
}

async function stream(run: Run, pod: KubeObject, container: string, selected: boolean): Promise<void> {
  const { flags } = run;
  const query = new URLSearchParams({ container });
  if (flags.bool('follow')) query.set('follow', 'true');
  if (flags.bool('previous')) query.set('previous', 'true');
  if (flags.bool('timestamps')) query.set('timestamps', 'true');
  if (flags.int('limit-bytes') > 0) query.set('limitBytes', flags.text('limit-bytes'));
  if (flags.duration('since') > 0) query.set('sinceSeconds', String(Math.ceil(flags.duration('since') / 1000)));
  if (flags.text('since-time')) query.set('sinceTime', flags.text('since-time'));
  const tail = flags.has('tail') ? flags.int('tail') : selected && !flags.bool('follow') ? 10 : -1;
  if (tail >= 0) query.set('tailLines', String(tail));
  const body = await run.client.stream(`${podPath(pod.metadata?.namespace ?? run.namespace, pod.metadata?.name ?? '', 'log')}?${query.toString()}`, 'application/json, */*');
  const prefix = flags.bool('prefix') || flags.bool('all-pods') ? `[pod/${pod.metadata?.name}/${container}] ` : '';
  const abort = () => body.destroy();
  run.io.signal.addEventListener('abort', abort, { once: true });
  let atLineStart = true;
  // Bytes go through as they are; what is taken apart is taken apart by whole letters.
  if (prefix) body.setEncoding('utf8');
  try {
    for await (const chunk of body) {
      if (!prefix) {
        run.io.stdout(chunk as Buffer);
        continue;
      }
      for (const line of (chunk as string).split(/(?<=\n)/)) {
        run.out(atLineStart ? prefix + line : line);
        atLineStart = line.endsWith('\n');
      }
    }
  } catch (error) {
    if (!run.io.signal.aborted) throw error;
  } finally {
    run.io.signal.removeEventListener('abort', abort);
  }
}

function usage(message: string): KubectlError {
  return new KubectlError(`error: ${message}\nSee 'kubectl logs -h' for help and examples`);
}
