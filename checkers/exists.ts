/** Looks whether an object exists: by name, or by label selector and number. */
import { type Checker, Params } from '../src/lab/checker.ts';
import { nameOf } from './path.ts';

interface ExistsParams {
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly selector: string | undefined;
  /** At least so many, with a selector. */
  readonly count: number;
  readonly nudge: string | undefined;
}

export const exists: Checker<ExistsParams> = {
  name: 'exists',

  parse(value) {
    const params = new Params(value);
    const parsed = {
      resource: params.text('resource'),
      namespace: params.optionalText('namespace'),
      name: params.optionalText('name'),
      selector: params.optionalText('selector'),
      count: params.optionalNumber('count') ?? 1,
      nudge: params.optionalText('nudge'),
    };
    params.done();
    if ((parsed.name === undefined) === (parsed.selector === undefined)) throw new Error('give either `with.name` or `with.selector`');
    return parsed;
  },

  title: ({ resource, name, namespace, selector, count }) => (name === undefined ? `${count} ${resource} labelled ${selector}` : `${nameOf(resource, name, namespace)} exists`),

  async run({ resource, name, namespace, selector, count, nudge }, cluster) {
    const hint = nudge === undefined ? {} : { nudge };
    if (name !== undefined) {
      const object = await cluster.get(resource, name, namespace);
      const title = nameOf(resource, name, namespace);
      return object && object.metadata.deletionTimestamp === undefined
        ? { status: 'pass', saw: `${title} exists` }
        : { status: 'fail', expected: title, saw: object ? `${title} is being deleted` : `${title} does not exist`, ...hint };
    }
    const found = (await cluster.list(resource, namespace, selector)).filter((object) => object.metadata.deletionTimestamp === undefined);
    const saw = found.length === 0 ? `no ${resource} with ${selector}` : found.map((object) => object.metadata.name).join(', ');
    return found.length >= count ? { status: 'pass', saw } : { status: 'fail', expected: `at least ${count} ${resource} labelled ${selector}`, saw, ...hint };
  },
};
