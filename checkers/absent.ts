/** Looks whether an object is gone. One that is being deleted is not gone yet. */
import { type Checker, Params } from '../src/lab/checker.ts';
import { nameOf } from './path.ts';

interface AbsentParams {
  readonly resource: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly nudge: string | undefined;
}

export const absent: Checker<AbsentParams> = {
  name: 'absent',

  parse(value) {
    const params = new Params(value);
    const parsed = { resource: params.text('resource'), name: params.text('name'), namespace: params.optionalText('namespace'), nudge: params.optionalText('nudge') };
    params.done();
    return parsed;
  },

  title: ({ resource, name, namespace }) => `${nameOf(resource, name, namespace)} is gone`,

  async run({ resource, name, namespace, nudge }, cluster) {
    const title = nameOf(resource, name, namespace);
    const object = await cluster.get(resource, name, namespace);
    if (!object) return { status: 'pass', saw: `${title} does not exist` };
    const saw = object.metadata.deletionTimestamp === undefined ? `${title} exists` : `${title} is being deleted, but is not gone`;
    return { status: 'fail', expected: `no ${title}`, saw, ...(nudge === undefined ? {} : { nudge }) };
  },
};
