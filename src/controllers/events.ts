/**
 * Events as `kubectl describe` shows them: a repeated event is counted, not repeated; a talkative object is told to be
 * brief. The scheduler speaks the newer events API (eventTime, series), all others the older one (count, first and last
 * time). See client-go tools/record/events_cache.go and tools/events/event_recorder.go.
 */
import type { Clock } from '../base/clock.ts';
import type { Rng } from '../base/rng.ts';
import type { KubeObject, Stored } from '../api/object.ts';
import { ApiError } from '../api/status.ts';
import type { Registry } from '../kinds/registry.ts';
import type { EventRecorder } from './controller.ts';
import { microTimestamp, timestamp } from '../api/time.ts';

/** More than this many events of one reason on one object within the window, and they are combined. */
const SIMILAR_LIMIT = 10;
const SIMILAR_WINDOW_MS = 600_000;
/** How many different events are remembered for counting. */
const REMEMBERED = 4096;

type Occurrence = Parameters<EventRecorder>[0];

interface Remembered {
  readonly name: string;
  readonly namespace: string;
  count: number;
}

/** Makes the recorder that one process (the controller manager, a kubelet) uses. */
export function makeRecorder(registry: Registry, clock: Clock, rng: Rng): EventRecorder {
  const counted = new Map<string, Remembered>();
  const similar = new Map<string, { messages: Set<string>; lastMs: number }>();

  const combine = (event: Occurrence, groupKey: string): Occurrence => {
    const group = similar.get(groupKey);
    if (!group || clock.now() - group.lastMs > SIMILAR_WINDOW_MS) {
      similar.set(groupKey, { messages: new Set([event.message]), lastMs: clock.now() });
      return event;
    }
    group.lastMs = clock.now();
    group.messages.add(event.message);
    return group.messages.size < SIMILAR_LIMIT ? event : { ...event, message: `(combined from similar events): ${event.message}` };
  };

  return (occurrence) => {
    const groupKey = [occurrence.component, occurrence.host, occurrence.object.kind, occurrence.object.metadata.uid, occurrence.object.metadata.name, occurrence.fieldPath, occurrence.type, occurrence.reason].join('\0');
    const event = combine(occurrence, groupKey);
    // A combined event counts as one, whatever it says now.
    const key = event === occurrence ? `${groupKey}\0${event.message}` : `${groupKey}\0combined`;
    const known = counted.get(key);
    if (known && countAgain(registry, clock, known, event)) return;
    const name = `${event.object.metadata.name}.${nextNanos(registry, clock, rng).toString(16)}`;
    const namespace = event.object.metadata.namespace ?? 'default';
    if (!write(() => registry.create('events', newEvent(event, name, namespace, clock), { namespace }))) return;
    counted.set(key, { name, namespace, count: 1 });
    if (counted.size > REMEMBERED) counted.delete(counted.keys().next().value ?? key);
  };
}

const lastNanos = new WeakMap<Registry, bigint>();

/** The present in nanoseconds, never the same twice: names tell which of two events of one instant came first. */
function nextNanos(registry: Registry, clock: Clock, rng: Rng): bigint {
  const now = BigInt(Math.floor(clock.unixMs() * 1000)) * 1000n;
  const last = lastNanos.get(registry) ?? 0n;
  // A step that looks like the time a real process needs between two events.
  const next = now > last ? now : last + BigInt(10_000 + rng.below(10_000));
  lastNanos.set(registry, next);
  return next;
}

function countAgain(registry: Registry, clock: Clock, known: Remembered, event: Occurrence): boolean {
  const count = known.count + 1;
  const body = isNewStyle(event)
    ? { series: { count, lastObservedTime: microTimestamp(clock.unixMs()) } }
    : { count, lastTimestamp: timestamp(clock.unixMs()), message: event.message };
  const done = write(() => registry.patch('events', known.name, known.namespace, { type: 'merge', body }));
  if (done) known.count = count;
  return done;
}

/** Nobody fails because an event could not be written: the namespace may be on its way out. */
function write(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}

const isNewStyle = (event: Occurrence) => event.component === 'default-scheduler';

function newEvent(event: Occurrence, name: string, namespace: string, clock: Clock): KubeObject {
  const involvedObject = reference(event.object, event.fieldPath);
  const common = { apiVersion: 'v1', kind: 'Event', metadata: { name, namespace }, involvedObject, reason: event.reason, message: event.message, type: event.type };
  if (isNewStyle(event)) {
    return {
      ...common,
      source: {},
      firstTimestamp: null,
      lastTimestamp: null,
      eventTime: microTimestamp(clock.unixMs()),
      action: event.reason === 'Scheduled' ? 'Binding' : 'Scheduling',
      reportingComponent: event.component,
      reportingInstance: `${event.component}-${event.host ?? 'control-plane'}`,
    } as KubeObject;
  }
  const now = timestamp(clock.unixMs());
  return {
    ...common,
    source: event.host === undefined ? { component: event.component } : { component: event.component, host: event.host },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
    eventTime: null,
    reportingComponent: event.component,
    reportingInstance: event.host ?? '',
  } as KubeObject;
}

function reference(object: Stored<KubeObject>, fieldPath: string | undefined): Record<string, string> {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  return {
    kind: object.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(uid === undefined ? {} : { uid }),
    apiVersion: object.apiVersion,
    // Static pods and nodes are known to their kubelet before they have a version.
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(fieldPath === undefined ? {} : { fieldPath }),
  };
}
