/** `kubectl cluster-info dump`: everything of some namespaces, and what their containers said. See kubectl/pkg/cmd/clusterinfo/clusterinfo_dump.go. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { StatusError } from '../client.ts';
import type { Run, Verb } from '../command.ts';
import { dig, type KubeObject, type List } from '../object.ts';
import { podPath } from '../pods.ts';
import { formatOf, printObject } from '../print-objects.ts';
import { plainError } from '../io.ts';

/** What is asked for in each namespace, in this order, and the file that it would be in. */
const KINDS: readonly (readonly [path: string, file: string])[] = [
  ['api/v1', 'events'], ['api/v1', 'replicationcontrollers'], ['api/v1', 'services'], ['apis/apps/v1', 'daemonsets'], ['apis/apps/v1', 'deployments'], ['apis/apps/v1', 'replicasets'], ['api/v1', 'pods'],
];
const FILES: Readonly<Record<string, string>> = { replicationcontrollers: 'replication-controllers' };

export const clusterInfoDump: Verb = {
  name: 'dump',
  short: 'Dump relevant information for debugging and diagnosis',
  long: "Dump cluster information out suitable for debugging and diagnosing cluster problems. By default, dumps everything to stdout. You can optionally specify a directory with --output-directory. By default, only dumps things in the current namespace and 'kube-system' namespace, but you can switch to a different namespace with the --namespaces flag, or specify --all-namespaces to dump all namespaces.",
  examples: '# Dump current cluster state to stdout\nkubectl cluster-info dump\n\n# Dump all namespaces to stdout\nkubectl cluster-info dump --all-namespaces',
  usage: 'cluster-info dump [options]',
  flags: [
    { name: 'all-namespaces', short: 'A', type: 'bool', value: false, help: 'If true, dump all namespaces.  If true, --namespaces is ignored.' },
    { name: 'namespaces', type: 'strings', value: '', help: 'A comma separated list of namespaces to dump.' },
    { name: 'output', short: 'o', type: 'string', value: 'json', help: 'Output format. One of: (json, yaml, name, go-template, go-template-file, template, templatefile, jsonpath, jsonpath-as-json, jsonpath-file).' },
    { name: 'output-directory', type: 'string', value: '', help: "Where to output the files.  If empty or '-' uses stdout, otherwise creates a directory hierarchy in that directory" },
    { name: 'show-managed-fields', type: 'bool', value: false, help: 'If true, keep the managedFields when printing objects in JSON or YAML format.' },
  ],
  run: async (run) => {
    const directory = run.flags.text('output-directory');
    const isToFiles = directory !== '' && directory !== '-';
    const at = (file: string) => (isToFiles ? writingTo(resolve(run.io.cwd, join(directory, file))) : run);
    show(run, at(`nodes.${extension(run)}`), await run.client.json<List>('GET', '/api/v1/nodes'));
    for (const namespace of await namespacesOf(run)) {
      let pods: readonly KubeObject[] = [];
      for (const [path, kind] of KINDS) {
        const list = await run.client.json<List>('GET', `/${path}/namespaces/${namespace}/${kind}`);
        show(run, at(`${namespace}/${FILES[kind] ?? kind}.${extension(run)}`), list);
        if (kind === 'pods') pods = list.items;
      }
      for (const pod of pods) await logs(run, at(`${namespace}/${pod.metadata?.name}/logs.txt`), pod);
    }
    if (isToFiles) run.out(`Cluster info dumped to ${directory}\n`);
    return 0;
  },
};

async function namespacesOf(run: Run): Promise<readonly string[]> {
  if (run.flags.bool('all-namespaces')) return (await run.client.json<List>('GET', '/api/v1/namespaces')).items.map((one) => one.metadata?.name ?? '');
  const named = run.flags.list('namespaces');
  return named.length > 0 ? named : ['kube-system', run.namespace];
}

/** As Go's structs are written: the kind first, and items without one. */
function show(run: Run, to: Pick<Run, 'out'>, list: List): void {
  const format = formatOf(run);
  if (format.type === 'table' || format.type === 'wide') throw plainError(`unable to match a printer suitable for the output format "${run.flags.text('output')}", allowed formats are: go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,yaml`);
  const { kind, apiVersion, metadata } = list as List & KubeObject;
  const items = list.items.map(({ kind: _kind, apiVersion: _apiVersion, ...item }) => item);
  printObject(Object.assign(Object.create(run) as Run, { out: to.out }), format, { kind, apiVersion, metadata, items } as unknown as KubeObject, undefined, { typed: true });
}

const extension = (run: Run): string => (['json', 'yaml'].includes(run.flags.text('output')) ? run.flags.text('output') : 'txt');

async function logs(run: Run, to: Pick<Run, 'out'>, pod: KubeObject): Promise<void> {
  const { name = '', namespace = '' } = pod.metadata ?? {};
  const containers = [...((dig(pod, 'spec', 'initContainers') as { name: string }[] | undefined) ?? []), ...((dig(pod, 'spec', 'containers') as { name: string }[] | undefined) ?? [])];
  for (const container of containers) {
    to.out(`==== START logs for container ${container.name} of pod ${namespace}/${name} ====\n`);
    to.out(await said(run, `${podPath(namespace, name, 'log')}?container=${encodeURIComponent(container.name)}`));
    to.out(`==== END logs for container ${container.name} of pod ${namespace}/${name} ====\n`);
  }
}

/** A container that has not begun has said nothing; the server's words about it stand in that place. */
async function said(run: Run, path: string): Promise<string> {
  try {
    let text = '';
    for await (const chunk of (await run.client.stream(path, 'application/json, */*')).setEncoding('utf8')) text += chunk as string;
    return text;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return `${error.message}\n`;
  }
}

function writingTo(path: string): Pick<Run, 'out'> {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  return { out: (text) => writeFileSync(path, text, { flag: 'a' }) };
}
