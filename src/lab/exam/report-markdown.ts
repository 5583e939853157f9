/** The report as Markdown: for a notebook, or to show to somebody. */
import type { ExamReport, ReportedCriterion, ReportedTask } from './report.ts';
import { circumstances, inWords, shownMinutes, STATUS_WORDS, timeRow, timeTaken, verdict } from './words.ts';

const TIME_CELLS = 60;
const MARKS = { pass: '✓', fail: '✗', unknown: '?' } as const;

export function reportMarkdown(report: ExamReport): string {
  return [
    `# ${report.title} ${report.id}: ${verdict(report)}`,
    '',
    circumstances(report),
    ...(report.remarks.length > 0 ? ['', ...report.remarks.map((remark) => `> ${remark}`)] : []),
    '',
    '## Domains',
    '',
    '| domain | of the real exam | tasks | score |',
    '|---|---|---|---|',
    ...report.domains.map(({ domain, examWeight, tasks, percent }) => `| ${domain} | ${examWeight} % | ${tasks} | ${percent === undefined ? '–' : `${percent} %`} |`),
    '',
    `## Where the time went, ${shownMinutes(report)} minutes across`,
    '',
    '```text',
    ...report.tasks.map(({ id, spentMs }) => `${id.padStart(2)} ${timeRow(report, id, TIME_CELLS, ['=', '.'])} ${inWords(spentMs)}`),
    '```',
    '',
    '## Tasks',
    '',
    '| # | task | weight | earned | result | time | target |',
    '|---|---|---|---|---|---|---|',
    ...report.tasks.map((task) => `| ${task.id} | ${cell(task.title)} | ${task.weight} % | ${task.status === 'invalid' ? '–' : `${task.earned} %`} | ${STATUS_WORDS[task.status]} | ${inWords(task.spentMs)} | ${inWords(task.targetMs)} |`),
    '',
    ...report.tasks.flatMap(taskSection),
    ...list('Advice', report.advice),
    ...list('Weak', report.weak.map(({ competency, percent }) => `${competency}: ${percent} %`)),
    ...list('Practise next', report.next.map(({ lab, title, because }) => `\`cka lab start ${lab}\`: ${title} (${because})`)),
  ].join('\n');
}

function taskSection(task: ReportedTask): readonly string[] {
  return [
    `### ${task.id}. ${task.title}`,
    '',
    `${task.competency}. ${STATUS_WORDS[task.status]}${task.status === 'invalid' ? '' : `, ${task.points} of ${task.of} points`}; ${task.visits === 0 ? timeTaken(task) : `${inWords(task.spentMs)} in ${task.visits} ${task.visits === 1 ? 'visit' : 'visits'}`}.${task.flagged ? ' Flagged.' : ''}`,
    '',
    ...(task.because === undefined ? [] : [`Could not be graded: ${task.because}. It counts neither for nor against you.`, '']),
    ...task.criteria.flatMap(criterionLines),
    ...(task.criteria.length > 0 ? [''] : []),
    ...(task.note === '' ? [] : [`Your note: ${task.note}`, '']),
    ...(task.status !== 'full' && task.typed.length > 0 ? ['What was typed, `!` before what failed:', '', '```text', ...task.typed.map(({ exitCode, command }) => `${exitCode === 0 ? ' ' : '!'} ${command.replaceAll('```', "'''")}`), '```', ''] : []),
    ...(task.advice.length > 0 ? [...task.advice.map((advice) => `> ${advice}`), ''] : []),
  ];
}

function criterionLines({ title, status, points, of, expected, seen, nudge }: ReportedCriterion): readonly string[] {
  return [
    `- ${MARKS[status]} ${points}/${of} ${title}`,
    ...(status === 'pass' ? [] : [...(expected === undefined ? [] : [`  - expected: ${expected}`]), `  - ${status === 'unknown' ? 'cannot tell' : 'seen'}: ${seen}`]),
    ...(nudge === undefined ? [] : [`  - ${nudge}`]),
  ];
}

const list = (title: string, items: readonly string[]): readonly string[] => (items.length === 0 ? [] : [`## ${title}`, '', ...items.map((item) => `- ${item}`), '']);

const cell = (text: string): string => text.replaceAll('|', '\\|');
