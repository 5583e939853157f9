/** `kubectl create -f`, and the types that it can make from flags. See kubectl/pkg/cmd/create/create.go. */
import { StatusError } from '../client.ts';
import type { Verb } from '../command.ts';
import { each } from '../each.ts';
import { FILE_FLAGS, targetsOfFiles } from '../files.ts';
import { plainError, usageError } from '../io.ts';
import { withLastApplied } from '../last-applied.ts';
import type { KubeObject } from '../object.ts';
import { pathOf } from '../resources.ts';
import { dryRunOf, printResult } from '../result.ts';
import { CREATE_FLAGS, writeQuery } from '../send.ts';
import { clusterrole, clusterrolebinding, role, rolebinding, token } from './create/access.ts';
import { configmap, namespace, priorityclass, quota, secret, serviceaccount } from './create/config.ts';
import { ingress, service } from './create/services.ts';
import { cronjob, deployment, job, poddisruptionbudget } from './create/workloads.ts';

export const create: Verb = {
  name: 'create',
  short: 'Create a resource from a file or from stdin',
  long: 'Create a resource from a file or from stdin.\n\nJSON and YAML formats are accepted.',
  examples: '# Create a pod using the data in pod.json\nkubectl create -f ./pod.json\n\n# Create a pod based on the JSON passed into stdin\ncat pod.json | kubectl create -f -',
  usage: 'create -f FILENAME [options]',
  flags: [
    ...FILE_FLAGS, ...CREATE_FLAGS,
    { name: 'selector', short: 'l', type: 'string', value: '', help: "Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'." },
    { name: 'raw', type: 'string', value: '', help: 'Raw URI to POST to the server.  Uses the transport specified by the kubeconfig file.' },
    { name: 'edit', type: 'bool', value: false, help: 'Edit the API resource before creating. (Needs the real kubectl.)' },
  ],
  verbs: [clusterrole, clusterrolebinding, configmap, cronjob, deployment, ingress, job, namespace, poddisruptionbudget, priorityclass, quota, role, rolebinding, secret, service, serviceaccount, token],
  run: async (run) => {
    const { flags } = run;
    if (flags.list('filename').length === 0 && !flags.text('kustomize')) {
      if (run.args.length > 0) throw usageError(run.command, `Unexpected args: [${run.args.join(' ')}]`);
      throw plainError('must specify one of -f and -k');
    }
    if (run.args.length > 0) throw usageError(run.command, `Unexpected args: [${run.args.join(' ')}]`);
    if (flags.bool('edit')) throw plainError('--edit is not available in the kubectl that comes with cka: use kubectl create -f, then kubectl edit');
    if (flags.text('raw')) {
      const { readManifests } = await import('../files.ts');
      const [first] = await readManifests(run);
      run.out((await run.client.send('POST', flags.text('raw'), { body: first?.object })).text);
      return 0;
    }
    const dryRun = dryRunOf(run);
    const targets = await targetsOfFiles(run);
    const wanted = flags.text('selector') ? await selected(flags.text('selector')) : () => true;
    const chosen = targets.filter(({ object }) => wanted(object.metadata?.labels ?? {}));
    if (chosen.length === 0) throw plainError('no objects passed to create');
    return each(run, chosen, async ({ resource, namespace, object, source }) => {
      const place = namespace ?? run.namespace;
      const placed = resource.namespaced && !object.metadata?.namespace ? { ...object, metadata: { ...object.metadata, namespace: place } } : object;
      const body = flags.bool('save-config') ? withLastApplied(placed) : placed;
      if (dryRun === 'client') return printResult(run, body, 'created', dryRun);
      try {
        const answer = await run.client.json<KubeObject>('POST', pathOf(resource, place) + writeQuery(run, dryRun), { body });
        printResult(run, answer, 'created', dryRun);
      } catch (error) {
        if (error instanceof StatusError) throw new StatusError(when(error, 'creating', source));
        throw error;
      }
    });
  },
};

/** `error when creating "web.yaml": …`, as the builder's source is added to what the server said. */
export function when(error: StatusError, doing: string, source: string): StatusError['status'] {
  return { ...error.status, message: `error when ${doing} "${source}": ${error.status.message}` };
}

async function selected(text: string): Promise<(labels: Readonly<Record<string, string>>) => boolean> {
  const { labelMatcher } = await import('../labels.ts');
  return labelMatcher(text);
}
