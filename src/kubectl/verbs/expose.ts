/** `kubectl expose`: a Service for what has pods. See kubectl/pkg/cmd/expose/expose.go. */
import type { Run, Verb } from '../command.ts';
import { each } from '../each.ts';
import { FILE_FLAGS } from '../files.ts';
import { plainError } from '../io.ts';
import { fetch, namedObjects, type Named } from '../named.ts';
import { dig, type KubeObject } from '../object.ts';
import { qualified } from '../resources.ts';
import { dryRunOf } from '../result.ts';
import { CREATE_FLAGS, managerFlag, sendNew } from '../send.ts';
import { parseIntOrString } from '../values.ts';
import { mergeOverrides, OVERRIDE_FLAGS } from '../overrides.ts';

export const expose: Verb = {
  name: 'expose', short: 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service',
  long: 'Expose a resource as a new Kubernetes service.\n\nLooks up a deployment, service, replica set, replication controller or pod by name and uses the selector for that resource as the selector for a new service on the specified port.',
  examples: '# Create a service for an nginx deployment, which serves on port 80 and connects to the containers on port 8000\nkubectl expose deployment nginx --port=80 --target-port=8000\n\n# Create a service for a pod valid-pod, which serves on port 444 with the name "frontend"\nkubectl expose pod valid-pod --port=444 --name=frontend',
  usage: 'expose (-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type] [options]',
  flags: [
    ...FILE_FLAGS, ...CREATE_FLAGS.filter((flag) => flag.name !== 'field-manager' && flag.name !== 'validate'), managerFlag('kubectl-expose'), ...OVERRIDE_FLAGS,
    { name: 'protocol', type: 'string', value: '', help: "The network protocol for the service to be created. Default is 'TCP'." },
    { name: 'port', type: 'string', value: '', help: 'The port that the service should serve on. Copied from the resource being exposed, if unspecified' },
    { name: 'type', type: 'string', value: '', help: "Type for this service: ClusterIP, NodePort, LoadBalancer, or ExternalName. Default is 'ClusterIP'." },
    { name: 'load-balancer-ip', type: 'string', value: '', help: 'IP to assign to the LoadBalancer. If empty, an ephemeral IP will be created and used (cloud-provider specific).' },
    { name: 'selector', type: 'string', value: '', help: 'A label selector to use for this service. Only equality-based selector requirements are supported. If empty (the default) infer the selector from the replication controller or replica set.)' },
    { name: 'labels', short: 'l', type: 'string', value: '', help: 'Labels to apply to the service created by this call.' },
    { name: 'target-port', type: 'string', value: '', help: 'Name or number for the port on the container that the service should direct traffic to. Optional.' },
    { name: 'external-ip', type: 'string', value: '', help: 'Additional external IP address (not managed by Kubernetes) to accept for the service. If this IP is routed to a node, the service can be accessed by this IP in addition to its generated service IP.' },
    { name: 'name', type: 'string', value: '', help: 'The name for the newly created object.' },
    { name: 'session-affinity', type: 'string', value: '', help: "If non-empty, set the session affinity for the service to this; legal values: 'None', 'ClientIP'" },
    { name: 'cluster-ip', type: 'string', value: '', help: "ClusterIP to be assigned to the service. Leave empty to auto-allocate, or set to 'None' to create a headless service." },
  ],
  run: async (run) => {
    const dryRun = dryRunOf(run);
    const named = await namedObjects(run, run.args, { many: false });
    return each(run, named, async (one) => {
      const object = await fetch(run, one);
      const service = mergeOverrides(run, serviceFor(run, one, object));
      await sendNew(run, { group: '', version: 'v1', plural: 'services', namespaced: true }, service, dryRun, 'exposed');
    });
  },
};

function serviceFor(run: Run, { resource }: Named, object: KubeObject): KubeObject {
  const { flags } = run;
  if (!['pods', 'services', 'deployments', 'replicasets', 'replicationcontrollers'].includes(resource.plural)) throw plainError(`cannot expose a ${object.kind}${resource.group ? `.${resource.group}` : ''}`);
  const name = flags.text('name') || (object.metadata?.name ?? '').slice(0, 63);
  const selector = flags.text('selector') ? pairs(flags.text('selector'), 'selector') : selectorOf(resource.plural, object, qualified(resource));
  const explicit = flags.text('port');
  const known = portsOf(resource.plural, object);
  const ports = explicit ? explicit.split(',') : [...new Set(known.map((one) => String(one.port)))];
  const headless = flags.text('cluster-ip') === 'None';
  if (ports.length === 0 && !headless) throw plainError('couldn\'t find port via --port flag or introspection');
  const labels = flags.text('labels') ? pairs(flags.text('labels'), 'labels') : object.metadata?.labels;
  const target = flags.text('target-port');
  const many = ports.length > 1;
  const list = ports.map((text, index) => {
    const port = Number(text);
    if (!Number.isInteger(port)) throw plainError(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
    const protocol = flags.text('protocol') || known.find((one) => String(one.port) === text)?.protocol || 'TCP';
    return { ...(many ? { name: `port-${index + 1}` } : {}), protocol, port, targetPort: target ? parseIntOrString(target) : port };
  });
  return {
    kind: 'Service', apiVersion: 'v1', metadata: { name, creationTimestamp: null, ...(labels && Object.keys(labels).length > 0 ? { labels: Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))) } : {}) },
    spec: {
      ...(list.length > 0 ? { ports: list } : {}), selector,
      ...(flags.text('cluster-ip') ? { clusterIP: flags.text('cluster-ip') } : {}), ...(flags.text('type') ? { type: flags.text('type') } : {}),
      ...(flags.text('external-ip') ? { externalIPs: [flags.text('external-ip')] } : {}), ...(flags.text('session-affinity') ? { sessionAffinity: affinity(flags.text('session-affinity')) } : {}),
      ...(flags.text('load-balancer-ip') ? { loadBalancerIP: flags.text('load-balancer-ip') } : {}),
    },
    status: { loadBalancer: {} },
  };
}

function affinity(text: string): string {
  if (text !== 'None' && text !== 'ClientIP') throw plainError(`unknown session affinity: ${text}`);
  return text;
}

export function pairs(text: string, what: string): Record<string, string> {
  return Object.fromEntries(text.split(',').map((pair) => {
    const parts = pair.split('=');
    if (parts.length !== 2) throw plainError(what === 'labels' || what === 'selector' ? `unexpected label spec: ${pair}` : `invalid ${what}: ${pair}`);
    return parts as [string, string];
  }));
}

function selectorOf(plural: string, object: KubeObject, resource: string): Record<string, string> {
  if (plural === 'pods') {
    const labels = object.metadata?.labels ?? {};
    if (Object.keys(labels).length === 0) throw plainError(`couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed`);
    return labels;
  }
  const selector = dig(object, 'spec', 'selector') as Record<string, string> | { matchLabels?: Record<string, string>; matchExpressions?: unknown[] } | undefined;
  const plain = plural === 'services' || plural === 'replicationcontrollers';
  if (!plain && ((selector as { matchExpressions?: unknown[] })?.matchExpressions?.length ?? 0) > 0) throw plainError(`couldn't retrieve selectors via --selector flag or introspection: couldn't convert expressions - "${resource}" to map-based selector format`);
  const labels = (plain ? selector : (selector as { matchLabels?: Record<string, string> } | undefined)?.matchLabels) as Record<string, string> | undefined;
  if (!labels || Object.keys(labels).length === 0) throw plainError(`couldn't retrieve selectors via --selector flag or introspection: ${plain ? 'the service has no pod selector set' : `invalid deployment: no selectors, therefore cannot be exposed`}`);
  return labels;
}

function portsOf(plural: string, object: KubeObject): readonly { port: number; protocol?: string }[] {
  if (plural === 'services') return ((dig(object, 'spec', 'ports') as { port: number; protocol?: string }[] | undefined) ?? []);
  const pod = plural === 'pods' ? object : dig(object, 'spec', 'template');
  const containers = (dig(pod, 'spec', 'containers') as { ports?: { containerPort: number; protocol?: string }[] }[] | undefined) ?? [];
  return containers.flatMap((container) => (container.ports ?? []).map((one) => ({ port: one.containerPort, ...(one.protocol ? { protocol: one.protocol } : {}) })));
}
