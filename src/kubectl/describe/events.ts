/** The table of events beneath every description. See DescribeEvents in kubectl/pkg/describe/describe.go. */
import { humanAge } from '../age.ts';
import type { Run } from '../command.ts';
import type { KubeObject } from '../object.ts';
import type { Writer } from './writer.ts';

export interface Event {
  readonly metadata: { readonly name?: string; readonly namespace?: string; readonly creationTimestamp?: string };
  readonly involvedObject: { readonly kind?: string; readonly name?: string; readonly uid?: string };
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count?: number;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly count: number; readonly lastObservedTime: string };
  readonly source?: { readonly component?: string };
  readonly reportingComponent?: string;
}

/** @param uid of a node it is its name */
export async function eventsOf(run: Run, object: KubeObject, uid = object.metadata?.uid ?? ''): Promise<readonly Event[]> {
  const namespace = object.metadata?.namespace;
  const terms = [`involvedObject.name=${object.metadata?.name}`, ...(namespace ? [`involvedObject.namespace=${namespace}`] : []), ...(object.kind ? [`involvedObject.kind=${object.kind}`] : []), `involvedObject.uid=${uid}`];
  const query = new URLSearchParams({ fieldSelector: terms.join(','), limit: '500' });
  const list = await run.client.json<{ items: readonly Event[] }>('GET', `${namespace ? `/api/v1/namespaces/${namespace}` : '/api/v1'}/events?${query.toString()}`);
  return list.items;
}

export function writeEvents(out: Writer, events: readonly Event[]): void {
  if (events.length === 0) return out.line(0, 'Events:\t<none>');
  const when = (event: Event) => Date.parse(event.lastTimestamp ?? '') || 0;
  const sorted = [...events].sort((a, b) => when(a) - when(b));
  out.write('Events:\n  Type\tReason\tAge\tFrom\tMessage\n  ----\t------\t----\t----\t-------\n');
  for (const event of sorted) out.write(`  ${event.type}\t${event.reason}\t${interval(event)}\t${event.source?.component || event.reportingComponent || ''}\t${event.message.trim()}\n`);
}

function interval(event: Event): string {
  const first = humanAge(event.firstTimestamp ?? event.eventTime);
  if (event.series) return `${humanAge(event.series.lastObservedTime)} (x${event.series.count} over ${first})`;
  if ((event.count ?? 0) > 1) return `${humanAge(event.lastTimestamp)} (x${event.count} over ${first})`;
  return first;
}
