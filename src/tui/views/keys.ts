/** The key table in words: the help screen, and the footer of each screen. */
import { KEYS, showKey, type KeyContext } from '../keys.ts';
import { BLANK, lineWidth, line, span, wrap, type Line } from '../text/lines.ts';

const TITLES: readonly (readonly [KeyContext, string])[] = [
  ['everywhere', 'Everywhere'],
  ['home', 'Home'],
  ['find', 'Home, while finding: letters are words to find'],
  ['lab', 'Lab, while the panel has the keyboard'],
  ['exams', 'Exams'],
  ['exam', 'Exam, while the panel has the keyboard'],
  ['examList', 'Exam, in the list of tasks'],
  ['noting', 'Exam, while writing a note'],
  ['examReport', 'The report of an exam'],
  ['review', 'Review of an exam'],
  ['into', 'Lab, from the panel to the terminal'],
  ['pane', 'Lab, about the terminal, from the panel'],
  ['terminal', 'Lab, while the terminal has the keyboard: every key but one goes to your shell'],
  ['reading', 'Reading a page'],
  ['copy', 'Copy mode'],
  ['tracing', 'Following a packet: letters are words of a name'],
  ['overview', 'Clusters, doctor, a packet\'s way, help'],
  ['answers', 'Clusters, doctor, a packet\'s way'],
  ['confirm', 'A question'],
  ['starting', 'While a lab starts'],
];

/** All keys. */
export function helpLines(width: number, prefix: string): Line[] {
  return TITLES.flatMap(([context, title]): Line[] => [
    ...wrap(line(title, 'strong'), width),
    ...KEYS.filter((binding) => binding.context === context).flatMap(({ keys, help }) =>
      wrap(line(help), width, [span(`  ${keys.map((key) => showKey(key, prefix)).join(' ').padEnd(14)}`, 'key')], line(' '.repeat(16))),
    ),
    BLANK,
  ]);
}

/** The keys of these contexts that have a short name, as many as fit. The last one, which leads to all others, always does. */
export function footerLine(contexts: readonly KeyContext[], width: number, prefix: string): Line {
  const items = contexts.flatMap((context) =>
    KEYS.filter((binding) => binding.context === context && binding.short !== undefined).map(
      ({ keys, short }): Line => [span(showKey(keys[0]!, prefix), 'key'), span(` ${short}`, 'dim')],
    ),
  );
  const last = items.pop() ?? BLANK;
  let shown: Line = [];
  for (const item of items) {
    const next: Line = [...shown, ...item, span('  ')];
    if (lineWidth(next) + lineWidth(last) > width) break;
    shown = next;
  }
  return [...shown, ...last];
}
