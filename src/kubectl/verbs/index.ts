/**
 * Every verb, in the order in which kubectl registers them (its suggestions and its overview follow it). A verb's file is
 * loaded when it is called: a short command must not pay for a long one.
 */
import type { Group, Verb, VerbEntry } from '../command.ts';

const entry = (group: Group, name: string, short: string, load: () => Promise<Verb>): VerbEntry => ({ group, name, short, load });

const beginner = 'Basic Commands (Beginner)';
const intermediate = 'Basic Commands (Intermediate)';
const deploy = 'Deploy Commands';
const cluster = 'Cluster Management Commands';
const debugging = 'Troubleshooting and Debugging Commands';
const advanced = 'Advanced Commands';
const settings = 'Settings Commands';
const other = 'Other Commands';

export const verbs: readonly VerbEntry[] = [
  entry(beginner, 'create', 'Create a resource from a file or from stdin', async () => (await import('./create.ts')).create),
  entry(beginner, 'expose', 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service', async () => (await import('./expose.ts')).expose),
  entry(beginner, 'run', 'Run a particular image on the cluster', async () => (await import('./run.ts')).runPod),
  entry(beginner, 'set', 'Set specific features on objects', async () => (await import('./set.ts')).set),
  entry(intermediate, 'explain', 'Get documentation for a resource', async () => (await import('./explain.ts')).explain),
  entry(intermediate, 'get', 'Display one or many resources', async () => (await import('./get.ts')).get),
  entry(intermediate, 'edit', 'Edit a resource on the server', async () => (await import('./edit.ts')).edit),
  entry(intermediate, 'delete', 'Delete resources by file names, stdin, resources and names, or by resources and label selector', async () => (await import('./delete.ts')).remove),
  entry(deploy, 'rollout', 'Manage the rollout of a resource', async () => (await import('./rollout.ts')).rollout),
  entry(deploy, 'scale', 'Set a new size for a deployment, replica set, or replication controller', async () => (await import('./scale.ts')).scale),
  entry(deploy, 'autoscale', 'Auto-scale a deployment, replica set, stateful set, or replication controller', async () => (await import('./autoscale.ts')).autoscale),
  entry(cluster, 'certificate', 'Modify certificate resources', async () => (await import('./certificate.ts')).certificate),
  entry(cluster, 'cluster-info', 'Display cluster information', async () => (await import('./cluster-info.ts')).clusterInfo),
  entry(cluster, 'top', 'Display resource (CPU/memory) usage', async () => (await import('./top.ts')).top),
  entry(cluster, 'cordon', 'Mark node as unschedulable', async () => (await import('./cordon.ts')).cordon),
  entry(cluster, 'uncordon', 'Mark node as schedulable', async () => (await import('./cordon.ts')).uncordon),
  entry(cluster, 'drain', 'Drain node in preparation for maintenance', async () => (await import('./drain.ts')).drain),
  entry(cluster, 'taint', 'Update the taints on one or more nodes', async () => (await import('./taint.ts')).taint),
  entry(debugging, 'describe', 'Show details of a specific resource or group of resources', async () => (await import('./describe.ts')).describe),
  entry(debugging, 'logs', 'Print the logs for a container in a pod', async () => (await import('./logs.ts')).logs),
  entry(debugging, 'attach', 'Attach to a running container', async () => (await import('./attach.ts')).attach),
  entry(debugging, 'exec', 'Execute a command in a container', async () => (await import('./exec.ts')).exec),
  entry(debugging, 'port-forward', 'Forward one or more local ports to a pod', async () => (await import('./port-forward.ts')).portForward),
  entry(debugging, 'proxy', 'Run a proxy to the Kubernetes API server', async () => (await import('./proxy.ts')).proxy),
  entry(debugging, 'cp', 'Copy files and directories to and from containers', async () => (await import('./cp.ts')).cp),
  entry(debugging, 'auth', 'Inspect authorization', async () => (await import('./auth.ts')).auth),
  entry(debugging, 'debug', 'Create debugging sessions for troubleshooting workloads and nodes', async () => (await import('./debug.ts')).debug),
  entry(debugging, 'events', 'List events', async () => (await import('./events.ts')).events),
  entry(advanced, 'diff', 'Diff the live version against a would-be applied version', async () => (await import('./diff.ts')).diff),
  entry(advanced, 'apply', 'Apply a configuration to a resource by file name or stdin', async () => (await import('./apply.ts')).apply),
  entry(advanced, 'patch', 'Update fields of a resource', async () => (await import('./patch.ts')).patch),
  entry(advanced, 'replace', 'Replace a resource by file name or stdin', async () => (await import('./replace.ts')).replace),
  entry(advanced, 'wait', 'Experimental: Wait for a specific condition on one or many resources', async () => (await import('./wait.ts')).wait),
  entry(advanced, 'kustomize', 'Build a kustomization target from a directory or URL', async () => (await import('./kustomize.ts')).kustomize),
  entry(settings, 'label', 'Update the labels on a resource', async () => (await import('./label.ts')).label),
  entry(settings, 'annotate', 'Update the annotations on a resource', async () => (await import('./label.ts')).annotate),
  entry(settings, 'completion', 'Output shell completion code for the specified shell (bash, zsh, fish, or powershell)', async () => (await import('./completion.ts')).completion),
  entry(other, 'api-resources', 'Print the supported API resources on the server', async () => (await import('./api-resources.ts')).apiResources),
  entry(other, 'api-versions', 'Print the supported API versions on the server, in the form of "group/version"', async () => (await import('./api-resources.ts')).apiVersions),
  entry(other, 'config', 'Modify kubeconfig files', async () => (await import('./config.ts')).config),
  entry(other, 'plugin', 'Provides utilities for interacting with plugins', async () => (await import('./plugin.ts')).plugin),
  entry(other, 'version', 'Print the client and server version information', async () => (await import('./version.ts')).version),
];
