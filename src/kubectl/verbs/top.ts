/** `kubectl top`: needs the metrics API, which most practice clusters lack. See kubectl/pkg/cmd/top. */
import type { Run, Verb } from '../command.ts';
import { plainError } from '../io.ts';

async function needMetrics(run: Run): Promise<number> {
  const groups = await run.client.json<{ groups?: { name: string }[] }>('GET', '/apis', { accept: 'application/json' });
  if (!groups.groups?.some((group) => group.name === 'metrics.k8s.io')) throw plainError('Metrics API not available');
  throw plainError('top is not available in the kubectl that comes with cka: install the real kubectl');
}

const flags: Verb['flags'] = [
  { name: 'selector', short: 'l', type: 'string', value: '', help: 'Selector (label query) to filter on' },
  { name: 'sort-by', type: 'string', value: '', help: "If non-empty, sort list using specified field. The field can be either 'cpu' or 'memory'." },
  { name: 'no-headers', type: 'bool', value: false, help: 'If present, print output without headers' },
];

const node: Verb = { name: 'node', aliases: ['nodes', 'no'], short: 'Display resource (CPU/memory) usage of nodes', long: 'Display resource (CPU/memory) usage of nodes.', examples: '', usage: 'top node [NAME | -l label] [options]', flags, run: needMetrics };
const pod: Verb = {
  name: 'pod', aliases: ['pods', 'po'], short: 'Display resource (CPU/memory) usage of pods', long: 'Display resource (CPU/memory) usage of pods.', examples: '', usage: 'top pod [NAME | -l label] [options]',
  flags: [...flags, { name: 'all-namespaces', short: 'A', type: 'bool', value: false, help: 'If present, list the requested object(s) across all namespaces.' }, { name: 'containers', type: 'bool', value: false, help: 'If present, print usage of containers within a pod.' }, { name: 'sum', type: 'bool', value: false, help: 'Print the sum of the resource usage' }, { name: 'field-selector', type: 'string', value: '', help: 'Selector (field query) to filter on' }], run: needMetrics,
};

export const top: Verb = {
  name: 'top', short: 'Display resource (CPU/memory) usage', helpTo: 'stderr', long: 'Display resource (CPU/memory) usage.\n\n This command requires Metrics Server to be correctly configured and working on the server.', examples: '', usage: 'top [flags] [options]', flags: [], verbs: [node, pod],
};
