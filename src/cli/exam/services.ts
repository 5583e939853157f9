/** Exams for the screens: what they ask for, from the exam engine. The engine itself loads when an exam is opened. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Exam } from '../../lab/exam/exam.ts';
import type { PastExam } from '../../lab/exam/history.ts';
import type { ExamSettings } from '../../lab/exam/plan.ts';
import type { Lab } from '../../lab/lab.ts';
import { commandLine } from '../../lab/shell/quote.ts';
import type { ExamOffer, ExamServices, WrittenReport } from '../../tui/services.ts';
import type { Cli } from '../command.ts';
import { readPacks } from '../labs.ts';
import { chosenExam, pastExamsOf, reportOf, settingsOf, startExam } from './exams.ts';

type Offered = ExamOffer & { readonly settings: Partial<ExamSettings> };

const HALF = { title: 'Half an exam', tasks: 8, minutes: 60 };

/** @param every lab that can be asked, as a list knows them: those that are drawn are read from their folders */
export async function examServices(cli: Cli, every: readonly Lab[]): Promise<ExamServices & { settled(): Promise<void> }> {
  const opened: Exam[] = [];
  const remember = (exam: Exam): Exam => {
    opened.push(exam);
    return exam;
  };
  const labs = every.filter(isAsked);
  let past: readonly PastExam[] = await pastExamsOf(cli);
  const refresh = async () => {
    past = await pastExamsOf(cli);
  };
  const offers = offersFor(labs);
  return {
    past: () => past,
    refresh,
    offers: () => offers,
    async start(id) {
      const { settings } = offers.find((offer) => offer.id === id)!;
      const whole = (await readPacks(cli)).labs.filter(isAsked);
      const drill = id.startsWith('drill:') ? whole.filter((lab) => `drill:${lab.id}` === id) : undefined;
      const exam = await startExam(cli, { ...(await settingsOf({}, drill?.[0])), ...settings }, drill ?? whole);
      await refresh();
      return remember(exam);
    },
    open: async (id) => remember(await chosenExam(cli, id)),
    /** When nothing is under way any more: a screen that goes does not wait for what it began. */
    settled: async () => void (await Promise.all(opened.map((exam) => exam.settled()))),
    pasteLine: (task) => commandLine([...cli.self, 'exam', 'shell', ...(task ? [task.id] : ['--base'])]),
    async report(id) {
      const exam = await chosenExam(cli, id);
      await refresh();
      return written(cli, exam, past);
    },
  };
}

const isAsked = ({ needs }: Lab): boolean => !needs.includes('plain-machines');

function offersFor(labs: readonly Lab[]): readonly Offered[] {
  const counted = (tasks: number, minutes: number) => `${Math.min(tasks, labs.length)} tasks, ${minutes} minutes`;
  if (labs.length === 0) return [];
  return [
    { id: 'exam', title: 'Mock exam, as the real one', detail: counted(16, 120), settings: {} },
    { id: 'bare', title: 'Mock exam from a bare host: ssh to every task', detail: counted(16, 120), settings: { bareHost: true } },
    { id: 'half', title: 'Half an exam', detail: counted(HALF.tasks, HALF.minutes), settings: HALF },
    { id: 'calm', title: 'Mock exam with pauses', detail: counted(16, 120), settings: { pauses: true } },
    ...labs.map((lab): Offered => ({ id: `drill:${lab.id}`, title: lab.title, detail: `${lab.minutes} minutes`, settings: {}, isDrill: true })),
  ];
}

/** The report is kept beside the exam, so that it can be read in a browser. */
async function written(cli: Cli, exam: Exam, past: readonly PastExam[]): Promise<WrittenReport> {
  const report = await reportOf(cli, exam);
  const [{ reportHtml }, { reportMarkdown }] = await Promise.all([import('../../lab/exam/report-html.ts'), import('../../lab/exam/report-markdown.ts')]);
  const files = [
    [join(exam.folder, 'report.html'), reportHtml(report, past.filter(({ startedAt }) => startedAt <= report.startedAt))],
    [join(exam.folder, 'report.md'), reportMarkdown(report)],
  ] as const;
  try {
    for (const [file, text] of files) await writeFile(file, text, { mode: 0o600 });
    return { report, files: files.map(([file]) => file) };
  } catch {
    // A full disk does not keep anybody from reading the report here.
    return { report, files: [] };
  }
}
