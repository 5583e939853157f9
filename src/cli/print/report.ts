/** A check report as text for a terminal, and as the JSON that scripts read. */
import type { CheckReport, CriterionResult } from '../../lab/lab.ts';
import { expectedAndSeen, outcomeOf } from '../../lab/check.ts';
import type { Pace } from '../../lab/pace.ts';
import { duration } from './duration.ts';

export function reportText(report: CheckReport): string {
  const head = `${report.lab}: ${report.points} of ${report.of} points`;
  return [head, '', ...report.criteria.flatMap(criterionLines), '', conclusion(report), ''].join('\n');
}

/** `4 min 5 s, within the 6 min of the target: your best so far (4 min 12 s).` */
export function paceText({ tookMs, targetMs, recordMs, isRecord }: Pace): string {
  const against = tookMs <= targetMs ? `within the ${duration(targetMs)} of the target` : `the target is ${duration(targetMs)}`;
  const before = recordMs === undefined ? '' : isRecord ? `, and faster than ever (${duration(recordMs)} before)` : `; your best is ${duration(recordMs)}`;
  return `${duration(tookMs)}: ${against}${before}.`;
}

/** Stable: scripts read it. */
export function reportJson(report: CheckReport) {
  return {
    lab: report.lab,
    outcome: outcomeOf(report),
    points: report.points,
    of: report.of,
    criteria: report.criteria.map(({ id, title, points, of, finding }) => ({ id, title, status: finding.status, points, of, ...expectedAndSeen(finding), ...(finding.status === 'fail' && finding.nudge !== undefined ? { nudge: finding.nudge } : {}) })),
    tookMs: report.tookMs,
  };
}

const MARKS = { pass: 'pass', fail: 'FAIL', unknown: '????' } as const;

function criterionLines({ title, points, of, finding }: CriterionResult): readonly string[] {
  const { expected, seen } = expectedAndSeen(finding);
  const line = `${MARKS[finding.status]}  ${`${points}/${of}`.padEnd(5)}  ${title}`;
  const indent = ' '.repeat(13);
  if (finding.status === 'pass') return [line];
  if (finding.status === 'unknown') return [line, `${indent}cannot tell: ${seen}`];
  return [line, `${indent}expected: ${expected}`, `${indent}saw:      ${seen}`, ...(finding.nudge === undefined ? [] : [`${indent}nudge:    ${finding.nudge}`])];
}

function conclusion(report: CheckReport): string {
  switch (outcomeOf(report)) {
    case 'full': return 'Full marks. `cka lab debrief` tells what was to be learnt.';
    case 'failed': return 'Not there yet. `cka lab hint` helps without telling all.';
    case 'unknown': return 'Some criteria cannot be judged: the environment is broken, not you. `cka doctor` looks for the cause.';
  }
}
