/**
 * Event: what happened to an object, for people. Stored as core/v1, served as events.k8s.io/v1 too.
 * See pkg/printers/internalversion/printers.go printEvent and pkg/apis/core/types.go.
 */
import { draft } from '../api/deep.ts';
import type { KubeObject, Stored } from '../api/object.ts';
import { age } from './cells.ts';
import { column, defineKind, wide, type Loose } from './define.ts';

export interface Event extends KubeObject {
  /** Required by the API; an Event without one is stored all the same. */
  involvedObject?: { kind?: string; namespace?: string; name?: string; uid?: string; apiVersion?: string; resourceVersion?: string; fieldPath?: string };
  reason?: string;
  message?: string;
  source?: { component?: string; host?: string };
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
  count?: number;
  type?: string;
  eventTime?: string | null;
  series?: { count: number; lastObservedTime: string };
  action?: string;
  reportingComponent?: string;
  reportingInstance?: string;
}

const read = (object: Loose) => object as unknown as Event;

const columns = [
  column('Last Seen', (event, now) => lastSeen(read(event), now), { description: 'The time at which the most recent occurrence of this event was recorded.' }),
  column('Type', (event) => read(event).type ?? ''),
  column('Reason', (event) => read(event).reason ?? ''),
  column('Object', (event) => subject(read(event))),
  wide('Subobject', (event) => read(event).involvedObject?.fieldPath ?? ''),
  wide('Source', (event) => sourceOf(read(event))),
  column('Message', (event) => (read(event).message ?? '').trim()),
  wide('First Seen', (event, now) => firstSeen(read(event), now)),
  wide('Count', (event) => read(event).series?.count ?? (read(event).count || 1)),
  wide('Name', (event) => event.metadata.name),
];

export const event = defineKind<Event>({
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  nameRule: 'subdomain',
  defaults(event) {
    // Go writes these even when they are empty.
    event.source ??= {};
    event.reportingComponent ??= '';
    event.reportingInstance ??= '';
    event.eventTime ??= null;
    event.firstTimestamp ??= null;
    event.lastTimestamp ??= null;
  },
  columns: columns as never,
  selectableFields: {
    'involvedObject.kind': (event) => event.involvedObject?.kind ?? '',
    'involvedObject.namespace': (event) => event.involvedObject?.namespace ?? '',
    'involvedObject.name': (event) => event.involvedObject?.name ?? '',
    'involvedObject.uid': (event) => event.involvedObject?.uid ?? '',
    'involvedObject.apiVersion': (event) => event.involvedObject?.apiVersion ?? '',
    'involvedObject.resourceVersion': (event) => event.involvedObject?.resourceVersion ?? '',
    'involvedObject.fieldPath': (event) => event.involvedObject?.fieldPath ?? '',
    reason: (event) => event.reason ?? '',
    reportingComponent: (event) => event.reportingComponent ?? '',
    source: (event) => event.source?.component || event.reportingComponent || '',
    type: (event) => event.type ?? '',
  },
});

interface NewEvent extends KubeObject {
  eventTime: string | null;
  note?: string;
  regarding?: NonNullable<Event['involvedObject']>;
  reportingController?: string;
  reportingInstance?: string;
  deprecatedCount?: number;
  deprecatedFirstTimestamp?: string | null;
  deprecatedLastTimestamp?: string | null;
  deprecatedSource?: Event['source'];
  [field: string]: unknown;
}

export const newEvent = defineKind<NewEvent>({
  group: 'events.k8s.io',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  columns: columns.map((entry) => ({ ...entry, cell: (object: Stored<KubeObject>, now: number) => entry.cell(toStored(draft<KubeObject>(object) as NewEvent) as unknown as Stored<Loose>, now) })) as never,
  selectableFields: {
    reason: (event) => (event['reason'] as string | undefined) ?? '',
    type: (event) => (event['type'] as string | undefined) ?? '',
    reportingController: (event) => event.reportingController ?? '',
    'regarding.kind': (event) => event.regarding?.kind ?? '',
    'regarding.namespace': (event) => event.regarding?.namespace ?? '',
    'regarding.name': (event) => event.regarding?.name ?? '',
    'regarding.uid': (event) => event.regarding?.uid ?? '',
  },
  storedAs: { resource: 'events', toStored: (object) => toStored(object as NewEvent), fromStored: (stored) => fromStored(stored as unknown as Event) as unknown as Stored<KubeObject> },
});

function toStored({ note, regarding, reportingController, deprecatedCount, deprecatedFirstTimestamp, deprecatedLastTimestamp, deprecatedSource, ...rest }: NewEvent): KubeObject {
  return {
    ...rest,
    apiVersion: 'v1',
    involvedObject: regarding ?? {},
    ...(note !== undefined && { message: note }),
    source: deprecatedSource ?? {},
    firstTimestamp: deprecatedFirstTimestamp ?? null,
    lastTimestamp: deprecatedLastTimestamp ?? null,
    ...(deprecatedCount !== undefined && { count: deprecatedCount }),
    reportingComponent: reportingController ?? '',
    reportingInstance: rest.reportingInstance ?? '',
  } as KubeObject;
}

function fromStored({ message, involvedObject, reportingComponent, count, firstTimestamp, lastTimestamp, source, ...rest }: Event): KubeObject {
  return {
    ...rest,
    apiVersion: 'events.k8s.io/v1',
    regarding: involvedObject,
    ...(message !== undefined && { note: message }),
    ...(reportingComponent && { reportingController: reportingComponent }),
    deprecatedSource: source ?? {},
    deprecatedFirstTimestamp: firstTimestamp ?? null,
    deprecatedLastTimestamp: lastTimestamp ?? null,
    ...(count !== undefined && { deprecatedCount: count }),
  } as KubeObject;
}

function firstSeen(event: Event, now: number): string {
  return age((event.firstTimestamp || event.eventTime) ?? undefined, now);
}

function lastSeen(event: Event, now: number): string {
  const first = firstSeen(event, now);
  const last = event.lastTimestamp ? age(event.lastTimestamp, now) : first;
  if (event.series) return `${age(event.series.lastObservedTime, now)} (x${event.series.count} over ${first})`;
  return (event.count ?? 0) > 1 ? `${last} (x${event.count} over ${first})` : last;
}

function subject({ involvedObject: object = {} }: Event): string {
  return object.name ? `${(object.kind ?? '').toLowerCase()}/${object.name}` : (object.kind ?? '').toLowerCase();
}

function sourceOf(event: Event): string {
  const component = event.source?.component || event.reportingComponent || '';
  const host = event.source?.host || event.reportingInstance || '';
  return host ? `${component}, ${host}` : component;
}
