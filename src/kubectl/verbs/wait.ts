/** `kubectl wait`. See kubectl/pkg/cmd/wait. */
import { StatusError } from '../client.ts';
import type { Run, Verb } from '../command.ts';
import { each } from '../each.ts';
import { FILE_FLAGS } from '../files.ts';
import { plainError } from '../io.ts';
import { fetch, namedObjects, type Named } from '../named.ts';
import { dig, type KubeObject } from '../object.ts';
import { pathExpression, printValue } from '../output/jsonpath.ts';
import { pause } from '../pause.ts';
import { selected } from '../print-objects.ts';
import { printResult, RESULT_FLAGS } from '../result.ts';
import { SELECT_FLAGS } from '../select.ts';
import { notFound, watchUntil } from '../watch-until.ts';

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
    const limit = new Limit(flags.duration('timeout'));
    const named = await present(run, text, limit);
    if (named.length === 0) {
      if (text === 'delete') return 0;
      throw plainError('no matching resources found');
    }
    // One after the other, each failure told at the end.
    return each(run, named, async (one) => {
      const found = text === 'create' ? one : await lookedUp(run, one, text === 'delete');
      if (found) printResult(run, await until(run, found, condition, text, limit), 'condition met');
    });
  },
};

const WEEK_MS = 7 * 24 * 3_600_000;

/** One time for all of them. */
class Limit {
  /** With `--timeout=0` everything is looked at once. */
  readonly isOnce: boolean;
  readonly #endMs: number;

  constructor(given: number) {
    this.isOnce = given === 0;
    this.#endMs = Date.now() + (given < 0 ? WEEK_MS : given);
  }

  /** At least 1 for all but who looks once, which is what 0 means. */
  leftMs(): number {
    return this.isOnce ? 0 : Math.max(1, this.#endMs - Date.now());
  }
}

/** What is to be waited for; with `create` also for there being any of a selection. */
async function present(run: Run, text: string, limit: Limit): Promise<readonly Named[]> {
  for (;;) {
    const named = await namedObjects(run, run.args, { many: true });
    if (named.length > 0 || text !== 'create') return named;
    if (limit.leftMs() <= 1) throw plainError('timed out waiting for the condition');
    await pause(run.io, Math.min(limit.leftMs(), 200));
  }
}

/** As the builder has it, before anything waits. @returns undefined for what is gone already, when that is waited for */
async function lookedUp(run: Run, one: Named, mayBeGone: boolean): Promise<Named | undefined> {
  try {
    return { ...one, object: await fetch(run, one) };
  } catch (error) {
    if (mayBeGone && error instanceof StatusError && error.status.reason === 'NotFound') return undefined;
    throw error;
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
  const expression = pathExpression(path);
  return (object) => {
    if (object === undefined) return false;
    const values = selected(expression, object);
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

/** @returns the object as it was when the condition held. @throws KubectlError when it did not in time */
async function until(run: Run, one: Named, holds: Condition, text: string, limit: Limit): Promise<KubeObject> {
  const uid = one.object?.metadata?.uid;
  let last: KubeObject = one.object ?? { kind: one.resource.kind, metadata: { name: one.name } };
  const met = await watchUntil(run, one, limit.leftMs(), ({ object, wentAway }) => {
    last = object ?? last;
    const isReplaced = text === 'delete' && object !== undefined && uid !== undefined && object.metadata?.uid !== uid;
    if (isReplaced || holds(object)) return last;
    // What is not there has no condition; what went may come again.
    if (object === undefined && !wentAway && text !== 'create') throw notFound(one);
    return undefined;
  });
  if (met) return met;
  const what = `${one.resource.plural}/${one.name}`;
  if (text === 'create') throw plainError('timed out waiting for the condition');
  throw plainError(limit.isOnce ? `condition not met for ${what}` : `timed out waiting for the condition on ${what}`);
}
