/** `kubectl create service …` and `kubectl create ingress`. See create_service.go and create_ingress.go. */
import type { Run, Verb } from '../../command.ts';
import type { Flag } from '../../flags.ts';
import { plainError } from '../../io.ts';
import type { KubeObject } from '../../object.ts';
import { parseIntOrString } from '../../values.ts';
import { CREATED, generatorVerb } from './generator.ts';

const place = { group: '', version: 'v1', plural: 'services', namespaced: true };
const TCP: Flag = { name: 'tcp', type: 'strings', help: "Port pairs can be specified as '<port>:<targetPort>'." };

interface Port {
  readonly name: string;
  readonly protocol: 'TCP';
  readonly port: number;
  readonly targetPort: number | string;
  readonly nodePort?: number;
}

function portsOf(run: Run, nodePort = 0): readonly Port[] {
  return run.flags.list('tcp').map((spec): Port => {
    const [left = '', right, ...more] = spec.split(':');
    if (more.length > 0) throw plainError(`invalid port format: ${spec}`);
    const port = numberOf(left);
    const target = right === undefined ? port : /^[-+]?\d+$/.test(right) ? numberOf(right) : namedPort(right);
    return { name: spec.replaceAll(':', '-'), protocol: 'TCP', port, targetPort: target, ...(nodePort > 0 ? { nodePort } : {}) };
  });
}

function numberOf(text: string): number {
  if (!/^[-+]?\d+$/.test(text)) throw plainError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  const port = Number(text);
  if (port < 0 || port > 65535) throw plainError('must be between 1 and 65535, inclusive');
  return port;
}

function namedPort(text: string): string {
  if (text.length > 15) throw plainError('must be no more than 15 characters');
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(text) || !/[a-z]/.test(text)) throw plainError(`must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)`);
  return text;
}

function serviceOf(name: string, spec: Readonly<Record<string, unknown>>): KubeObject {
  return { kind: 'Service', apiVersion: 'v1', metadata: { name, ...CREATED, labels: { app: name } }, spec, status: { loadBalancer: {} } };
}

const needPort = (run: Run) => {
  if (run.flags.list('tcp').length === 0) throw plainError('at least one tcp port specifier must be provided');
};

const clusterip = generatorVerb({
  name: 'clusterip', short: 'Create a ClusterIP service', noun: 'ClusterIP service', usage: 'service clusterip NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]',
  examples: '# Create a new ClusterIP service named my-cs\nkubectl create service clusterip my-cs --tcp=5678:8080\n\n# Create a new ClusterIP service named my-cs (in headless mode)\nkubectl create service clusterip my-cs --clusterip="None"', place,
  flags: [TCP, { name: 'clusterip', type: 'string', value: '', help: "Assign your own ClusterIP or set to 'None' for a 'headless' service (no loadbalancing)." }],
  build: (run, name) => {
    const address = run.flags.text('clusterip');
    if (address !== 'None') needPort(run);
    const ports = portsOf(run);
    return serviceOf(name, { ...(ports.length > 0 ? { ports } : {}), selector: { app: name }, ...(address ? { clusterIP: address } : {}), type: 'ClusterIP' });
  },
});

const nodeport = generatorVerb({
  name: 'nodeport', short: 'Create a NodePort service', noun: 'NodePort service', usage: 'service nodeport NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
  examples: '# Create a new NodePort service named my-ns\nkubectl create service nodeport my-ns --tcp=5678:8080', place,
  flags: [TCP, { name: 'node-port', type: 'int', value: '0', help: 'Port used to expose the service on each node in a cluster.' }],
  build: (run, name) => {
    needPort(run);
    return serviceOf(name, { ports: portsOf(run, run.flags.int('node-port')), selector: { app: name }, type: 'NodePort' });
  },
});

const loadbalancer = generatorVerb({
  name: 'loadbalancer', short: 'Create a LoadBalancer service', noun: 'LoadBalancer service', usage: 'service loadbalancer NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
  examples: '# Create a new LoadBalancer service named my-lbs\nkubectl create service loadbalancer my-lbs --tcp=5678:8080', place, flags: [TCP],
  build: (run, name) => {
    needPort(run);
    return serviceOf(name, { ports: portsOf(run), selector: { app: name }, type: 'LoadBalancer' });
  },
});

const externalname = generatorVerb({
  name: 'externalname', short: 'Create an ExternalName service', noun: 'ExternalName service', usage: 'service externalname NAME --external-name external.name [--dry-run=server|client|none]',
  examples: '# Create a new ExternalName service named my-ns\nkubectl create service externalname my-ns --external-name bar.com', place, required: ['external-name'],
  flags: [TCP, { name: 'external-name', type: 'string', value: '', help: 'External name of service' }],
  build: (run, name) => {
    const ports = portsOf(run);
    return serviceOf(name, { ...(ports.length > 0 ? { ports } : {}), selector: { app: name }, type: 'ExternalName', externalName: run.flags.text('external-name') });
  },
});

export const service: Verb = {
  name: 'service', aliases: ['svc'], short: 'Create a service using a specified subcommand', helpTo: 'stderr', long: 'Create a service using a specified subcommand.',
  examples: '', usage: 'create service [options]', flags: [], verbs: [clusterip, externalname, loadbalancer, nodeport],
};

const RULE = /^(?<host>[\w*\-.]*)(?<path>\/[^\s=,]*)?=(?<service>[\w-]+):(?<port>[\w-]+)(?<tls>,tls(?:=(?<secret>[\w\-.]+))?)?$/;

export const ingress = generatorVerb({
  name: 'ingress', aliases: ['ing'], short: 'Create an ingress with the specified name', noun: 'ingress', usage: 'ingress NAME --rule=host/path=service:port[,tls[=secret]]',
  examples: '# Create a single ingress called \'simple\' that directs requests to foo.com/bar to svc1:8080\nkubectl create ingress simple --rule="foo.com/bar=svc1:8080,tls=my-cert"', place: { group: 'networking.k8s.io', version: 'v1', plural: 'ingresses', namespaced: true },
  flags: [
    { name: 'class', type: 'string', value: '', help: 'Ingress Class to be used' },
    { name: 'rule', type: 'array', help: 'Rule in format host/path=service:port[,tls=secretname]. Paths containing the leading character \'*\' are considered pathType=Prefix. tls argument is optional.' },
    { name: 'default-backend', type: 'string', value: '', help: 'Default service for backend, in format of svcname:port' },
    { name: 'annotation', type: 'array', help: 'Annotation to insert in the ingress object, in the format annotation=value' },
  ],
  build: (run, name) => ingressOf(run, name),
});

function ingressOf(run: Run, name: string): KubeObject {
  const { flags } = run;
  const fallback = flags.text('default-backend');
  if (flags.list('rule').length === 0 && !fallback) throw plainError('not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)');
  const hosts = new Map<string, object[]>();
  const secrets = new Map<string, string[]>();
  let bareTls = false;
  for (const rule of flags.list('rule')) {
    const match = RULE.exec(rule)?.groups;
    if (!match) throw plainError(`rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
    const host = match['host'] ?? '';
    const path = match['path'] ?? '';
    const prefix = path.endsWith('*');
    const entry = { path: prefix ? path.slice(0, -1) : path || '/', pathType: prefix || path === '' ? 'Prefix' : 'Exact', backend: backendOf(match['service']!, match['port']!) };
    hosts.set(host, [...(hosts.get(host) ?? []), entry]);
    if (match['tls']) {
      const secret = match['secret'] ?? '';
      if (host === '' && secret === '') bareTls = true;
      const known = secrets.get(secret) ?? [];
      secrets.set(secret, host === '' || known.includes(host) ? known : [...known, host]);
    }
  }
  if (fallback && !/^[^:]+:[^:]+$/.test(fallback)) throw plainError('default-backend should be in format servicename:serviceport');
  const annotations = Object.fromEntries(flags.list('annotation').map((pair) => {
    const at = pair.indexOf('=');
    if (at <= 0) throw plainError(`annotation ${pair} is invalid and should be in format key=[value]`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  }));
  const tls = [...secrets].map(([secret, names]) => ({ ...(names.length > 0 ? { hosts: names } : {}), ...(secret ? { secretName: secret } : {}) }));
  return {
    kind: 'Ingress', apiVersion: 'networking.k8s.io/v1', metadata: { name, ...CREATED, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: {
      ...(flags.text('class') ? { ingressClassName: flags.text('class') } : {}),
      ...(fallback ? { defaultBackend: backendOf(fallback.split(':')[0]!, fallback.split(':')[1]!) } : {}),
      ...(tls.length > 0 || bareTls ? { tls } : {}),
      ...(hosts.size > 0 ? { rules: [...hosts].map(([host, paths]) => ({ ...(host ? { host } : {}), http: { paths } })) } : {}),
    },
    status: { loadBalancer: {} },
  };
}

function backendOf(service: string, port: string) {
  const value = parseIntOrString(port);
  return { service: { name: service, port: typeof value === 'number' ? { number: value } : { name: value } } };
}
