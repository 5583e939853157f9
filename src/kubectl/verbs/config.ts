/** `kubectl config`: reads and writes kubeconfig files, only those that KUBECONFIG or --kubeconfig name. See kubectl/pkg/cmd/config. */
import type { Run, Verb } from '../command.ts';
import { ConfigStore } from '../config-store.ts';
import { helpOf } from '../help.ts';
import type { ContextEntry } from '../kubeconfig.ts';
import { loadConfig, type ConfigFile } from '../kubeconfig.ts';
import { plainError, usageError } from '../io.ts';
import { checkTemplate, throughJsonPath } from '../print-objects.ts';
import { toYaml } from '../output/yaml.ts';
import { printTable } from '../print-table.ts';
import { setCluster, setContext, setCredentials, setValue, unsetValue } from './config-set.ts';

const store = (run: Run) => new ConfigStore(run.io, run.flags.text('kubeconfig'));

const subverb = (name: string, short: string, usage: string, run: NonNullable<Verb['run']>, flags: Verb['flags'] = [], aliases: readonly string[] = []): Verb => ({ name, short, long: `${short}.`, examples: '', usage: `config ${usage}`, flags, ...(aliases.length > 0 ? { aliases } : {}), run });

const view = subverb('view', 'Display merged kubeconfig settings or a specified kubeconfig file', 'view [flags] [options]', async (run) => {
  const { flags } = run;
  if (run.args.length > 0) throw usageError(run.command, `unexpected arguments: [${run.args.join(' ')}]`);
  const config = loadConfig(run.io, flags.text('kubeconfig'));
  const small = flags.bool('minify') ? minified(config, flags.text('context')) : config;
  const flat = flags.bool('flatten') ? (await import('../config-store.ts')).flattened(small) : small;
  const shown = flags.bool('raw') || flags.bool('flatten') ? flat : redacted(flat);
  const { preferences = {}, clusters, users, contexts } = inOrder(shown);
  const typed = { kind: 'Config', apiVersion: 'v1', preferences, clusters: clusters?.length ? clusters : null, users: users?.length ? users : null, contexts: contexts?.length ? contexts : null, 'current-context': shown['current-context'] ?? '' };
  const [format, ...rest] = flags.text('output').split('=');
  if (format === 'yaml') run.out(toYaml(typed));
  else if (format === 'json') run.out(`${JSON.stringify(typed, null, 4)}\n`);
  else if (format === 'jsonpath' || format === 'jsonpath-as-json') {
    checkTemplate(rest.join('='));
    run.out(throughJsonPath({ type: format, template: rest.join('=') }, typed, true));
  }
  else throw plainError(`unable to match a printer suitable for the output format ${JSON.stringify(flags.text('output'))}, allowed formats are: go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,template,templatefile,yaml`);
  return 0;
}, [
  { name: 'output', short: 'o', type: 'string', value: 'yaml', help: 'Output format. One of: (json, yaml, jsonpath).' },
  { name: 'minify', type: 'bool', value: false, help: 'Remove all information not used by current-context from the output' },
  { name: 'raw', type: 'bool', value: false, help: 'Display raw byte data and sensitive data' },
  { name: 'flatten', type: 'bool', value: false, help: 'Flatten the resulting kubeconfig file into self-contained output (useful for creating portable kubeconfig files)' },
  { name: 'merge', type: 'bool', value: true, help: 'Merge the full hierarchy of kubeconfig files' },
]);

function minified(config: ConfigFile, asked: string): ConfigFile {
  const name = asked || config['current-context'] || '';
  if (!name) throw plainError('current-context must exist in order to minify');
  const context = config.contexts?.find((one) => one.name === name);
  if (!context) throw plainError(`cannot locate context ${name}`);
  return { ...config, 'current-context': name, contexts: [context], clusters: (config.clusters ?? []).filter((one) => one.name === context.context.cluster), users: (config.users ?? []).filter((one) => one.name === context.context.user) };
}

const CLUSTER_ORDER = ['server', 'tls-server-name', 'insecure-skip-tls-verify', 'certificate-authority', 'certificate-authority-data', 'proxy-url'];

/** Fields in the order of Go's structs. */
function inOrder(config: ConfigFile): ConfigFile {
  const rank = (key: string) => (CLUSTER_ORDER.includes(key) ? CLUSTER_ORDER.indexOf(key) : CLUSTER_ORDER.length);
  return { ...config, clusters: (config.clusters ?? []).map((one) => ({ name: one.name, cluster: Object.fromEntries(Object.entries(one.cluster).sort(([a], [b]) => rank(a) - rank(b))) })) };
}

function redacted(config: ConfigFile): ConfigFile {
  const hide = <T extends object>(entry: T): T => Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, key.endsWith('-data') ? 'DATA+OMITTED' : key === 'token' || key === 'password' ? 'REDACTED' : (value as unknown)])) as T;
  return { ...config, clusters: (config.clusters ?? []).map((one) => ({ name: one.name, cluster: hide(one.cluster) })), users: (config.users ?? []).map((one) => ({ name: one.name, user: hide(one.user ?? {}) })) };
}

const names = (list: readonly { name: string }[] | null | undefined) => (list ?? []).map((one) => one.name).sort();

const getContexts = subverb('get-contexts', 'Describe one or many contexts', 'get-contexts [(-o|--output=)name)] [options]', async (run) => {
  const { flags } = run;
  if (!['', 'name'].includes(flags.text('output'))) throw plainError(`output must be one of '' or 'name': ${flags.text('output')}`);
  const config = loadConfig(run.io, flags.text('kubeconfig'));
  const all = new Map((config.contexts ?? []).map((one) => [one.name, one.context] as const));
  const wanted = run.args.length > 0 ? run.args : names(config.contexts);
  const missing = wanted.filter((name) => !all.has(name));
  const found = wanted.filter((name) => all.has(name)).sort();
  if (flags.text('output') === 'name') run.out(found.map((name) => `${name}\n`).join(''));
  else {
    const row = (name: string, context: ContextEntry) => [name === config['current-context'] ? '*' : '', name, context.cluster ?? '', context.user ?? '', context.namespace ?? ''];
    const rows = [...(flags.bool('no-headers') ? [] : [['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE']]), ...found.map((name) => row(name, all.get(name)!))];
    run.out(printTable(rows));
  }
  if (missing.length > 0) throw plainError(missing.length === 1 ? `context ${missing[0]} not found` : `[${missing.map((name) => `context ${name} not found`).join(', ')}]`);
  return 0;
}, [{ name: 'output', short: 'o', type: 'string', value: '', help: 'Output format. One of: (name).' }, { name: 'no-headers', type: 'bool', value: false, help: 'When using the default or custom-column output format, don\'t print headers (default print headers).' }]);

const getNames = (name: 'get-clusters' | 'get-users', short: string, of: (config: ConfigFile) => readonly string[]) => subverb(name, short, `${name} [options]`, async (run) => {
  run.out(['NAME', ...of(loadConfig(run.io, run.flags.text('kubeconfig')))].map((one) => `${one}\n`).join(''));
  return 0;
});

const currentContext = subverb('current-context', 'Display the current-context', 'current-context [options]', async (run) => {
  const name = loadConfig(run.io, run.flags.text('kubeconfig'))['current-context'];
  if (!name) throw plainError('current-context is not set');
  run.out(`${name}\n`);
  return 0;
});

function oneArgument(run: Run): string {
  if (run.args.length !== 1) throw plainError(`Unexpected args: [${run.args.join(' ')}]`);
  return run.args[0]!;
}

const useContext: Verb = { ...subverb('use-context', 'Set the current-context in a kubeconfig file', 'use-context CONTEXT_NAME [options]', async (run) => {
  if (run.args.length === 0) run.out(helpOf(useContext, run.command));
  const name = oneArgument(run);
  const files = store(run);
  if (!files.merged.contexts?.some((one) => one.name === name)) throw plainError(`no context exists with the name: ${JSON.stringify(name)}`);
  files.setCurrent(name);
  run.out(`Switched to context ${JSON.stringify(name)}.\n`);
  return 0;
}, [], ['use']), examples: '# Use the context for the minikube cluster\nkubectl config use-context minikube' };

const remove = (name: 'delete-context' | 'delete-cluster' | 'delete-user', word: 'context' | 'cluster' | 'user') => subverb(name, `Delete the specified ${word} from the kubeconfig`, `${name} NAME [options]`, async (run) => {
  const target = run.args[0];
  if (run.args.length !== 1 || target === undefined) throw plainError(`Unexpected args: [${run.args.join(' ')}]`);
  const files = store(run);
  const path = files.fileOf(`${word}s`, target);
  if (!path) throw plainError(`cannot delete ${word} ${target}, not in ${files.shownPath}`);
  if (word === 'context' && files.merged['current-context'] === target) run.err('warning: this removed your active context, use "kubectl config use-context" to select a different one\n');
  files.remove(`${word}s`, target);
  run.out(`deleted ${word} ${target} from ${files.shownPath}\n`);
  return 0;
});

const renameContext = subverb('rename-context', 'Rename a context from the kubeconfig file', 'rename-context CONTEXT_NAME NEW_NAME [options]', async (run) => {
  const [from, to, ...more] = run.args;
  if (from === undefined || to === undefined || more.length > 0) throw plainError(`Unexpected args: [${run.args.join(' ')}]`);
  const files = store(run);
  const context = files.merged.contexts?.find((one) => one.name === from);
  if (!context) throw plainError(`cannot rename the context ${JSON.stringify(from)}, it's not in ${files.shownPath}`);
  if (files.merged.contexts?.some((one) => one.name === to)) throw plainError(`cannot rename the context ${JSON.stringify(from)}, the context ${JSON.stringify(to)} already exists in ${files.shownPath}`);
  files.rename(from, to);
  run.out(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.\n`);
  return 0;
});

export const config: Verb = {
  name: 'config', short: 'Modify kubeconfig files', helpTo: 'stderr', long: 'Modify kubeconfig files using subcommands like "kubectl config set current-context my-context".', examples: '', usage: 'config SUBCOMMAND [options]', flags: [],
  verbs: [currentContext, remove('delete-cluster', 'cluster'), remove('delete-context', 'context'), remove('delete-user', 'user'), getNames('get-clusters', 'Display clusters defined in the kubeconfig', (file) => names(file.clusters)), getContexts, getNames('get-users', 'Display users defined in the kubeconfig', (file) => names(file.users)), renameContext, setValue, setCluster, setContext, setCredentials, unsetValue, useContext, view],
};
