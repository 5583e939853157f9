/** The report of an exam as styled lines, for the screen, the plain mode and the command line. Knows no drawing. */
import type { ExamReport, ReportedCriterion, ReportedTask } from '../../lab/exam/report.ts';
import { circumstances, inWords, shownMinutes, STATUS_WORDS, timeRow, timeTaken, verdict } from '../../lab/exam/words.ts';
import { BLANK, fit, justify, line, span, wrap, type Line, type Style } from '../text/lines.ts';
import type { Symbols } from '../theme.ts';

const BAR = 20;

export function reportLines(report: ExamReport, width: number, symbols: Symbols): Line[] {
  const style: Style = report.percent === undefined ? 'unknown' : report.passed ? 'pass' : 'fail';
  return [
    line(`${report.title} ${report.id}`, 'title'),
    ...wrap(line(verdict(report), style), width),
    ...wrap(line(circumstances(report), 'dim'), width),
    ...report.remarks.flatMap((remark) => wrap(line(remark, 'dim'), width)),
    BLANK,
    line('Domains', 'heading'),
    ...report.domains.map(({ domain, examWeight, tasks, percent }) => {
      const filled = Math.round(((percent ?? 0) / 100) * BAR);
      const said = percent === undefined ? (tasks === 0 ? 'not asked' : 'not judged') : `${percent} %`;
      return justify(line(`${domain} (${examWeight} %)`, tasks === 0 ? 'dim' : 'plain'), [span(symbols.rule.repeat(filled), 'accent'), span(`${' '.repeat(BAR - filled)} ${said.padStart(10)}`, 'dim')], width);
    }),
    BLANK,
    [span('Where the time went', 'heading'), span(`, ${shownMinutes(report)} minutes across`, 'dim')],
    ...timeline(report, width, symbols),
    ...list('Advice', report.advice, width),
    ...list('Weak', report.weak.map(({ competency, percent }) => `${competency}: ${percent} %`), width),
    ...list('Practise next', report.next.map(({ lab, title, because }) => `${title} (${lab}): ${because}`), width),
    BLANK,
    line('Tasks', 'heading'),
    ...report.tasks.flatMap((task) => [BLANK, ...taskLines(task, width, symbols)]),
  ];
}

/** A row for each task. */
function timeline(report: ExamReport, width: number, symbols: Symbols): Line[] {
  const cells = Math.max(10, width - 32);
  return report.tasks.map(({ id, title, spentMs }) => [span(fit(`${id.padStart(2)} ${title}`, 22)), span(` ${timeRow(report, id, cells, ['=', symbols.dot])} `, 'accent'), span(inWords(spentMs).padStart(8), 'dim')]);
}

function taskLines(task: ReportedTask, width: number, symbols: Symbols): Line[] {
  const style: Style = task.status === 'full' ? 'pass' : task.status === 'invalid' ? 'unknown' : 'fail';
  const earned = task.status === 'invalid' ? 'not counted' : `${task.earned} of ${task.weight} %`;
  return [
    justify([span(`${task.id}. `, 'dim'), span(task.title, 'strong')], [span(`${earned}, ${STATUS_WORDS[task.status]}`, style)], width),
    ...wrap(line(`${task.competency}; ${timeTaken(task)}${task.flagged ? '; flagged' : ''}`, 'dim'), width, line('   ')),
    ...(task.because === undefined ? [] : wrap(line(`Could not be graded: ${task.because}. It counts neither for nor against you.`, 'unknown'), width, line('   '))),
    ...task.criteria.flatMap((criterion) => criterionLines(criterion, width, symbols)),
    ...(task.note === '' ? [] : wrap(line(task.note), width, line('   note  ', 'dim'), line('         '))),
    ...task.advice.flatMap((advice) => wrap(line(advice, 'accent'), width, line('   '))),
  ];
}

function criterionLines({ title, status, points, of, expected, seen, nudge }: ReportedCriterion, width: number, symbols: Symbols): Line[] {
  const labelled = (label: string, text: string) => wrap(line(text), width, [span(`     ${label.padEnd(9)}`, 'dim')], line(' '.repeat(14)));
  return [
    ...wrap(line(`${points}/${of} ${title}`), width, [span(`   ${symbols[status]} `, status)], line('     ')),
    ...(status === 'pass' ? [] : [...(expected === undefined ? [] : labelled('expected', expected)), ...labelled(status === 'fail' ? 'seen' : 'unknown', seen), ...(nudge === undefined ? [] : labelled('try', nudge))]),
  ];
}

const list = (title: string, items: readonly string[], width: number): Line[] =>
  items.length === 0 ? [] : [BLANK, line(title, 'heading'), ...items.flatMap((item) => wrap(line(item), width, line('• ', 'dim'), line('  ')))];
