/** What many describers print: labels, annotations, times, selectors, owners. See kubectl/pkg/describe/describe.go. */
import type { KubeObject } from '../object.ts';
import type { Writer } from './writer.ts';

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const two = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, '0');

/** Go's RFC1123Z in the local zone: `Sat, 21 Nov 2026 09:21:42 +0000`. */
export function timeOf(text: string | null | undefined): string {
  const date = new Date(text ?? '');
  if (!text || Number.isNaN(date.getTime())) return '<unset>';
  const offset = -date.getTimezoneOffset();
  return `${WEEKDAYS[date.getDay()]}, ${two(date.getDate())} ${MONTHS[date.getMonth()]} ${date.getFullYear()} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${offset < 0 ? '-' : '+'}${two(offset / 60)}${two(offset % 60)}`;
}

type Labels = Readonly<Record<string, string>> | undefined;

export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const sortedEntries = <T>(map: Readonly<Record<string, T>> | null | undefined): [string, T][] => Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));

/** `Labels:` and one `key=value` a line. */
export function writeLabels(out: Writer, title: string, labels: Labels, options: { readonly indent?: string; readonly inner?: string } = {}): void {
  const indent = options.indent ?? '';
  const pairs = sortedEntries(labels);
  out.write(`${indent}${title}:\t`);
  if (pairs.length === 0) return out.write('<none>\n');
  pairs.forEach(([key, value], index) => out.write(`${index === 0 ? '' : `${options.inner ?? ''}\t`}${key}=${value}\n`));
}

const HIDDEN = new Set(['kubectl.kubernetes.io/last-applied-configuration']);
const LONGEST = 140;

/** `key: value` a line; long or multi-line values begin below. */
export function writeAnnotations(out: Writer, annotations: Labels, options: { readonly indent?: string } = {}): void {
  const indent = options.indent ?? '';
  const pairs = sortedEntries(annotations).filter(([key]) => !HIDDEN.has(key));
  out.write(`${indent}Annotations:\t`);
  if (pairs.length === 0) return out.write('<none>\n');
  pairs.forEach(([key, text], index) => {
    const value = text.endsWith('\n') ? text.slice(0, -1) : text;
    const head = index === 0 ? '' : `${indent}\t`;
    if (value.length + key.length + 2 > LONGEST || value.includes('\n')) {
      out.write(`${head}${key}:\n`);
      for (const line of value.split('\n')) out.write(`${indent}\t  ${shorten(line)}\n`);
    } else out.write(`${head}${key}: ${value}\n`);
  });
}

function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[];
}

/** metav1.FormatLabelSelector */
export function selectorText(selector: LabelSelector | undefined): string {
  const terms = [
    ...Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` })),
    ...(selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
      const list = `(${[...values].sort().join(',')})`;
      return { key, text: operator === 'In' ? `${key} in ${list}` : operator === 'NotIn' ? `${key} notin ${list}` : operator === 'Exists' ? key : `!${key}` };
    }),
  ].sort((a, b) => (a.key < b.key ? -1 : 1));
  return terms.length === 0 ? '<none>' : terms.map((term) => term.text).join(',');
}

/** Name, namespace, and what follows them nearly everywhere. */
export function writeHead(out: Writer, object: KubeObject, options: { readonly namespace?: boolean } = {}): void {
  out.line(0, `Name:\t${object.metadata?.name ?? ''}`);
  if (options.namespace ?? true) out.line(0, `Namespace:\t${object.metadata?.namespace ?? ''}`);
}

export function writeMeta(out: Writer, object: KubeObject): void {
  writeLabels(out, 'Labels', object.metadata?.labels);
  writeAnnotations(out, object.metadata?.annotations);
}

export function controllerOf(object: KubeObject): string | undefined {
  const owner = object.metadata?.ownerReferences?.find((one) => one.controller);
  return owner && `${owner.kind}/${owner.name}`;
}
