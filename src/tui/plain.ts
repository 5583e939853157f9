/**
 * The same screens as text that is only ever added to, for screen readers and simple terminals: what the other UI draws
 * is printed, what its keys do is asked for in words. Nothing is drawn twice, no colours, no cursor movement.
 */
import { createInterface } from 'node:readline/promises';
import type { CheckReport } from '../lab/lab.ts';
import { problemOf } from './problem.ts';
import { pasteLine } from './paste-line.ts';
import type { AppServices, RunningLab, TraceServices } from './services.ts';
import { lineText, type Line } from './text/lines.ts';
import { ASCII } from './theme.ts';
import { examsPhrase } from './views/exams-phrase.ts';
import { plural } from './views/format.ts';
import { inOrder } from './views/home.ts';
import { criterionSentences, plainTask, tabLines, type LabView } from './views/lab.ts';
import { clusterLines, doctorLines } from './views/overview.ts';

export interface PlainPorts {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly lab?: string | undefined;
}

/** A line is as long as its sentence: terminals and readers wrap better than we do. */
const WIDTH = 10_000;

type Answer = string | undefined;

/** @returns the exit code */
export async function runPlain(services: AppServices, ports: PlainPorts): Promise<number> {
  const reader = createInterface({ input: ports.input });
  const lines = reader[Symbol.asyncIterator]();
  const say = (text = '') => ports.output.write(`${text}\n`);
  const ask = async (question: string): Promise<Answer> => {
    ports.output.write(`${question} `);
    const next = await lines.next();
    return next.done ? undefined : next.value.trim();
  };
  try {
    say(`CKA trainer ${services.version}, plain text mode.`);
    if (ports.lab !== undefined) await workOn(services, ports.lab, say, ask);
    await home(services, say, ask);
    return 0;
  } finally {
    reader.close();
  }
}

async function home(services: AppServices, say: (text?: string) => void, ask: (question: string) => Promise<Answer>): Promise<void> {
  for (let isFirst = true; ; isFirst = false) {
    const labs = inOrder(services.labs());
    if (isFirst) {
      say(`${plural(labs.length, 'lab')}:`);
      for (const [index, { lab, state, best }] of labs.entries()) {
        say(`${index + 1}. ${lab.title}. ${lab.domain}. ${lab.difficulty}, ${lab.minutes} minutes. ${state}${best ? `, best ${best.points} of ${best.of}` : ''}.`);
      }
      const next = services.next?.();
      if (next) say(`Next: ${next.title}. ${next.because}.`);
      say(services.exams ? `Exams: ${lineText(examsPhrase(services.exams.past())).replace('Press e', 'Answer exams')}` : 'Exams: none here.');
    }
    const answer = await ask(`Number of a lab, or list, ${services.exams ? 'exams, ' : ''}clusters, doctor, quit:`);
    switch (answer) {
      case undefined:
      case 'quit':
      case 'q':
        return;
      case 'list':
        isFirst = true;
        for (const [index, { lab, state }] of labs.entries()) say(`${index + 1}. ${lab.title}. ${state}.`);
        break;
      case 'exams': {
        const { exams } = services;
        if (exams) await attempt(say, async () => (await import('./plain-exam.ts')).plainExams(exams, say, ask));
        else say('Exams cannot be taken here.');
        break;
      }
      case 'clusters':
        await attempt(say, async () => sayLines(say, clusterLines(await services.clusters(), WIDTH, ASCII)));
        break;
      case 'doctor':
        await attempt(say, async () => sayLines(say, doctorLines(await services.doctor(), WIDTH, ASCII)));
        break;
      default: {
        const chosen = labs[Number(answer) - 1];
        if (chosen) await workOn(services, chosen.lab.id, say, ask);
        else say(`There is no lab ${answer}.`);
      }
    }
  }
}

async function workOn(services: AppServices, id: string, say: (text?: string) => void, ask: (question: string) => Promise<Answer>): Promise<void> {
  let running: RunningLab | undefined;
  await attempt(say, async () => {
    running = await services.openLab(id, (step) => say(step));
  });
  if (!running) return;
  const lab = running;
  sayLines(say, plainTask(lab.lab));
  say('Work in another terminal. Paste this line there:');
  say(pasteLine(services, lab));
  for (;;) {
    const answer = await ask(`check, hint, task, solution, debrief, ${services.trace ? 'trace, ' : ''}reset, stop, or back:`);
    switch (answer) {
      case undefined:
      case 'back':
        return;
      case 'check':
        await attempt(say, async () => sayReport(say, await lab.check()));
        break;
      case 'hint':
        await attempt(say, async () => {
          for (const text of (await lab.observations?.()) ?? []) say(`As it is now: ${text}`);
        });
        say(lab.takeHint() ?? 'There are no more hints.');
        break;
      case 'task':
        sayLines(say, plainTask(lab.lab));
        break;
      case 'solution':
        if ((await ask('Show the solution? yes or no:')) === 'yes') {
          lab.readSolution?.();
          sayLines(say, tabLines('solution', viewOf(lab), true, WIDTH, ASCII));
        }
        break;
      case 'debrief':
        sayLines(say, tabLines('debrief', viewOf(lab), true, WIDTH, ASCII));
        break;
      case 'trace':
        if (services.trace) await attempt(say, async () => sayTrace(services.trace!(lab), say, ask));
        else say('Packets cannot be followed here.');
        break;
      case 'reset':
        if ((await ask('Back to the start? What you made is lost. yes or no:')) === 'yes') await attempt(say, async () => lab.reset().then(() => say('Reset.')));
        break;
      case 'stop':
        if ((await ask('End the lab and remove what it made? yes or no:')) === 'yes') return attempt(say, async () => lab.stop().then(() => say('Stopped.')));
        break;
      default:
        say(`${answer} is not one of them.`);
    }
  }
}

function sayReport(say: (text?: string) => void, report: CheckReport): void {
  say(`${report.points} of ${report.of} points.`);
  for (const sentence of report.criteria.flatMap(criterionSentences)) say(sentence);
}

async function sayTrace(tracing: TraceServices, say: (text?: string) => void, ask: (question: string) => Promise<Answer>): Promise<void> {
  const { sources, targets } = await tracing.ends();
  const from = await ask(`From, one of ${sources.join(', ')}:`);
  const to = from && (await ask(`To, one of ${targets.join(', ')}, or an address or DNS name, with :port or :port/udp:`));
  if (!from || !to) return;
  const { traceText } = await import('../cluster/trace.ts');
  for (const text of traceText(await tracing.follow(from, to))) say(text);
}

const viewOf = ({ lab, hintsTaken }: RunningLab): LabView => ({ lab, hintsTaken, elapsedMs: 0, checking: false, practice: false });

function sayLines(say: (text?: string) => void, lines: readonly Line[]): void {
  for (const line of lines) say(lineText(line));
}

/** An error is said, and the conversation goes on. */
async function attempt(say: (text?: string) => void, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const { what, action } = problemOf(error);
    say(`Error: ${what}`);
    say(`Try: ${action}`);
  }
}
