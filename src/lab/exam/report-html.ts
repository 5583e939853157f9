/**
 * The report as one HTML file that needs nothing else: no script, no font, no network. Charts are SVG, drawn here; colours
 * follow the reader's light or dark setting, and no meaning hangs on colour alone.
 */
import { type PastExam, trends } from './history.ts';
import type { ExamReport, ReportedCriterion, ReportedTask } from './report.ts';
import { circumstances, inWords, shownMinutes, STATUS_WORDS, timeTaken, verdict } from './words.ts';

/** @param past exams up to this one, for the trend */
export function reportHtml(report: ExamReport, past: readonly PastExam[] = []): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(`${report.title} ${report.id}: ${verdict(report)}`)}</title>
<style>${STYLE}</style>
<h1>${escape(report.title)} <small>${escape(report.id)}</small></h1>
<p class="verdict ${report.passed ? 'pass' : 'fail'}">${escape(verdict(report))}</p>
<p>${escape(circumstances(report))}</p>
${report.remarks.map((remark) => `<p class="remark">${escape(remark)}</p>`).join('\n')}
<h2>Domains</h2>
${domainChart(report)}
<h2>Where the time went, in minutes</h2>
${timelineChart(report)}
${trendChart(past)}
<h2>Tasks</h2>
${report.tasks.map(taskSection).join('\n')}
${section('Advice', report.advice)}
${section('Weak', report.weak.map(({ competency, percent }) => `${competency}: ${percent} %`))}
${section('Practise next', report.next.map(({ lab, title, because }) => `${title}, ${because}: cka lab start ${lab}`))}
</html>
`;
}

const STYLE = `:root{color-scheme:light dark;--pass:#1a7f37;--fail:#cf222e;--dim:#6e7781;--bar:#0969da;--line:#d0d7de}
@media(prefers-color-scheme:dark){:root{--pass:#3fb950;--fail:#f85149;--dim:#8b949e;--bar:#58a6ff;--line:#30363d}}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
.verdict{font-size:1.4rem;font-weight:600}.pass{color:var(--pass)}.fail{color:var(--fail)}.dim,small{color:var(--dim)}
.remark{border-left:3px solid var(--line);padding-left:.8rem}details{border:1px solid var(--line);border-radius:6px;padding:.5rem .8rem;margin:.4rem 0}
summary{cursor:pointer}li{margin:.2rem 0}svg{width:100%;height:auto;font:12px system-ui,sans-serif}svg text{fill:currentColor}
code,pre{font-family:ui-monospace,monospace;font-size:.9em}pre{overflow:auto}`;

const WIDTH = 900;
/** The longest name of a domain fits. */
const LABEL = 380;

function domainChart({ domains, passPercent }: ExamReport): string {
  const room = WIDTH - LABEL - 70;
  const rows = domains.map(({ domain, examWeight, percent, tasks }, row) => {
    const y = row * 28;
    const bar = percent === undefined ? '' : `<rect x="${LABEL}" y="${y + 5}" width="${(room * percent) / 100}" height="16" rx="2" fill="var(--bar)"/>`;
    const said = percent === undefined ? (tasks === 0 ? 'not asked' : 'not judged') : `${percent} %`;
    return `<text x="0" y="${y + 18}">${escape(domain)} (${examWeight} %)</text>${bar}<text x="${LABEL + (room * (percent ?? 0)) / 100 + 6}" y="${y + 18}">${said}</text>`;
  });
  const mark = LABEL + (room * passPercent) / 100;
  return svg(domains.length * 28 + 16, `score by domain`, `${rows.join('')}<line x1="${mark}" x2="${mark}" y1="0" y2="${domains.length * 28}" stroke="var(--fail)" stroke-dasharray="4"/><text x="${mark}" y="${domains.length * 28 + 13}" text-anchor="middle">${passPercent} % needed</text>`);
}

/** One row for each task, a bar for each visit. */
function timelineChart(report: ExamReport): string {
  const { tasks, timeline } = report;
  const minutes = shownMinutes(report);
  const room = WIDTH - LABEL - 70;
  const x = (ms: number) => LABEL + (room * ms) / (minutes * 60_000);
  const rows = tasks.map((task, row) => {
    const y = row * 24;
    const bars = timeline.filter((stretch) => stretch.task === task.id).map(({ fromMs, toMs }) => `<rect x="${x(fromMs).toFixed(1)}" y="${y + 4}" width="${Math.max(1, x(toMs) - x(fromMs)).toFixed(1)}" height="14" fill="var(--${task.status === 'full' ? 'pass' : task.status === 'invalid' ? 'dim' : 'bar'})"><title>${escape(`${task.title}: ${inWords(toMs - fromMs)}`)}</title></rect>`);
    return `<text x="0" y="${y + 16}">${escape(`${task.id}. ${shortened(task.title)}`)}</text>${bars.join('')}<text x="${WIDTH - 64}" y="${y + 16}">${escape(inWords(task.spentMs))}</text>`;
  });
  const bottom = tasks.length * 24;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => `<line x1="${LABEL + room * part}" x2="${LABEL + room * part}" y1="0" y2="${bottom}" stroke="var(--line)"/><text x="${LABEL + room * part}" y="${bottom + 14}" text-anchor="middle">${Math.round(minutes * part)}</text>`);
  return svg(bottom + 18, 'minutes per task', ticks.join('') + rows.join(''));
}

function trendChart(past: readonly PastExam[]): string {
  const graded = past.filter(({ mode, percent }) => mode === 'exam' && percent !== undefined).slice(-20);
  if (graded.length < 2) return '';
  const x = (index: number) => 40 + (index * (WIDTH - 80)) / (graded.length - 1);
  const y = (percent: number) => 24 + (100 - percent) * 1.2;
  const points = graded.map(({ percent }, index) => `${x(index).toFixed(1)},${y(percent!).toFixed(1)}`);
  const dots = graded.map(({ percent, id }, index) => `<circle cx="${x(index).toFixed(1)}" cy="${y(percent!).toFixed(1)}" r="4" fill="var(--bar)"><title>${escape(id)}</title></circle><text x="${x(index).toFixed(1)}" y="${(y(percent!) - 8).toFixed(1)}" text-anchor="middle">${percent}</text>`);
  const lately = trends(past).filter(({ change }) => change !== undefined).map(({ domain, percents, change }) => `<li>${escape(`${domain}: ${percents.slice(-6).map((percent) => Math.round(percent)).join(', ')} % (${change! > 0 ? '+' : ''}${change})`)}</li>`);
  return `<h2>Your exams</h2>\n${svg(160, 'score of your exams, oldest first', `<polyline points="${points.join(' ')}" fill="none" stroke="var(--bar)" stroke-width="2"/>${dots.join('')}`)}${lately.length === 0 ? '' : `<ul>${lately.join('')}</ul>`}`;
}

const svg = (height: number, title: string, content: string): string => `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escape(title)}">${content}</svg>`;

const MARKS = { pass: '✓', fail: '✗', unknown: '?' } as const;

function taskSection(task: ReportedTask): string {
  const earned = task.status === 'invalid' ? 'not counted' : `${task.earned} of ${task.weight} %`;
  return `<details${task.status === 'full' ? '' : ' open'}><summary><b>${escape(`${task.id}. ${task.title}`)}</b> <span class="${task.status === 'full' ? 'pass' : task.status === 'invalid' ? 'dim' : 'fail'}">${escape(earned)}, ${STATUS_WORDS[task.status]}</span> <span class="dim">${escape(timeTaken(task))}</span></summary>
<p class="dim">${escape(`${task.domain} · ${task.competency} · ${task.difficulty}`)}</p>
${task.because === undefined ? '' : `<p>Could not be graded: ${escape(task.because)}. It counts neither for nor against you.</p>`}
<ul>${task.criteria.map(criterion).join('')}</ul>
${task.note === '' ? '' : `<p>Your note: ${escape(task.note)}</p>`}
${task.advice.map((advice) => `<p class="remark">${escape(advice)}</p>`).join('')}
${task.typed.length === 0 ? '' : `<details><summary>${task.typed.length} commands</summary><pre>${escape(task.typed.map(({ exitCode, command }) => `${exitCode === 0 ? ' ' : '!'} ${command}`).join('\n'))}</pre></details>`}
</details>`;
}

function criterion({ title, status, points, of, expected, seen, nudge, why }: ReportedCriterion): string {
  const more = [status !== 'pass' && expected !== undefined ? `expected: ${expected}` : '', status === 'pass' ? '' : `${status === 'unknown' ? 'cannot tell' : 'seen'}: ${seen}`, nudge ?? '', status === 'pass' ? '' : (why ?? '')].filter((text) => text !== '');
  return `<li><span class="${status === 'unknown' ? 'dim' : status}">${MARKS[status]} ${points}/${of}</span> ${escape(title)}${more.length === 0 ? '' : `<ul>${more.map((text) => `<li>${escape(text)}</li>`).join('')}</ul>`}</li>`;
}

const section = (title: string, items: readonly string[]): string => (items.length === 0 ? '' : `<h2>${title}</h2>\n<ul>${items.map((item) => `<li>${escape(item)}</li>`).join('')}</ul>`);

const shortened = (title: string): string => (title.length > 42 ? `${title.slice(0, 41)}…` : title);

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
