/** What a trace says, as text for a terminal: the picture of the way, or every step. Knows no terminal and no cluster. */
import type { Trace, TraceHop } from '../sim/trace.ts';

export type { Trace, TraceHop, TraceWish } from '../sim/trace.ts';

/** One place on the way, with what happened there that matters. */
export interface TracePlace {
  readonly name: string;
  readonly steps: readonly TraceStep[];
}

export interface TraceStep {
  readonly text: string;
  readonly kind: TraceHop['kind'];
}

const GOOD: readonly Trace['verdict'][] = ['answered', 'delivered'];

export const hasArrived = ({ verdict }: Trace): boolean => GOOD.includes(verdict);

/** `It was answered.`, `It was dropped. Node x has no route to 10.244.1.2.` */
export function traceSentence({ verdict, protocol, cause }: Trace): string {
  const words = {
    answered: 'It was answered.',
    delivered: 'It was delivered. UDP itself answers nothing, and neither did the process.',
    refused: protocol === 'tcp' ? 'The connection was refused.' : 'It was refused.',
    rejected: 'It was rejected, and the sender told so.',
    dropped: 'It was dropped.',
    silence: 'Nobody answered.',
  }[verdict];
  return cause ? `${words} ${cause.because[0]!.toUpperCase()}${cause.because.slice(1)}` : words;
}

/** `✔ It was answered.` */
export const traceVerdict = (trace: Trace): string => `${hasArrived(trace) ? '✔' : '✘'} ${traceSentence(trace)}`;

/** `pod default/web → service shop/db (10.96.7.1, TCP port 5432)`, and what DNS had to do with it. */
export function traceTitle({ from, to, address, port, protocol, said }: Trace): string[] {
  const what = port === undefined ? 'echo' : `${protocol.toUpperCase()} port ${port}`;
  return [`${from} → ${to} (${to === address ? '' : `${address}, `}${what})`, ...(said === undefined ? [] : [said])];
}

/** Every step with its time: what `--text` prints. */
export function traceText(trace: Trace): string[] {
  const lines = [...traceTitle(trace), ''];
  let place = '';
  for (const hop of trace.hops) {
    if (hop.place !== place) lines.push(hop.place);
    place = hop.place;
    lines.push(`  ${hop.atMs.toFixed(3).padStart(9)}  ${step(hop)}`);
  }
  return [...lines, '', traceVerdict(trace)];
}

/** The places in the order that the packet came to them, with devices, decisions and rewrites. */
export function tracePlaces({ hops }: Trace): readonly TracePlace[] {
  const places: { name: string; steps: TraceStep[] }[] = [];
  for (const hop of hops) {
    if (places.at(-1)?.name !== hop.place) places.push({ name: hop.place, steps: [] });
    if (matters(hop)) places.at(-1)!.steps.push({ text: step(hop).replace(/ -m comment --comment "cali:[^"]*"/, ''), kind: hop.kind });
  }
  return places;
}

/** The way as boxes, one for each place. */
export function tracePicture(trace: Trace, columns: number): string[] {
  const width = Math.max(40, Math.min(columns, 100));
  const boxes = tracePlaces(trace).flatMap(({ name, steps }, index) => [
    ...(index === 0 ? [] : ['    ▼']),
    `┌─ ${name} ${'─'.repeat(Math.max(0, width - name.length - 5))}┐`,
    ...steps.flatMap(({ text }) => fold(text, width - 4)).map((line) => `│ ${line.padEnd(width - 4)} │`),
    `└${'─'.repeat(width - 2)}┘`,
  ]);
  return [...traceTitle(trace), '', ...boxes, '', traceVerdict(trace)];
}

/** Goes on in the next line, a little further in, at a blank where there is one. */
function fold(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width);
    const at = blank > width / 2 ? blank : width;
    lines.push(rest.slice(0, at));
    rest = `  ${rest.slice(at).trimStart()}`;
  }
  return [...lines, rest];
}

/** Jumps into chains are left out of the picture, unless a Service or a policy speaks through them. */
function matters(hop: TraceHop): boolean {
  if (hop.kind !== 'rule') return true;
  return /KUBE-(SVC|SEP|EXT|FW)-|KUBE-MARK-MASQ|DNAT|SNAT|MASQUERADE|REJECT|DROP|LOG/.test(`${hop.chain} ${hop.rule}`);
}

function step(hop: TraceHop): string {
  switch (hop.kind) {
    case 'received': return `${hop.device} in   ${wrapped(hop)}${hop.packet}`;
    case 'transmitted': return `${hop.device} out  ${wrapped(hop)}${hop.packet}`;
    case 'routed': return `route ${hop.detail}`;
    case 'rule': return `${hop.hook} ${hop.table}  -A ${hop.chain} ${hop.rule}`;
    case 'policy': return `${hop.hook} ${hop.table}  policy of ${hop.chain}: ${hop.detail}`;
    case 'translated': return `${hop.hook} rewritten: ${hop.packet}`;
    case 'balanced': return `IPVS ${hop.detail}`;
    case 'delivered': return `delivered to ${hop.detail}`;
    case 'dropped': return `✘ dropped${hop.device === undefined ? '' : ` at ${hop.device}`}: ${hop.detail?.replaceAll('-', ' ')}`;
    case 'process': return hop.detail ?? '';
  }
}

const wrapped = (hop: TraceHop): string => (hop.encapsulation ? `[${hop.encapsulation} ${hop.detail}] ` : '');
