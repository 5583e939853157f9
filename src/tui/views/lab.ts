/**
 * The lab screen in words: task, criteria with what was expected and seen, hints, and the line that sums it up.
 * Knows nothing of drawing, of keys, or of how points are given.
 */
import type { CheckReport, Criterion, CriterionResult, Lab } from '../../lab/lab.ts';
import { markdown } from '../text/markdown.ts';
import { BLANK, justify, line, span, wrap, type Line, type Style } from '../text/lines.ts';
import { ASCII, type Symbols } from '../theme.ts';
import { clock, plural } from './format.ts';

/** The pages of the panel, in order. */
export const TABS = ['task', 'criteria', 'hints', 'solution', 'debrief'] as const;
export type Tab = (typeof TABS)[number];

/** The state of a running lab that its words depend on. */
export interface LabView {
  readonly lab: Lab;
  readonly elapsedMs: number;
  readonly hintsTaken: number;
  /** What can be said of the cluster as it is now. */
  readonly observations?: readonly string[] | undefined;
  /** Where the lab runs, and why there. */
  readonly ground?: string | undefined;
  readonly report?: CheckReport | undefined;
  readonly checking: boolean;
  readonly practice: boolean;
  /** Why the last check could not be made. */
  readonly problem?: string | undefined;
}

export const isSolved = (report: CheckReport | undefined): boolean => report !== undefined && report.of > 0 && report.points === report.of;

/** Time, points and hints: `3:12  7/10 points  hint 1 of 3`. */
export function summary(view: LabView): Line {
  const of = view.report?.of ?? view.lab.criteria.reduce((sum, { points }) => sum + points, 0);
  const points = view.report ? `${view.report.points}/${of} points` : plural(of, 'point');
  return [
    span(clock(view.elapsedMs), 'strong'),
    span('  '),
    span(points, isSolved(view.report) ? 'pass' : 'plain'),
    ...(view.lab.hints.length > 0 ? [span(`  hints ${view.hintsTaken}/${view.lab.hints.length}`, 'dim')] : []),
  ];
}

/** One page of the panel. @param isRevealed the learner agreed to see the solution */
export function tabLines(tab: Tab, view: LabView, isRevealed: boolean, width: number, symbols: Symbols): Line[] {
  switch (tab) {
    case 'task':
      return taskLines(view, width, symbols);
    case 'criteria':
      return criteriaLines(view, width, symbols);
    case 'hints':
      return hintLines(view, width);
    case 'solution':
      return isRevealed ? markdown(view.lab.solution, width) : wrap(line('The solution is here when you want it. Press s to open it.', 'dim'), width);
    case 'debrief':
      return debriefLines(view.lab, width);
  }
}

function taskLines({ lab, ground }: Pick<LabView, 'lab' | 'ground'>, width: number, symbols: Symbols): Line[] {
  const facts = line(`${lab.domain} ${symbols.dot} ${lab.difficulty} ${symbols.dot} about ${plural(lab.minutes, 'minute')}${ground === undefined ? '' : ` ${symbols.dot} on ${ground}`}`, 'dim');
  const documentation = lab.documentation.length === 0 ? [] : [BLANK, line('Documentation', 'strong'), ...lab.documentation.flatMap((page) => wrap(line(page, 'link'), width))];
  // A task that begins with a heading of its own needs no second one.
  const title = lab.task.startsWith('# ') ? [] : wrap(line(lab.title, 'title'), width);
  return [...title, ...wrap(facts, width), BLANK, ...markdown(lab.task, width), ...documentation];
}

/** One line for each criterion. */
export function criterionMarks(view: LabView, width: number, symbols: Symbols): Line[] {
  return judged(view).map(({ criterion, result }) => {
    const [mark, style] = markOf(result, symbols);
    const points = result ? `${result.points}/${result.of}` : `${criterion.points}`;
    return justify([span(`${mark} `, style), span(criterion.title)], line(points, 'dim'), width);
  });
}

/** `✓✓✗?`, for where there is room for no more. */
export function criterionStrip(view: LabView, symbols: Symbols): Line {
  return judged(view).map(({ result }) => {
    const [mark, style] = markOf(result, symbols);
    return span(mark, style);
  });
}

function criteriaLines(view: LabView, width: number, symbols: Symbols): Line[] {
  const lines: Line[] = [verdict(view), BLANK];
  for (const { criterion, result } of judged(view)) {
    const [mark, style] = markOf(result, symbols);
    const points = result ? `${result.points}/${result.of}` : `${criterion.points}`;
    const [first, ...rest] = wrap(line(criterion.title, 'strong'), width - points.length - 1, [span(`${mark} `, style)], line('  '));
    lines.push(justify(first ?? BLANK, line(points, 'dim'), width), ...rest, ...findingLines(result, width), BLANK);
  }
  return view.problem === undefined ? lines : [...wrap(line(view.problem, 'fail'), width), BLANK, ...lines];
}

function verdict(view: LabView): Line {
  if (view.checking && !view.report) return line('Checking.', 'dim');
  if (!view.report) return line(view.practice ? 'Nothing checked yet; checks run by themselves.' : 'Nothing checked yet. Press c.', 'dim');
  const { points, of, criteria } = view.report;
  const unknown = criteria.filter(({ finding }) => finding.status === 'unknown').length;
  if (isSolved(view.report)) return line(`All ${of} points. Press d for the debrief.`, 'pass');
  return line(`${points} of ${of} points${unknown > 0 ? `, ${plural(unknown, 'criterion', 'criteria')} could not be checked` : ''}`, 'strong');
}

function findingLines(result: CriterionResult | undefined, width: number): Line[] {
  if (!result) return [];
  const { finding } = result;
  const labelled = (label: string, text: string, style: Style = 'plain') => wrap(line(text, style), width, [span(`  ${label.padEnd(9)}`, 'dim')], line(' '.repeat(11)));
  switch (finding.status) {
    case 'pass':
      return labelled('seen', finding.saw, 'dim');
    case 'fail':
      return [
        ...labelled('expected', finding.expected),
        ...labelled('seen', finding.saw),
        ...(finding.nudge === undefined ? [] : labelled('try', finding.nudge, 'accent')),
      ];
    case 'unknown':
      return labelled('unknown', finding.because, 'unknown');
  }
}

function hintLines({ lab, hintsTaken, observations = [] }: LabView, width: number): Line[] {
  const now = observations.length === 0 ? [] : [line('As it is now', 'strong'), ...observations.flatMap((text) => markdown(text, width)), BLANK];
  if (lab.hints.length === 0) return [...now, line('This lab has no hints.', 'dim')];
  const taken = lab.hints.slice(0, hintsTaken).flatMap((hint, index) => [line(`Hint ${index + 1} of ${lab.hints.length}`, 'strong'), ...markdown(hint, width), BLANK]);
  const left = lab.hints.length - hintsTaken;
  return [...now, ...taken, left === 0 ? line('That was the last hint.', 'dim') : line(`${plural(left, 'hint')} left. Press h for the next one.`, 'dim')];
}

function debriefLines(lab: Lab, width: number): Line[] {
  const reasons = lab.criteria.filter(({ why }) => why !== undefined);
  return [
    ...markdown(lab.debrief, width),
    ...(reasons.length === 0 ? [] : [BLANK, line('Why each point counts', 'heading'), BLANK]),
    ...reasons.flatMap(({ title, why }) => [...wrap(line(title, 'strong'), width), ...wrap(line(why ?? ''), width, line('  ')), BLANK]),
  ];
}

function judged({ lab, report }: LabView): { criterion: Criterion; result: CriterionResult | undefined }[] {
  return lab.criteria.map((criterion) => ({ criterion, result: report?.criteria.find(({ id }) => id === criterion.id) }));
}

function markOf(result: CriterionResult | undefined, symbols: Symbols): readonly [string, Style] {
  if (!result) return [symbols.open, 'dim'];
  const { status } = result.finding;
  return [symbols[status], status];
}

/** The task for reading aloud. */
export const plainTask = (lab: Lab): Line[] => taskLines({ lab }, 10_000, ASCII);

/** One criterion in sentences, for reading aloud. */
export function criterionSentences({ title, points, of, finding }: CriterionResult): string[] {
  const head = `${finding.status}: ${title}. ${points} of ${of}.`;
  switch (finding.status) {
    case 'pass':
      return [head];
    case 'fail':
      return [head, `  Expected: ${finding.expected}`, `  Seen: ${finding.saw}`, ...(finding.nudge === undefined ? [] : [`  Try: ${finding.nudge}`])];
    case 'unknown':
      return [head, `  Could not be checked: ${finding.because}`];
  }
}
