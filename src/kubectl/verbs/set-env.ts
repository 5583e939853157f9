/** `kubectl set env`. See kubectl/pkg/cmd/set/set_env.go and env/env_parse.go. */
import type { Run, Verb } from '../command.ts';
import { FILE_FLAGS } from '../files.ts';
import { plainError } from '../io.ts';
import { each } from '../each.ts';
import { fetch, namedObjects, type Named } from '../named.ts';
import { dig, type KubeObject } from '../object.ts';
import { containersAt, nest, specPath, type EnvVar } from '../podspec.ts';
import { DRY_RUN_FLAG, RESULT_FLAGS } from '../result.ts';
import { managerFlag } from '../send.ts';
import { fits, patchEach } from './set-each.ts';
import { pathOf } from '../resources.ts';

export const setEnv: Verb = {
  name: 'env', short: 'Update environment variables on a pod template', long: 'Update environment variables on a pod template.\n\nList environment variable definitions in one or more pods, pod templates. Add, update, or remove container environment variable definitions in one or more pod templates.',
  examples: "# Update deployment 'registry' with a new environment variable\nkubectl set env deployment/registry STORAGE_DIR=/local\n\n# List the environment variables defined on all pods\nkubectl set env pods --all --list", usage: 'set env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N [options]',
  flags: [
    ...FILE_FLAGS, ...RESULT_FLAGS, DRY_RUN_FLAG, managerFlag('kubectl-set'),
    { name: 'all', type: 'bool', value: false, help: 'If true, select all resources in the namespace of the specified resource types' },
    { name: 'selector', short: 'l', type: 'string', value: '', help: 'Selector (label query) to filter on' },
    { name: 'local', type: 'bool', value: false, help: 'If true, set env will NOT contact api-server but run locally. (Needs the real kubectl.)' },
    { name: 'containers', short: 'c', type: 'string', value: '*', help: 'The names of containers in the selected pod templates to change - may use wildcards' },
    { name: 'env', short: 'e', type: 'array', help: 'Specify a key-value pair for an environment variable to set into each container.' },
    { name: 'from', type: 'string', value: '', help: 'The name of a resource from which to inject environment variables' },
    { name: 'prefix', type: 'string', value: '', help: 'Prefix to append to variable names' },
    { name: 'keys', type: 'strings', help: 'Comma-separated list of keys to import from specified resource' },
    { name: 'list', type: 'bool', value: false, help: 'If true, display the environment and any changes in the standard format.' },
    { name: 'overwrite', type: 'bool', value: true, help: 'If true, allow environment to be overwritten, otherwise reject updates that overwrite existing environment.' },
    { name: 'resolve', type: 'bool', value: false, help: 'If true, show secret or configmap references when listing variables. (Needs the real kubectl.)' },
  ],
  run: async (run) => {
    const { flags } = run;
    if (flags.bool('resolve')) throw plainError('--resolve is not available in the kubectl that comes with cka: install the real kubectl');
    const isSpec = (arg: string) => arg.includes('=') || (arg.endsWith('-') && arg !== '-');
    const targets = run.args.filter((arg) => !isSpec(arg));
    const specs = [...run.args.filter(isSpec), ...flags.list('env')];
    const named = await namedObjects(run, targets, { many: true });
    const { set, removed } = parse(specs);
    const imported = flags.text('from') ? await importFrom(run) : [];
    const additions = [...imported, ...set];
    if (flags.bool('list')) return list(run, named, additions);
    if (additions.length === 0 && removed.length === 0) throw plainError('at least one environment variable must be provided');
    return patchEach(run, named, 'env updated', 'env update to pod template:', (object, path) => {
      const chosen = containersAt(object, path).filter((one) => fits(one.name, flags.text('containers')));
      if (chosen.length === 0) throw plainError(`${object.kind}/${object.metadata?.name} does not have any containers matching "${flags.text('containers')}"`);
      const patches = chosen.flatMap((container) => {
        const known = container.env ?? [];
        if (!flags.bool('overwrite')) for (const one of additions) if (known.some((old) => old.name === one.name && old.value !== one.value)) throw plainError(`'${one.name}' already has a value (${known.find((old) => old.name === one.name)?.value ?? ''}), and --overwrite is false`);
        const env = [
          ...additions.filter((one) => JSON.stringify(known.find((old) => old.name === one.name)) !== JSON.stringify(one)).map((one) => {
            const before = known.find((old) => old.name === one.name);
            return { ...one, ...(before?.valueFrom && !one.valueFrom ? { valueFrom: null } : {}), ...(before?.value !== undefined && one.valueFrom ? { value: null } : {}) };
          }),
          ...removed.filter((name) => known.some((old) => old.name === name)).map((name) => ({ $patch: 'delete', name })),
        ];
        return env.length > 0 ? [{ name: container.name, env }] : [];
      });
      return patches.length > 0 ? nest(path, { containers: patches }) : undefined;
    });
  },
};

function parse(specs: readonly string[]): { set: readonly EnvVar[]; removed: readonly string[] } {
  const set: EnvVar[] = [];
  const removed: string[] = [];
  for (const spec of specs) {
    const at = spec.indexOf('=');
    if (at < 0 && spec.endsWith('-')) {
      removed.push(spec.slice(0, -1));
      continue;
    }
    const name = spec.slice(0, at);
    if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name)) throw plainError(`"${name}" is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`);
    set.push({ name, ...(at === spec.length - 1 ? {} : { value: spec.slice(at + 1) }) });
  }
  return { set, removed };
}

/** Every key of a ConfigMap or Secret as a reference. */
async function importFrom(run: Run): Promise<readonly EnvVar[]> {
  const { flags } = run;
  const [type = '', name = ''] = flags.text('from').split('/');
  const resource = (await run.resources()).need(type);
  const object = await run.client.json<KubeObject>('GET', pathOf(resource, run.namespace, name));
  if (object.kind !== 'ConfigMap' && object.kind !== 'Secret') throw plainError('unsupported resource specified in --from');
  const keys = Object.keys((dig(object, 'data') as object | undefined) ?? {}).sort().filter((key) => flags.list('keys').length === 0 || flags.list('keys').includes(key));
  for (const key of keys) if (nameFor(key) !== key) run.err(`Warning: key ${key} transferred to ${nameFor(key)}\n`);
  const field = object.kind === 'ConfigMap' ? 'configMapKeyRef' : 'secretKeyRef';
  return keys.map((key) => ({ name: `${flags.text('prefix')}${nameFor(key)}`, valueFrom: { [field]: { name, key } } }));
}

const nameFor = (key: string) => key.toUpperCase().replace(/[^A-Z0-9_]/g, '_');

function list(run: Run, named: readonly Named[], additions: readonly EnvVar[]): Promise<number> {
  return each(run, named, async (one) => {
    const object = await fetch(run, one);
    const path = specPath(object.kind);
    if (!path) return;
    for (const container of containersAt(object, path)) {
      run.out(`# ${object.kind} ${one.name}, container ${container.name}\n`);
      for (const env of [...(container.env ?? []).filter((old) => !additions.some((added) => added.name === old.name)), ...additions]) run.out(env.valueFrom ? `# ${env.name} from ${sourceOf(env)}\n` : `${env.name}=${env.value ?? ''}\n`);
    }
  });
}

function sourceOf({ valueFrom }: EnvVar): string {
  const of = (field: string) => valueFrom?.[field] as { name?: string; key?: string; fieldPath?: string; resource?: string } | undefined;
  const [map, secret, field, resource] = [of('configMapKeyRef'), of('secretKeyRef'), of('fieldRef'), of('resourceFieldRef')];
  if (field) return `field path ${field.fieldPath}`;
  if (resource) return `resource field ${resource.resource}`;
  if (map) return `configmap ${map.name}, key ${map.key}`;
  return secret ? `secret ${secret.name}, key ${secret.key}` : 'invalid valueFrom';
}
