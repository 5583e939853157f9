/** Looks for an event about an object: what `kubectl events --for` would show. */
import { type Checker, Params } from '../src/lab/checker.ts';
import { textAt } from './path.ts';

interface EventsParams {
  readonly namespace: string;
  readonly reason: string;
  readonly kind: string | undefined;
  readonly name: string | undefined;
  readonly contains: string | undefined;
  readonly nudge: string | undefined;
}

export const events: Checker<EventsParams> = {
  name: 'events',

  parse(value) {
    const params = new Params(value);
    const parsed = { namespace: params.text('namespace'), reason: params.text('reason'), kind: params.optionalText('kind'), name: params.optionalText('name'), contains: params.optionalText('contains'), nudge: params.optionalText('nudge') };
    params.done();
    return parsed;
  },

  title: ({ reason, kind, name }) => `an event ${reason}${kind === undefined && name === undefined ? '' : ` about ${[kind, name].filter((word) => word !== undefined).join(' ')}`}`,

  async run(params, cluster) {
    const { namespace, reason, kind, name, contains, nudge } = params;
    const about = (await cluster.list('events', namespace)).filter((event) => (kind === undefined || textAt(event, 'involvedObject.kind') === kind) && (name === undefined || (textAt(event, 'involvedObject.name') ?? '').startsWith(name)));
    const found = about.find((event) => textAt(event, 'reason') === reason && (contains === undefined || (textAt(event, 'message') ?? '').includes(contains)));
    if (found) return { status: 'pass', saw: `${reason}: ${textAt(found, 'message') ?? ''}` };
    const reasons = [...new Set(about.map((event) => textAt(event, 'reason')))];
    return { status: 'fail', expected: events.title(params), saw: reasons.length === 0 ? 'no events' : `the events ${reasons.join(', ')}`, ...(nudge === undefined ? {} : { nudge }) };
  },
};
