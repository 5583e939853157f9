/** `kubectl events`. See kubectl/pkg/cmd/events. */
import { StatusError } from '../client.ts';
import type { Verb } from '../command.ts';
import { humanAge } from '../age.ts';
import { plainError, usageError } from '../io.ts';
import type { KubeObject, List } from '../object.ts';
import { printTable } from '../print-table.ts';
import { formatOf, OUTPUT_FLAGS, printObject } from '../print-objects.ts';
import type { Event } from '../describe/events.ts';

export const events: Verb = {
  name: 'events', short: 'List events', long: 'Display events.\n\nPrints a table of the most important information about events. You can request events for a namespace, for all namespace, or filtered to only those pertaining to a specified resource.', examples: '# List recent events in the default namespace\nkubectl events\n\n# List recent events only in given event types\nkubectl events --types=Warning,Normal',
  usage: 'events [(-o|--output=)json|yaml|name|go-template|jsonpath] [--for TYPE/NAME] [--watch] [--types=Normal,Warning] [options]',
  flags: [
    ...OUTPUT_FLAGS,
    { name: 'all-namespaces', short: 'A', type: 'bool', value: false, help: 'If present, list the requested object(s) across all namespaces.' },
    { name: 'for', type: 'string', value: '', help: 'Filter events to only those pertaining to the specified resource.' },
    { name: 'types', type: 'strings', help: 'Output only events of given types.' },
    { name: 'no-headers', type: 'bool', value: false, help: 'When using the default output format, don\'t print headers.' },
    { name: 'watch', short: 'w', type: 'bool', value: false, help: 'After listing the requested events, watch for more events.' },
    { name: 'chunk-size', type: 'int', value: '500', help: 'Return large lists in chunks rather than all at once. Pass 0 to disable.' },
  ],
  run: async (run) => {
    const { flags } = run;
    if (run.args.length > 0) throw usageError(run.command, `unexpected arguments: [${run.args.join(' ')}]`);
    const types = flags.list('types');
    const wrong = types.find((type) => !/^(normal|warning)$/i.test(type));
    if (wrong !== undefined) throw plainError(`valid --types are Normal or Warning`);
    const everywhere = flags.bool('all-namespaces');
    const query = new URLSearchParams({ ...(flags.int('chunk-size') > 0 ? { limit: flags.text('chunk-size') } : {}) });
    if (flags.text('for')) {
      const [type = '', name] = flags.text('for').split('/');
      if (name === undefined) throw plainError('--for must be in resource/name form');
      const resource = (await run.resources()).need(type);
      query.set('fieldSelector', `involvedObject.apiVersion=${resource.group ? `${resource.group}/` : ''}${resource.version},involvedObject.kind=${resource.kind},involvedObject.name=${name}`);
    }
    const path = everywhere ? '/api/v1' : `/api/v1/namespaces/${run.namespace}`;
    const list = await run.client.json<List>('GET', `${path}/events?${query.toString()}`);
    for (let token = list.metadata?.['continue']; token; ) {
      query.set('continue', token as string);
      const next = await run.client.json<List>('GET', `${path}/events?${query.toString()}`);
      list.items.push(...next.items);
      token = next.metadata?.['continue'];
    }
    query.delete('continue');
    const isChosen = (event: Event) => types.length === 0 || types.some((type) => type.toLowerCase() === event.type.toLowerCase());
    const sorted = (list.items as unknown as Event[]).filter(isChosen).sort((a, b) => seen(a) - seen(b));
    const format = formatOf(run);
    const isTable = format.type === 'table' || format.type === 'wide';
    const typed = (event: Event) => ({ ...event, kind: 'Event', apiVersion: 'v1' }) as unknown as KubeObject;
    if (sorted.length === 0 && !flags.bool('watch')) run.err(everywhere ? 'No events found.\n' : `No events found in ${run.namespace} namespace.\n`);
    else if (!isTable && !flags.bool('watch')) printObject(run, format, { ...list, kind: 'EventList', apiVersion: 'v1', items: sorted.map(typed) } as List, undefined);
    else if (isTable) run.out(printTable([...(flags.bool('no-headers') ? [] : [headerOf(everywhere)]), ...sorted.map((event) => rowOf(event, everywhere))]));
    else for (const event of sorted) printObject(run, format, typed(event), undefined);
    if (!flags.bool('watch')) return 0;
    query.delete('limit');
    query.set('watch', 'true');
    query.set('resourceVersion', String(list.metadata?.resourceVersion ?? ''));
    for await (const { type, object } of run.client.watch<Event>(`${path}/events?${query.toString()}`)) {
      if (type === 'ERROR') throw new StatusError(object as never);
      if (type === 'DELETED' || type === 'BOOKMARK' || !isChosen(object)) continue;
      if (isTable) run.out(printTable([rowOf(object, everywhere)]));
      else printObject(run, format, typed(object), undefined);
    }
    return run.io.signal.aborted ? 130 : 0;
  },
};

const headerOf = (everywhere: boolean): readonly string[] => [...(everywhere ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'];

function rowOf(event: Event, everywhere: boolean): readonly string[] {
  return [...(everywhere ? [event.metadata.namespace ?? ''] : []), interval(event), event.type, event.reason, `${event.involvedObject.kind}/${event.involvedObject.name}`, event.message.trim()];
}

function seen(event: Event): number {
  return Date.parse(event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '');
}

function interval(event: Event): string {
  const first = event.firstTimestamp ?? event.eventTime ?? '';
  const [count, last] = event.series ? [event.series.count, event.series.lastObservedTime] : [event.count ?? 0, event.lastTimestamp ?? event.eventTime ?? ''];
  return count > 1 ? `${humanAge(last)} (x${count} over ${humanAge(first)})` : humanAge(event.lastTimestamp ?? event.eventTime ?? '');
}
