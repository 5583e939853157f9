/** `kubectl create configmap|secret|namespace|serviceaccount|quota|priorityclass`. See kubectl/pkg/cmd/create. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Verb } from '../../command.ts';
import type { Run } from '../../command.ts';
import type { Flag } from '../../flags.ts';
import { plainError } from '../../io.ts';
import type { KubeObject } from '../../object.ts';
import { CREATED, generatorVerb } from './generator.ts';

const SOURCE_FLAGS: readonly Flag[] = [
  { name: 'from-file', type: 'array', help: 'Key file can be specified using its file path, in which case file basename will be used as configmap key, or optionally with a key and file path, in which case the given key will be used.  Specifying a directory will iterate each named file in the directory whose basename is a valid configmap key.' },
  { name: 'from-literal', type: 'array', help: 'Specify a key and literal value to insert in configmap (i.e. mykey=somevalue)' },
  { name: 'from-env-file', type: 'array', help: 'Specify the path to a file to read lines of key=val pairs to create a configmap.' },
  { name: 'append-hash', type: 'bool', value: false, help: 'Append a hash of the configmap to its name. (Needs the real kubectl.)' },
];

interface Entry {
  readonly key: string;
  readonly bytes: Buffer;
}

const core = (plural: string, namespaced = true) => ({ group: '', version: 'v1', plural, namespaced });

export const configmap = generatorVerb({
  name: 'configmap', aliases: ['cm'], short: 'Create a config map from a local file, directory or literal value', noun: 'configmap',
  usage: 'configmap NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  examples: '# Create a new config map named my-config based on folder bar\nkubectl create configmap my-config --from-file=path/to/bar\n\n# Create a new config map named my-config with key1=config1 and key2=config2\nkubectl create configmap my-config --from-literal=key1=config1 --from-literal=key2=config2',
  flags: SOURCE_FLAGS, place: core('configmaps'),
  build: (run, name) => {
    const text: Record<string, string> = {};
    const binary: Record<string, string> = {};
    for (const { key, bytes } of entriesOf(run)) {
      checkKey(key, 'configmap');
      if (key in text || key in binary) throw plainError(`cannot add key "${key}", another key by that name already exists in Data for ConfigMap "${name}"`);
      const asText = bytes.toString('utf8');
      if (Buffer.from(asText, 'utf8').equals(bytes)) text[key] = asText;
      else binary[key] = bytes.toString('base64');
    }
    return {
      kind: 'ConfigMap', apiVersion: 'v1', metadata: { name, ...CREATED },
      ...(Object.keys(text).length > 0 ? { data: sortedMap(text) } : {}), ...(Object.keys(binary).length > 0 ? { binaryData: sortedMap(binary) } : {}),
    };
  },
});

const sortedMap = <T>(map: Readonly<Record<string, T>>): Record<string, T> => Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));

const generic = generatorVerb({
  name: 'generic', short: 'Create a secret from a local file, directory, or literal value', noun: 'secret',
  usage: 'secret generic NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  examples: '# Create a new secret named my-secret with key1=supersecret and key2=topsecret\nkubectl create secret generic my-secret --from-literal=key1=supersecret --from-literal=key2=topsecret',
  flags: [...SOURCE_FLAGS, { name: 'type', type: 'string', value: '', help: 'The type of secret to create' }], place: core('secrets'),
  build: (run, name) => {
    const data: Record<string, string> = {};
    for (const { key, bytes } of entriesOf(run)) {
      checkKey(key, 'secret');
      if (key in data) throw plainError(`cannot add key ${key}, another key by that name already exists`);
      data[key] = bytes.toString('base64');
    }
    return secretOf(name, data, run.flags.text('type'));
  },
});

function secretOf(name: string, data: Readonly<Record<string, string>>, type: string): KubeObject {
  return { kind: 'Secret', apiVersion: 'v1', metadata: { name, ...CREATED }, ...(Object.keys(data).length > 0 ? { data: sortedMap(data) } : {}), ...(type ? { type } : {}) };
}

const tls = generatorVerb({
  name: 'tls', short: 'Create a TLS secret', noun: 'secret',
  usage: 'secret tls NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]',
  examples: '# Create a new TLS secret named tls-secret with the given key pair\nkubectl create secret tls tls-secret --cert=path/to/tls.crt --key=path/to/tls.key',
  flags: [
    { name: 'cert', type: 'string', value: '', help: 'Path to PEM encoded public key certificate.' },
    { name: 'key', type: 'string', value: '', help: 'Path to private key associated with given certificate.' },
    { name: 'append-hash', type: 'bool', value: false, help: 'Append a hash of the secret to its name. (Needs the real kubectl.)' },
  ],
  place: core('secrets'),
  build: async (run, name) => {
    refuseHash(run);
    const { cert, key } = { cert: run.flags.text('cert'), key: run.flags.text('key') };
    if (!key || !cert) throw plainError('key and cert must be specified');
    const [certBytes, keyBytes] = [certFile(run, cert), certFile(run, key)];
    const { createSecureContext } = await import('node:tls');
    try {
      createSecureContext({ cert: certBytes, key: keyBytes });
    } catch (error) {
      const text = (error as Error).message;
      throw plainError(/mismatch/.test(text) ? 'tls: private key does not match public key' : `tls: failed to find any PEM data in ${/key/i.test(text) && certBytes.includes('BEGIN') ? 'key' : 'certificate'} input`);
    }
    return secretOf(name, { 'tls.crt': certBytes.toString('base64'), 'tls.key': keyBytes.toString('base64') }, 'kubernetes.io/tls');
  },
});

const dockerRegistry = generatorVerb({
  name: 'docker-registry', short: 'Create a secret for use with a Docker registry', noun: 'secret',
  usage: 'secret docker-registry NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--from-file=[key=]source] [--dry-run=server|client|none]',
  examples: '# Create a new secret named my-secret from a login\nkubectl create secret docker-registry my-secret --docker-server=DOCKER_REGISTRY_SERVER --docker-username=DOCKER_USER --docker-password=DOCKER_PASSWORD --docker-email=DOCKER_EMAIL',
  flags: [
    { name: 'docker-server', type: 'string', value: 'https://index.docker.io/v1/', help: 'Server location for Docker registry' },
    { name: 'docker-username', type: 'string', value: '', help: 'Username for Docker registry authentication' },
    { name: 'docker-password', type: 'string', value: '', help: 'Password for Docker registry authentication' },
    { name: 'docker-email', type: 'string', value: '', help: 'Email for Docker registry' },
    { name: 'from-file', type: 'array', help: 'Key files can be specified using their file path, in which case a default name of .dockerconfigjson will be given to them, or optionally with a name and file path, in which case the given name will be used.' },
    { name: 'append-hash', type: 'bool', value: false, help: 'Append a hash of the secret to its name. (Needs the real kubectl.)' },
  ],
  place: core('secrets'),
  build: (run, name) => {
    refuseHash(run);
    const { flags } = run;
    const type = 'kubernetes.io/dockerconfigjson';
    if (flags.list('from-file').length > 0) {
      return secretOf(name, Object.fromEntries(flags.list('from-file').map((source) => {
        const [key, path] = source.includes('=') ? (source.split('=') as [string, string]) : ['.dockerconfigjson', source];
        return [key, readBytes(run, path).toString('base64')];
      })), type);
    }
    const [username, password, email, server] = [flags.text('docker-username'), flags.text('docker-password'), flags.text('docker-email'), flags.text('docker-server')];
    const missing = !username ? 'docker-username' : !password ? 'docker-password' : undefined;
    if (missing) throw plainError(`either --from-file or the combination of --docker-username, --docker-password and --docker-server is required`);
    const login = { auths: { [server]: { username, password, ...(email ? { email } : {}), auth: Buffer.from(`${username}:${password}`).toString('base64') } } };
    return secretOf(name, { '.dockerconfigjson': Buffer.from(JSON.stringify(login)).toString('base64') }, type);
  },
});

export const secret: Verb = {
  name: 'secret', short: 'Create a secret using a specified subcommand', helpTo: 'stderr',
  long: 'Create a secret with specified type.\n\nA docker-registry type secret is for accessing a container registry.\n\nA generic type secret indicate an Opaque secret type.\n\nA tls type secret holds TLS certificate and its associated key.',
  examples: '', usage: 'create secret (docker-registry | generic | tls) [options]', flags: [], verbs: [dockerRegistry, generic, tls],
};

export const namespace = generatorVerb({
  name: 'namespace', aliases: ['ns'], short: 'Create a namespace with the specified name', usage: 'namespace NAME [--dry-run=server|client|none]',
  examples: '# Create a new namespace named my-namespace\nkubectl create namespace my-namespace', flags: [], place: core('namespaces', false),
  build: (_run, name) => ({ kind: 'Namespace', apiVersion: 'v1', metadata: { name, ...CREATED }, spec: {}, status: {} }),
});

export const serviceaccount = generatorVerb({
  name: 'serviceaccount', aliases: ['sa'], short: 'Create a service account with the specified name', noun: 'serviceaccount', usage: 'serviceaccount NAME [--dry-run=server|client|none]',
  examples: '# Create a new service account named my-service-account\nkubectl create serviceaccount my-service-account', flags: [], place: core('serviceaccounts'),
  build: (_run, name) => ({ kind: 'ServiceAccount', apiVersion: 'v1', metadata: { name, ...CREATED } }),
});

export const quota = generatorVerb({
  name: 'quota', aliases: ['resourcequota'], short: 'Create a quota with the specified name', noun: 'quota', usage: 'quota NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]',
  examples: '# Create a new resource quota named my-quota\nkubectl create quota my-quota --hard=cpu=1,memory=1G,pods=2,services=3', place: core('resourcequotas'),
  flags: [
    { name: 'hard', type: 'string', value: '', help: 'A comma-delimited set of resource=quantity pairs that define a hard limit.' },
    { name: 'scopes', type: 'string', value: '', help: 'A comma-delimited set of quota scopes that must all match each object tracked by the quota.' },
  ],
  build: (run, name) => {
    const hard = Object.fromEntries(run.flags.text('hard').split(',').filter((pair) => pair !== '').map((pair) => {
      const parts = pair.split('=');
      if (parts.length !== 2) throw plainError(`Invalid argument syntax ${pair}, expected <resource>=<value>`);
      return parts as [string, string];
    }));
    const scopes = run.flags.text('scopes').split(',').filter((scope) => scope !== '');
    return { kind: 'ResourceQuota', apiVersion: 'v1', metadata: { name, ...CREATED }, spec: { ...(Object.keys(hard).length > 0 ? { hard: sortedMap(hard) } : {}), ...(scopes.length > 0 ? { scopes } : {}) }, status: {} };
  },
});

export const priorityclass = generatorVerb({
  name: 'priorityclass', aliases: ['pc'], short: 'Create a priority class with the specified name', noun: 'priorityclass', usage: 'priorityclass NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]',
  examples: '# Create a priority class named high-priority\nkubectl create priorityclass high-priority --value=1000 --description="high priority"', place: { group: 'scheduling.k8s.io', version: 'v1', plural: 'priorityclasses', namespaced: false },
  flags: [
    { name: 'value', type: 'int', value: '0', help: 'the value of this priority class.' },
    { name: 'global-default', type: 'bool', value: false, help: 'global-default specifies whether this PriorityClass should be considered as the default priority.' },
    { name: 'description', type: 'string', value: '', help: 'description is an arbitrary string that usually provides guidelines on when this priority class should be used.' },
    { name: 'preemption-policy', type: 'string', value: 'PreemptLowerPriority', help: 'preemption-policy is the policy for preempting pods with lower priority.' },
  ],
  build: ({ flags }, name) => ({
    kind: 'PriorityClass', apiVersion: 'scheduling.k8s.io/v1', metadata: { name, ...CREATED }, value: flags.int('value'),
    ...(flags.bool('global-default') ? { globalDefault: true } : {}), ...(flags.text('description') ? { description: flags.text('description') } : {}), preemptionPolicy: flags.text('preemption-policy'),
  }),
});

function refuseHash(run: Run): void {
  if (run.flags.bool('append-hash')) throw plainError('--append-hash is not available in the kubectl that comes with cka: install the real kubectl');
}

/** Keys and values from literals, files, folders and env files, in kubectl's order. */
function entriesOf(run: Run): readonly Entry[] {
  refuseHash(run);
  const { flags } = run;
  if (flags.list('from-env-file').length > 0 && (flags.list('from-file').length > 0 || flags.list('from-literal').length > 0)) throw plainError('from-env-file cannot be combined with from-file or from-literal');
  const literals = flags.list('from-literal').map((source): Entry => {
    const at = source.indexOf('=');
    if (at <= 0) throw plainError(`invalid literal source ${source}, expected key=value`);
    const value = source.slice(at + 1);
    return { key: source.slice(0, at), bytes: Buffer.from(/^(["']).*\1$/s.test(value) && value.length > 1 ? value.slice(1, -1) : value) };
  });
  return [...literals, ...flags.list('from-file').flatMap((source) => fileEntries(run, source)), ...flags.list('from-env-file').flatMap((path) => envEntries(run, path))];
}

function fileEntries(run: Run, source: string): readonly Entry[] {
  const parts = source.split('=');
  if (parts.length > 2) throw plainError('key names or file paths cannot contain \'=\'');
  if (parts.length === 2) {
    if (parts[0] === '') throw plainError(`key name for file path ${parts[1]} missing`);
    if (parts[1] === '') throw plainError(`file path for key name ${parts[0]} missing`);
    if (statOf(run, parts[1]!).isDirectory()) throw plainError('cannot give a key name for a directory path');
    return [{ key: parts[0]!, bytes: readBytes(run, parts[1]!) }];
  }
  if (!statOf(run, source).isDirectory()) return [{ key: basename(source), bytes: readBytes(run, source) }];
  const names = readdirSync(resolve(run.io.cwd, source), { withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => entry.name).sort();
  return names.filter((name) => /^[-._a-zA-Z0-9]+$/.test(name)).map((name) => ({ key: name, bytes: readBytes(run, join(source, name)) }));
}

function statOf(run: Run, path: string): ReturnType<typeof statSync> & object {
  try {
    return statSync(resolve(run.io.cwd, path));
  } catch {
    throw plainError(`error reading ${path}: no such file or directory`);
  }
}

function readBytes(run: Run, path: string): Buffer {
  try {
    return readFileSync(resolve(run.io.cwd, path));
  } catch {
    throw plainError(`open ${path}: no such file or directory`);
  }
}

function certFile(run: Run, path: string): Buffer {
  try {
    return readFileSync(resolve(run.io.cwd, path));
  } catch {
    throw plainError(`Cannot read file ${path}, open ${path}: no such file or directory`);
  }
}

function envEntries(run: Run, path: string): readonly Entry[] {
  if (statOf(run, path).isDirectory()) throw plainError('env config file cannot be a directory');
  return readBytes(run, path).toString('utf8').split(/\r?\n/).flatMap((line) => {
    const text = line.trimStart();
    if (text === '' || text.startsWith('#')) return [];
    const at = text.indexOf('=');
    const key = at < 0 ? text : text.slice(0, at);
    const value = at < 0 ? run.io.env[key] : text.slice(at + 1);
    return value === undefined ? [] : [{ key, bytes: Buffer.from(value) }];
  });
}

function checkKey(key: string, what: 'configmap' | 'secret'): void {
  if (/^[-._a-zA-Z0-9]+$/.test(key)) return;
  throw plainError(`"${key}" is not a valid key name for a ${what === 'secret' ? 'Secret' : 'ConfigMap'}: a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`);
}
