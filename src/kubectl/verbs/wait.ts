/** `kubectl wait`. See kubectl/pkg/cmd/wait. */
import { StatusError } from '../client.ts';
import type { Run, Verb } from '../command.ts';
import { each } from '../each.ts';
import { FILE_FLAGS } from '../files.ts';
import { KubectlError, plainError } from '../io.ts';
import { namedObjects, type Named } from '../named.ts';
import { dig, type KubeObject, type List } from '../object.ts';
import { evaluatePath, printValue, relaxed } from '../output/jsonpath.ts';
import { pathOf } from '../resources.ts';
import { printResult, RESULT_FLAGS } from '../result.ts';
import { SELECT_FLAGS } from '../select.ts';

/** Whether an object is as it should be; undefined while it is not there. */
type Condition = (object: KubeObject | undefined) => boolean;

export const wait: Verb = {
  name: 'wait', short: 'Experimental: Wait for a specific condition on one or many resources',
  long: 'Experimental: Wait for a specific condition on one or many resources.\n\nThe command takes multiple resources and waits until the specified condition is seen in the Status field of every given resource.',
  examples: '# Wait for the pod "busybox1" to contain the status condition of type "Ready"\nkubectl wait --for=condition=Ready pod/busybox1\n\n# Wait for pod "busybox1" to be in Running phase\nkubectl wait --for=jsonpath=\'{.status.phase}\'=Running pod/busybox1\n\n# Wait for the pod "busybox1" to be deleted, with a timeout of 60s\nkubectl wait --for=delete pod/busybox1 --timeout=60s',
  usage: "wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]] [options]",
  flags: [
    ...SELECT_FLAGS, ...FILE_FLAGS, ...RESULT_FLAGS,
    { name: 'all', type: 'bool', value: false, help: 'Select all resources in the namespace of the specified resource types' },
    { name: 'for', type: 'array', help: 'The condition to wait on: [create|delete|condition=condition-name[=condition-value]|jsonpath=\'{JSONPath expression}\'=[JSONPath value]]. The default condition-value is true.' },
    { name: 'timeout', type: 'duration', value: '30s', help: 'The length of time to wait before giving up.  Zero means check once and don\'t wait, negative means wait for a week.' },
  ],
  run: async (run) => {
    const { flags } = run;
    const text = flags.list('for').at(-1) ?? '';
    const condition = conditionOf(text);
    const given = flags.duration('timeout');
    const end = Date.now() + (given < 0 ? 7 * 24 * 3_600_000 : given);
    let named: readonly Named[];
    try {
      named = await present(run, text, end);
    } catch (error) {
      if (!(error instanceof StatusError) || error.status.reason !== 'NotFound' || text !== 'delete') throw error;
      named = [];
    }
    if (named.length === 0) {
      if (text === 'delete') return 0;
      throw plainError('no matching resources found');
    }
    return each(run, named, async (one) => {
      const object = await until(run, one, condition, text, end);
      printResult(run, object, 'condition met');
    });
  },
};

/** Names are looked up at once, as the builder does; for `create` a missing one is waited for. */
async function present(run: Run, text: string, end: number): Promise<readonly Named[]> {
  for (;;) {
    const named = await namedObjects(run, run.args, { many: true });
    if (text !== 'create') {
      const found: Named[] = [];
      const codes = await each(run, named, async (one) => {
        if (one.object) return void found.push(one);
        try {
          found.push({ ...one, object: await run.client.json<KubeObject>('GET', pathOf(one.resource, one.namespace, one.name)) });
        } catch (error) {
          if (!(text === 'delete' && error instanceof StatusError && error.status.reason === 'NotFound')) throw error;
        }
      });
      if (codes !== 0 && found.length === 0) throw new KubectlError('');
      return found;
    }
    if (named.length > 0) return named;
    if (Date.now() >= end) throw plainError('timed out waiting for the condition');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function conditionOf(text: string): Condition {
  if (text.toLowerCase() === 'delete') return (object) => object === undefined;
  if (text.toLowerCase() === 'create') return (object) => object !== undefined;
  if (text.startsWith('condition=')) {
    const [type = '', value = 'true'] = text.slice('condition='.length).split('=');
    return (object) => {
      const conditions = (dig(object, 'status', 'conditions') as { type: string; status: string; observedGeneration?: number }[] | undefined) ?? [];
      const one = conditions.find((each) => each.type.toLowerCase() === type.toLowerCase());
      if (!one) return false;
      // A condition about an older generation says nothing about this one.
      const observed = one.observedGeneration ?? (dig(object, 'status', 'observedGeneration') as number | undefined);
      if (observed !== undefined && observed < (object?.metadata?.generation ?? 0)) return false;
      return one.status.toLowerCase() === value.toLowerCase();
    };
  }
  if (text.startsWith('jsonpath=')) return jsonPathCondition(text.slice('jsonpath='.length));
  throw plainError(`unrecognized condition: ${JSON.stringify(text)}`);
}

function jsonPathCondition(text: string): Condition {
  const trimmed = text.trim();
  const end = trimmed.startsWith('{') ? closing(trimmed) : trimmed.indexOf('=') - 1;
  const [path, rest] = end < 0 ? [trimmed, ''] : [trimmed.slice(0, end + 1), trimmed.slice(end + 1)];
  if (!path || path === '{}') throw plainError('jsonpath expression cannot be empty');
  const any = rest === '';
  if (rest === '=') throw plainError('jsonpath wait has to have a value after equal sign, like --for=jsonpath=\'{.status.readyReplicas}\'=3');
  if (!any && !rest.startsWith('=')) throw plainError(`jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'`);
  const wanted = rest.slice(1).replace(/^(["'])(.*)\1$/s, '$2');
  const template = relaxed(path);
  return (object) => {
    if (object === undefined) return false;
    const values = evaluatePath(template, object, { allowMissingKeys: true });
    if (values.length === 0) return false;
    if (values.length > 1) throw plainError('given jsonpath expression matches more than one value');
    const [value] = values;
    if (typeof value === 'object' && value !== null) throw plainError('jsonpath leads to a nested object or list which is not supported');
    return any || printValue(value) === wanted;
  };
}

/** The brace that closes the first one. */
function closing(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '{') depth++;
    if (text[i] === '}' && --depth === 0) return i;
  }
  return text.length - 1;
}

/** Watches one object until the condition holds. @returns the object as it was then */
async function until(run: Run, one: Named, holds: Condition, text: string, end: number): Promise<KubeObject> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  const timer = setTimeout(abort, Math.max(0, end - Date.now()));
  run.io.signal.addEventListener('abort', abort, { once: true });
  const uid = one.object?.metadata?.uid;
  const path = pathOf(one.resource, one.namespace);
  const query = `fieldSelector=${encodeURIComponent(`metadata.name=${one.name}`)}`;
  const kind = { apiVersion: one.resource.group ? `${one.resource.group}/${one.resource.version}` : one.resource.version, kind: one.resource.kind };
  let last: KubeObject = one.object ?? { ...kind, metadata: { name: one.name } };
  try {
    for (;;) {
      const list = await run.client.json<List>('GET', `${path}?${query}`);
      const item = list.items[0];
      if (item) last = { ...item, ...kind };
      const replaced = text === 'delete' && item && uid && item.metadata?.uid !== uid;
      if (replaced || holds(item ? last : undefined)) return last;
      for await (const event of run.client.watch<KubeObject>(`${path}?${query}&watch=true&resourceVersion=${list.metadata?.resourceVersion ?? ''}`, 'application/json', stop.signal)) {
        if (event.type === 'BOOKMARK' || event.type === 'ERROR') continue;
        last = event.object;
        if (holds(event.type === 'DELETED' ? undefined : event.object)) return last;
        if (event.type === 'DELETED' && text.startsWith('condition=')) break;
      }
      if (run.io.signal.aborted) throw new KubectlError('', 130);
      if (stop.signal.aborted) throw plainError(text === 'create' ? 'timed out waiting for the condition' : `timed out waiting for the condition on ${one.resource.plural}/${one.name}`);
    }
  } finally {
    clearTimeout(timer);
    run.io.signal.removeEventListener('abort', abort);
  }
}
