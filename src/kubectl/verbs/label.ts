/** `kubectl label` and `kubectl annotate`: the same act on two maps. See kubectl/pkg/cmd/{label,annotate}. */
import type { Run, Verb } from '../command.ts';
import { each } from '../each.ts';
import { FILE_FLAGS } from '../files.ts';
import { KubectlError, plainError } from '../io.ts';
import { fetch, LOCAL_FLAG, namedObjects, pathTo } from '../named.ts';
import type { KubeObject } from '../object.ts';
import { DRY_RUN_FLAG, dryRunOf, printResult, RESULT_FLAGS } from '../result.ts';
import { SELECT_FLAGS } from '../select.ts';
import { managerFlag } from '../send.ts';

interface Words {
  readonly map: 'labels' | 'annotations';
  readonly noun: 'label' | 'annotation';
  readonly done: 'labeled' | 'annotated';
  readonly undone: 'unlabeled' | 'annotated';
}

const LABEL: Words = { map: 'labels', noun: 'label', done: 'labeled', undone: 'unlabeled' };
const ANNOTATE: Words = { map: 'annotations', noun: 'annotation', done: 'annotated', undone: 'annotated' };

const flagsOf = (words: Words): Verb['flags'] => [
  ...SELECT_FLAGS, ...FILE_FLAGS, ...RESULT_FLAGS, DRY_RUN_FLAG, LOCAL_FLAG, managerFlag(`kubectl-${words.noun === 'label' ? 'label' : 'annotate'}`),
  { name: 'all', type: 'bool', value: false, help: 'Select all resources, in the namespace of the specified resource types' },
  { name: 'overwrite', type: 'bool', value: false, help: `If true, allow ${words.map} to be overwritten, otherwise reject ${words.noun} updates that overwrite existing ${words.map}.` },
  { name: 'list', type: 'bool', value: false, help: `If true, display the ${words.map} for a given resource.` },
  { name: 'resource-version', type: 'string', value: '', help: `If non-empty, the ${words.map} update will only succeed if this is the current resource-version for the object. Only valid when specifying a single resource.` },
];

export const label: Verb = {
  name: 'label', short: 'Update the labels on a resource',
  long: 'Update the labels on a resource.\n\n  *  A label key and value must begin with a letter or number, and may contain letters, numbers, hyphens, dots, and underscores, up to 63 characters each.\n  *  If --overwrite is true, then existing labels can be overwritten, otherwise attempting to overwrite a label will result in an error.',
  examples: "# Update pod 'foo' with the label 'unhealthy' and the value 'true'\nkubectl label pods foo unhealthy=true\n\n# Update pod 'foo' by removing a label named 'bar' if it exists\nkubectl label pods foo bar-",
  usage: 'label [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version] [options]', flags: flagsOf(LABEL), run: (run) => change(run, LABEL),
};

export const annotate: Verb = {
  name: 'annotate', short: 'Update the annotations on a resource', long: 'Update the annotations on one or more resources.\n\nAll Kubernetes objects support the ability to store additional data with the object as annotations.',
  examples: "# Update pod 'foo' with the annotation 'description' and the value 'my frontend'\nkubectl annotate pods foo description='my frontend'\n\n# Update pod 'foo' by removing an annotation named 'description' if it exists\nkubectl annotate pods foo description-",
  usage: 'annotate [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version] [options]', flags: flagsOf(ANNOTATE), run: (run) => change(run, ANNOTATE),
};

async function change(run: Run, words: Words): Promise<number> {
  const { flags } = run;
  const { targets, updates } = split(run.args);
  const list = flags.bool('list');
  if (targets.length === 0 && flags.list('filename').length === 0) throw new KubectlError(words === LABEL && run.args.length === 0 ? 'error: one or more resources must be specified as <resource> <name> or <resource>/<name>' : 'error: one or more resources must be specified as <resource> <name> or <resource>/<name>');
  if (flags.bool('all') && flags.text('selector')) throw plainError('cannot set --all and --selector at the same time');
  if (updates.length < 1 && !list) throw plainError(`at least one ${words.noun} update is required`);
  const { set, removed } = parseUpdates(updates, words);
  const dryRun = dryRunOf(run);
  const named = await namedObjects(run, targets, { many: true });
  if (flags.text('resource-version') && named.length > 1) throw plainError('--resource-version may only be used with a single resource');
  return each(run, named, async (one) => {
    const before = await fetch(run, one);
    const known = (before.metadata?.[words.map] ?? {}) as Readonly<Record<string, string>>;
    if (list) {
      if (named.length > 1) run.out(`Listing ${words.map} for ${before.kind}.${one.resource.group ? `${one.resource.version}.${one.resource.group}` : one.resource.version}/${one.name}:\n`);
      const indent = named.length > 1 ? ' ' : '';
      run.out(Object.entries(known).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${indent}${key}=${value}\n`).join(''));
      if (updates.length === 0) return;
    }
    if (!flags.bool('overwrite')) checkOverwrites(known, set, words);
    for (const key of words === LABEL ? removed : []) if (!(key in known)) run.out(`${words.noun} "${key}" not found.\n`);
    const result = { ...known, ...set };
    for (const key of removed) delete result[key];
    const changed = JSON.stringify(sorted(known)) !== JSON.stringify(sorted(result));
    const after: KubeObject = { ...before, metadata: { ...before.metadata, [words.map]: result } };
    const operation = words === ANNOTATE ? 'annotated' : operationOf(known, set, removed, changed);
    if (dryRun === 'client' || flags.bool('local') || (!changed && words === LABEL)) return printResult(run, after, operation, dryRun);
    const body = { metadata: { [words.map]: { ...set, ...Object.fromEntries(removed.map((key) => [key, null])) }, ...(flags.text('resource-version') ? { resourceVersion: flags.text('resource-version') } : {}) } };
    const query = `?fieldManager=${flags.text('field-manager')}${dryRun === 'server' ? '&dryRun=All' : ''}`;
    printResult(run, await run.client.json<KubeObject>('PATCH', pathTo(one) + query, { body, contentType: 'application/merge-patch+json' }), operation, dryRun);
  });
}

const sorted = (map: Readonly<Record<string, string>>) => Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));

function operationOf(known: Readonly<Record<string, string>>, set: Readonly<Record<string, string>>, removed: readonly string[], changed: boolean): string {
  if (!changed) return 'not labeled';
  return removed.some((key) => key in known) && Object.keys(set).length === 0 ? 'unlabeled' : 'labeled';
}

/** Words that are not `key=value` or `key-` name the objects. */
function split(args: readonly string[]): { targets: readonly string[]; updates: readonly string[] } {
  const at = args.findIndex((arg) => /=/.test(arg) || (/-$/.test(arg) && arg !== '-'));
  return at < 0 ? { targets: args, updates: [] } : { targets: args.slice(0, at), updates: args.slice(at) };
}

function parseUpdates(updates: readonly string[], words: Words): { set: Record<string, string>; removed: string[] } {
  const set: Record<string, string> = {};
  const removed: string[] = [];
  for (const update of updates) {
    const at = update.indexOf('=');
    if (at > 0) {
      const [key, value] = [update.slice(0, at), update.slice(at + 1)];
      if (words === LABEL) checkLabelValue(value, update);
      set[key] = value;
    } else if (update.endsWith('-') && update !== '-') removed.push(update.slice(0, -1));
    else throw words === LABEL && at === 0 ? plainError(`invalid label spec: ${update}`) : plainError(`unknown ${words.noun} spec: ${update}`.replace('unknown annotation spec', 'invalid annotation format'));
  }
  const both = removed.find((key) => key in set);
  if (both !== undefined) throw plainError(`can not both modify and remove ${words.noun === 'label' ? 'a label' : 'an annotation'} in the same command`);
  return { set, removed };
}

function checkLabelValue(value: string, spec: string): void {
  if (value.length > 63) throw plainError(`invalid label value: ${JSON.stringify(spec)}: must be no more than 63 bytes`.replace('63 bytes', '63 characters'));
  if (/^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(value)) return;
  throw plainError(`invalid label value: ${JSON.stringify(spec)}: a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`);
}

function checkOverwrites(known: Readonly<Record<string, string>>, set: Readonly<Record<string, string>>, words: Words): void {
  const clashes = Object.entries(set).filter(([key, value]) => key in known && (words === ANNOTATE || known[key] !== value));
  if (clashes.length === 0) return;
  if (words === ANNOTATE) {
    const changed = clashes.filter(([key, value]) => known[key] !== value);
    if (changed.length === 0) return;
    throw plainError(`--overwrite is false but found the following declared annotation(s): ${changed.map(([key]) => `'${key}' already has a value (${known[key]})`).join('; ')}`);
  }
  // Several stand in a list, which begins with no word of its own.
  const lines = clashes.map(([key]) => `'${key}' already has a value (${known[key]}), and --overwrite is false`);
  throw lines.length > 1 ? new KubectlError(lines.join('\n')) : plainError(lines[0]!);
}
