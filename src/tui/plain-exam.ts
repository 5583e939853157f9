/** Exams as a conversation, for screen readers and simple terminals: the same words as the screens, asked for instead of drawn. */
import { problemOf } from './problem.ts';
import type { ExamServices, RunningExam } from './services.ts';
import { lineText, type Line } from './text/lines.ts';
import { ASCII } from './theme.ts';
import { clock, plural } from './views/format.ts';
import { taskOf, taskPage } from './views/exam.ts';
import { reportLines } from './views/exam-report.ts';
import { examChoices } from './views/exams.ts';
import { stateOf } from './views/exams-phrase.ts';

type Say = (text?: string) => void;
type Ask = (question: string) => Promise<string | undefined>;

const WIDTH = 10_000;
/** Of a report, where charts and columns need some width. */
const REPORT_WIDTH = 100;

/** Choose an exam and take it, or read a report. */
export async function plainExams(exams: ExamServices, say: Say, ask: Ask): Promise<void> {
  await exams.refresh();
  const choices = examChoices(exams.past(), exams.offers());
  for (const [index, choice] of choices.entries()) {
    const words = 'offer' in choice ? `${choice.is === 'drill' ? 'Drill: ' : 'Begin: '}${choice.offer.title}, ${choice.offer.detail}` : choice.is === 'resume' ? `Go on: ${choice.exam.title} ${choice.exam.id}, ${stateOf(choice.exam)}` : `Report: ${choice.exam.title} ${choice.exam.id}, ${choice.exam.percent === undefined ? 'not judged' : `${choice.exam.percent} percent`}`;
    say(`${index + 1}. ${words}.`);
  }
  const choice = choices[Number(await ask('Number of an exam, or back:')) - 1];
  if (!choice) return;
  if (choice.is === 'report') return sayLines(say, reportLines((await exams.report(choice.exam.id)).report, REPORT_WIDTH, ASCII));
  const exam = 'offer' in choice ? await exams.start(choice.offer.id) : await exams.open(choice.exam.id);
  await take(exams, exam, say, ask);
}

async function take(exams: ExamServices, exam: RunningExam, say: Say, ask: Ask): Promise<void> {
  await exam.comeBack();
  const { tasks, settings } = exam.plan;
  say(`${plural(tasks.length, 'task')}, ${settings.minutes} minutes, ${settings.passPercent} percent are needed.`);
  for (const remark of exam.plan.remarks) say(remark);
  say('The hosts are starting.');
  await exam.prepareAll((step) => say(step));
  let at = exam.state().open ?? tasks[0]!.id;
  const read = async (id: string) => {
    at = id;
    await exam.open(at);
    const { task } = taskOf(exam.state(), at);
    sayLines(say, taskPage(exam.state(), at, exam.lab(task), WIDTH, ASCII));
    say('Work in another terminal. Paste this line there:');
    say(exams.pasteLine(settings.bareHost ? undefined : task));
  };
  await read(at);
  for (;;) {
    const { status, remainingMs } = exam.state();
    if (status === 'over') say('The time is over.');
    const answer = status === 'over' ? 'finish' : await ask(`${status === 'paused' ? 'PAUSED, ' : ''}${clock(remainingMs)} left. Number of a task, list, flag, note, pause, finish, or back:`);
    if (answer === undefined || answer === 'back') return exam.leave();
    const state = exam.state();
    if (answer === 'list') for (const { task, flagged, note, visits } of state.tasks) say(`${task.id}. ${task.title}. ${task.weight} percent.${flagged ? ' Flagged.' : ''}${visits === 0 ? ' Not opened.' : ''}${note === '' ? '' : ` Note: ${note}.`}`);
    else if (answer === 'flag') {
      const { flagged } = taskOf(state, at);
      await exam.flag(at, !flagged);
      say(flagged ? `Task ${at} is no longer flagged.` : `Task ${at} is flagged.`);
    } else if (answer === 'note') await exam.note(at, (await ask('Note:')) ?? '');
    else if (answer === 'pause') await said(say, () => (state.status === 'paused' ? exam.goOn() : exam.pause()));
    else if (answer === 'finish') {
      if (status !== 'over' && (await ask('End the exam and grade it? yes or no:')) !== 'yes') continue;
      await exam.finish(status === 'over' ? 'time' : 'choice', (step) => say(step));
      return sayLines(say, reportLines((await exams.report(exam.plan.id)).report, REPORT_WIDTH, ASCII));
    } else if (tasks.some(({ id }) => id === answer)) await read(answer);
    else say(`${answer} is not one of them.`);
  }
}

async function said(say: Say, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { what, action } = problemOf(error);
    say(`Error: ${what}`);
    say(`Try: ${action}`);
  }
}

function sayLines(say: Say, lines: readonly Line[]): void {
  for (const line of lines) say(lineText(line));
}
