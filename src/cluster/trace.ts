/** What a trace says, as text for a terminal: the picture of the way, or every step. Knows no terminal and no cluster. */
import type { Trace, TraceHop } from '../sim/trace.ts';

export type { Trace, TraceHop, TraceWish } from '../sim/trace.ts';

/** `✔ answered`, `✘ dropped: …`. */
export function traceVerdict(trace: Trace): string {
  const words = { answered: 'It was answered.', delivered: 'It was delivered. UDP itself answers nothing, and neither did the process.', refused: trace.protocol === 'tcp' ? 'The connection was refused.' : 'It was refused.', rejected: 'It was rejected, and the sender told so.', dropped: 'It was dropped.', silence: 'Nobody answered.' }[trace.verdict];
  return `${trace.verdict === 'answered' || trace.verdict === 'delivered' ? '✔' : '✘'} ${words}${trace.cause ? ` ${trace.cause.because[0]!.toUpperCase()}${trace.cause.because.slice(1)}` : ''}`;
}

const ends = (trace: Trace): string => `${trace.from} → ${trace.to} (${trace.address}${trace.port === undefined ? ', echo' : `, ${trace.protocol.toUpperCase()} port ${trace.port}`})${trace.said === undefined ? '' : `\n${trace.said}`}`;

/** Every step with its time: what `--text` prints. */
export function traceText(trace: Trace): string[] {
  const lines = [ends(trace), ''];
  let place = '';
  for (const hop of trace.hops) {
    if (hop.place !== place) lines.push(hop.place);
    place = hop.place;
    lines.push(`  ${hop.atMs.toFixed(3).padStart(9)}  ${step(hop)}`);
  }
  return [...lines, '', traceVerdict(trace)];
}

/** The way as boxes, one for each place, with what matters in it: devices, decisions, rewrites. */
export function tracePicture(trace: Trace, columns: number): string[] {
  const width = Math.max(40, Math.min(columns, 100));
  const places: { name: string; lines: string[] }[] = [];
  for (const hop of trace.hops) {
    if (places.at(-1)?.name !== hop.place) places.push({ name: hop.place, lines: [] });
    if (matters(hop)) places.at(-1)!.lines.push(step(hop).replace(/ -m comment --comment "cali:[^"]*"/, ''));
  }
  const boxes = places.flatMap(({ name, lines }, index) => [
    `┌─ ${name} ${'─'.repeat(Math.max(0, width - name.length - 5))}┐`,
    ...lines.map((line) => `│ ${fit(line, width - 4)} │`),
    `└${'─'.repeat(width - 2)}┘`,
    ...(index < places.length - 1 ? ['    ▼'] : []),
  ]);
  return [ends(trace), '', ...boxes, '', traceVerdict(trace)];
}

function fit(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
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
