/** Figures of the lab engine: reading many packs, starting and resetting a lab, a whole exam from drawing to report. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkers } from '../../checkers/index.ts';
import type { ExamEvent } from '../../src/lab/exam/event.ts';
import { examReport } from '../../src/lab/exam/report.ts';
import { reportHtml } from '../../src/lab/exam/report-html.ts';
import { examState } from '../../src/lab/exam/state.ts';
import { loadPacks } from '../../src/lab/load.ts';
import type { Learner } from '../support/learner.ts';
import { timed } from './statistics.ts';

const LABS = new URL('../../labs', import.meta.url).pathname;

/** Read and validate at least `count` labs: the shipped ones, again and again. */
export async function loadingMs(count: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'cka-bench-labs-'));
  try {
    for (let labs = 0, round = 0; labs < count; round++) {
      for (const pack of readdirSync(LABS)) {
        const copy = join(folder, `${pack}${round}`);
        mkdirSync(copy);
        cpSync(join(LABS, pack), copy, { recursive: true });
        labs += readdirSync(copy).length - 1;
      }
    }
    return await timed(async () => void (await loadPacks([folder], checkers)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface ExamFigures {
  readonly tasks: number;
  readonly clusters: number;
  /** From the command to every environment. */
  readonly environmentsMs: number;
  /** From the end of the exam to the last task graded. */
  readonly gradingMs: number;
  readonly reportMs: number;
}

/** An exam that nobody works on: every criterion is looked at all the same. */
export async function examFigures(learner: Learner): Promise<ExamFigures> {
  let started: { readonly exam?: string; readonly tasks?: readonly { readonly cluster: string }[] } = {};
  const environmentsMs = await timed(async () => {
    started = await learner.json('exam start --seed 1');
  });
  await learner.cka('exam finish --json');
  const { events } = JSON.parse(readFileSync(join(learner.folder, 'data', 'exams', String(started.exam), 'exam.json'), 'utf8')) as { readonly events: readonly ExamEvent[] };
  const ended = events.find(({ type }) => type === 'finished')!.clocks;
  const gradingMs = Math.max(...events.filter(({ type }) => type === 'graded').map(({ clocks }) => clocks.up - ended.up));
  const reportMs = await timed(async () => void reportHtml(examReport({ state: examState(events, ended), labs: new Map(), all: [] })));
  return { tasks: started.tasks?.length ?? 0, clusters: new Set(started.tasks?.map(({ cluster }) => cluster)).size, environmentsMs, gradingMs, reportMs };
}
