/** The screen of exams in words: the one that runs, those one can begin, those of the past and how they went. */
import type { PastExam } from '../../lab/exam/history.ts';
import { trends } from '../../lab/exam/history.ts';
import { moment } from '../../lab/exam/words.ts';
import type { ExamOffer } from '../services.ts';
import { BLANK, justify, line, span, wrap, type Line } from '../text/lines.ts';
import type { Symbols } from '../theme.ts';
import { stateOf } from './exams-phrase.ts';
import { plural } from './format.ts';

export type ExamChoice = { readonly is: 'resume' | 'report'; readonly exam: PastExam } | { readonly is: 'start' | 'drill'; readonly offer: ExamOffer };

export interface ExamsRow {
  readonly line: Line;
  /** What Enter does here; a row without is only read. */
  readonly choice?: ExamChoice;
}

/** In the order of the screen. One that runs must end before another begins. */
export function examChoices(past: readonly PastExam[], offers: readonly ExamOffer[]): readonly ExamChoice[] {
  const open = past.filter(({ status }) => status !== 'graded');
  const may = open.length > 0 ? [] : offers;
  return [
    ...open.map((exam) => ({ is: 'resume', exam }) as const),
    ...may.filter(({ isDrill }) => !isDrill).map((offer) => ({ is: 'start', offer }) as const),
    ...past.filter(({ status }) => status === 'graded').toReversed().map((exam) => ({ is: 'report', exam }) as const),
    ...may.filter(({ isDrill }) => isDrill).map((offer) => ({ is: 'drill', offer }) as const),
  ];
}

export function examsRows(past: readonly PastExam[], choices: readonly ExamChoice[], selected: number, width: number, symbols: Symbols): ExamsRow[] {
  const titles = { resume: 'Under way', start: 'Begin', report: 'Taken', drill: 'Drills: one lab against its target time' } as const;
  const rows = choices.flatMap((choice, index): ExamsRow[] => {
    const isFirst = choices[index - 1]?.is !== choice.is;
    const isSelected = index === selected;
    const [text, facts] = wordsOf(choice);
    const row = justify([span(isSelected ? symbols.pointer : ' ', 'accent'), span(' '), span(text, isSelected ? 'selected' : 'plain')], line(facts, 'dim'), width);
    return [...(isFirst ? [{ line: BLANK }, { line: line(titles[choice.is], 'strong') }] : []), { line: row, choice }];
  });
  const changes = trends(past).filter(({ change }) => change !== undefined);
  return [
    ...rows,
    ...(changes.length > 0 ? [{ line: BLANK }, { line: line('Lately', 'strong') }] : []),
    ...changes.map(({ domain, percents, change }) => ({ line: justify(line(`  ${domain}`), line(`${percents.slice(-5).map((percent) => Math.round(percent)).join(' ')}   ${change! >= 0 ? '+' : ''}${change} %`, 'dim'), width) })),
    { line: BLANK },
    ...wrap(line('As in the real exam: no hints, nothing is checked before the end, and the clock goes on when you leave.', 'dim'), width).map((text) => ({ line: text })),
  ];
}

function wordsOf(choice: ExamChoice): readonly [string, string] {
  switch (choice.is) {
    case 'start':
    case 'drill':
      return [choice.offer.title, choice.offer.detail];
    case 'resume':
      return [`${choice.exam.title} ${choice.exam.id}`, stateOf(choice.exam)];
    case 'report':
      return [`${choice.exam.title} ${choice.exam.id}  ${moment(choice.exam.startedAt)}`, `${plural(choice.exam.tasks, 'task')}  ${choice.exam.percent === undefined ? 'not judged' : `${choice.exam.percent} % ${choice.exam.passed ? 'passed' : 'not passed'}`}`];
  }
}
