/** A packet to follow, in words: choosing its two ends, and the way that it took. Knows nothing of drawing or of networks. */
import { hasArrived, tracePlaces, traceSentence, traceTitle, type Trace, type TraceStep } from '../../cluster/trace.ts';
import { BLANK, fit, line, lineWidth, span, wrap, type Line, type Style } from '../text/lines.ts';
import type { Symbols } from '../theme.ts';

/** The names that hold all of these words. */
export function matching(names: readonly string[], typed: string): readonly string[] {
  const words = typed.toLowerCase().split(' ').filter((word) => word !== '');
  return names.filter((name) => words.every((word) => name.toLowerCase().includes(word)));
}

export interface Choosing {
  /** Chosen already; undefined while the source is being chosen. */
  readonly from: string | undefined;
  readonly typed: string;
  readonly names: readonly string[];
  /** Of `names`, the one under the pointer. */
  readonly at: number;
}

/** Where from, where to: what was typed, and the names that fit it. */
export function choosingLines({ from, typed, names, at }: Choosing, width: number, height: number, symbols: Symbols): Line[] {
  const field = (label: string, text: string, style: Style): Line => [span(label.padEnd(6), 'dim'), span(text, style)];
  const head = [
    ...wrap(line('Send one real packet, and see what happens to it on its way.', 'dim'), width),
    BLANK,
    field('from', from ?? `${typed}_`, from === undefined ? 'accent' : 'strong'),
    ...(from === undefined ? [] : [field('to', `${typed}_`, 'accent')]),
    BLANK,
  ];
  const rows = Math.max(1, height - head.length - 2);
  const first = Math.max(0, Math.min(at - rows + 1, names.length - rows));
  const list = names.slice(first, first + rows).map((name, row): Line => [span(first + row === at ? `${symbols.pointer} ` : '  ', 'accent'), span(fit(name, width - 2).trimEnd(), first + row === at ? 'selected' : 'plain')]);
  return [...head, ...(names.length === 0 ? wrap(line(from === undefined ? 'Nothing here fits. Enter takes what you typed: an address, say.' : 'Nothing here fits. Enter takes what you typed: an address or a DNS name, with :port or :port/udp.', 'dim'), width) : list)];
}

/** The verdict, the objects behind it, and the way place by place. */
export function tracedLines(trace: Trace, width: number, symbols: Symbols): Line[] {
  const isGood = hasArrived(trace);
  const [title = '', ...said] = traceTitle(trace);
  const objects = trace.cause?.objects ?? [];
  return [
    ...wrap(line(title, 'strong'), width),
    ...said.flatMap((text) => wrap(line(text, 'dim'), width)),
    BLANK,
    ...wrap(line(traceSentence(trace), isGood ? 'pass' : 'fail'), width, [span(`${isGood ? symbols.pass : symbols.fail} `, isGood ? 'pass' : 'fail')], line('  ')),
    ...objects.map(({ kind, namespace, name }): Line => [span('  Look at: ', 'dim'), span(`${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`, 'accent')]),
    BLANK,
    ...tracePlaces(trace).flatMap(({ name, steps }, index) => [...(index === 0 ? [] : [line('    ▼', 'dim')]), ...box(name, steps, width)]),
  ];
}

function box(name: string, steps: readonly TraceStep[], width: number): Line[] {
  const inside = steps.flatMap(({ text, kind }) => wrap(line(text, STYLES[kind]), width - 4, [], line('  ')));
  return [
    [span('┌─ ', 'dim'), span(name, 'strong'), span(` ${'─'.repeat(Math.max(0, width - name.length - 5))}┐`, 'dim')],
    ...inside.map((row): Line => [span('│ ', 'dim'), ...row, span(`${' '.repeat(Math.max(0, width - 4 - lineWidth(row)))} │`, 'dim')]),
    line(`└${'─'.repeat(width - 2)}┘`, 'dim'),
  ];
}

const STYLES: Readonly<Record<TraceStep['kind'], Style>> = {
  process: 'plain', received: 'plain', transmitted: 'plain', routed: 'dim', rule: 'code', policy: 'code', translated: 'accent', balanced: 'accent', delivered: 'pass', dropped: 'fail',
};
