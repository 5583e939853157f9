/**
 * Completion indexes: which of `completions` numbered tasks are done, written as `0-2,5`, and which pods work on which.
 * See pkg/controller/job/indexed_job_utils.go.
 */
import type { Stored } from '../../api/object.ts';
import type { Pod } from '../shapes.ts';

export const INDEX_KEY = 'batch.kubernetes.io/job-completion-index';

/** `0-2,5` as a set. */
export function parseIndexes(text: string | undefined): ReadonlySet<number> {
  const found = new Set<number>();
  for (const part of (text ?? '').split(',').filter(Boolean)) {
    const [from = 0, to = from] = part.split('-').map(Number);
    for (let index = from; index <= to; index++) found.add(index);
  }
  return found;
}

export function printIndexes(indexes: ReadonlySet<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let at = 0; at < sorted.length; ) {
    let end = at;
    while (sorted[end + 1] === sorted[end]! + 1) end++;
    // Two neighbours are a range too.
    parts.push(end === at ? String(sorted[at]) : `${sorted[at]}-${sorted[end]}`);
    at = end + 1;
  }
  return parts.join(',');
}

export function indexOf(pod: Stored<Pod>): number | undefined {
  const text = pod.metadata.annotations?.[INDEX_KEY];
  return text === undefined ? undefined : Number(text);
}

/** The first `count` tasks that are neither over, for good or for bad, nor being worked on. */
export function firstFree(count: number, completions: number, over: ReadonlySet<number>, active: readonly Stored<Pod>[]): readonly number[] {
  const busy = new Set(active.map(indexOf));
  const free: number[] = [];
  for (let index = 0; index < completions && free.length < count; index++) if (!over.has(index) && !busy.has(index)) free.push(index);
  return free;
}

/** A pod of an indexed Job knows its task by label, annotation, host name and environment. */
export function numbered(pod: Pod, job: string, index: number): void {
  pod.metadata.generateName = `${job}-${index}-`;
  pod.metadata.labels = { ...pod.metadata.labels, [INDEX_KEY]: String(index) };
  pod.metadata.annotations = { ...pod.metadata.annotations, [INDEX_KEY]: String(index) };
  pod.spec.hostname ??= `${job}-${index}`;
  for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers] as { env?: unknown[] }[]) {
    (container.env ??= []).push({ name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { fieldPath: `metadata.labels['${INDEX_KEY}']` } } });
  }
}
