/** `cka exam finish`, `report` and `review`: end and grade, read what came of it, look at a final state again. */
import { extname } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { type CliCommand, EXIT, JSON_OPTION, printJson } from '../command.ts';
import { runHere } from '../run-here.ts';
import { chosenExam, EXAM_ARGUMENT, pastExamsOf, reportOf } from './exams.ts';
import { writeNamed } from '../values.ts';

const FORMATS: Readonly<Record<string, string>> = { '.md': 'markdown', '.html': 'html', '.htm': 'html', '.json': 'json' };

export const examFinish: CliCommand = {
  name: 'exam finish',
  summary: 'end the exam and grade it; exits 0 when passed, 1 when not',
  arguments: [EXAM_ARGUMENT],
  options: [JSON_OPTION],
  examples: ['cka exam finish', 'cka exam finish --json | jq .percent'],
  async run(cli, [typed], options) {
    const exam = await chosenExam(cli, typed);
    await exam.finish('choice', options['json'] ? undefined : (step) => cli.err(`${step} …\n`));
    await exam.settled();
    const report = await reportOf(cli, exam);
    if (options['json']) printJson(cli, report);
    else cli.out(await inText(report));
    return report.percent === undefined ? EXIT.broken : report.passed ? EXIT.done : EXIT.failed;
  },
};

export const examReportCommand: CliCommand = {
  name: 'exam report',
  summary: 'the report of a graded exam: what was found, where the time went, what to practise',
  arguments: [EXAM_ARGUMENT],
  options: [
    { flags: '--format <format>', description: 'how (default: as the name of --output ends, else text)', choices: ['text', 'markdown', 'html', 'json'] },
    { flags: '--output <file>', description: 'into a file instead of here: .md, .html or .json' },
    JSON_OPTION,
  ],
  examples: ['cka exam report', 'cka exam report --output report.html', 'cka exam report --format markdown', 'cka exam report --json'],
  async run(cli, [typed], options) {
    const exam = await chosenExam(cli, typed);
    const report = await reportOf(cli, exam);
    const file = options['output'];
    const format = options['json'] ? 'json' : (options['format'] ?? (typeof file === 'string' ? FORMATS[extname(file)] : undefined));
    const text =
      format === 'json' ? `${JSON.stringify(report, undefined, 2)}\n`
      : format === 'markdown' ? (await import('../../lab/exam/report-markdown.ts')).reportMarkdown(report)
      : format === 'html' ? (await import('../../lab/exam/report-html.ts')).reportHtml(report, (await pastExamsOf(cli)).filter(({ startedAt }) => startedAt <= report.startedAt))
      : await inText(report);
    if (typeof file !== 'string') cli.out(text);
    else {
      await writeNamed(file, text, 'Give another --output.');
      cli.err(`The report is in ${file}.\n`);
    }
    return EXIT.done;
  },
};

export const examReview: CliCommand = {
  name: 'exam review',
  summary: 'bring the final state of a task back and open a shell on it, with its solution',
  arguments: [{ name: '<task>', description: 'number of the task' }, EXAM_ARGUMENT],
  options: [{ flags: '--down', description: 'remove the clusters of the review again' }, JSON_OPTION],
  examples: ['cka exam review 3', 'cka exam review 3 --json', 'cka exam review 3 --down'],
  async run(cli, [typed, id], options) {
    const exam = await chosenExam(cli, id);
    const { status } = exam.state();
    if (status !== 'graded') throw new UserError(`Exam ${exam.plan.id} is not graded yet.`, 'A review is for exams that have ended: cka exam finish', 2);
    const task = exam.task(typed ?? '1');
    if (options['down']) {
      await exam.endReview();
      if (options['json']) printJson(cli, { exam: exam.plan.id, removed: true });
      else cli.out('The clusters of the review are gone; their states are kept.\n');
      return EXIT.done;
    }
    const shell = await exam.review(task, options['json'] ? undefined : (step) => cli.err(`${step} …\n`));
    if (options['json'] || !cli.isTerminal) {
      printJson(cli, { exam: exam.plan.id, task: task.id, lab: task.lab, cluster: task.cluster, kubeconfig: shell.environment['KUBECONFIG'], solution: exam.lab(task).solution });
      return EXIT.done;
    }
    const lab = exam.lab(task);
    cli.err(`${lab.title}: as you left it.\n\n${lab.solution}\n\nLeave with \`exit\`; \`cka exam review ${task.id} --down\` removes the cluster.\n`);
    return runHere(shell);
  },
};

async function inText(report: Parameters<typeof import('../../tui/views/exam-report.ts').reportLines>[0]): Promise<string> {
  const [{ reportLines }, { lineText }, { UNICODE }] = await Promise.all([import('../../tui/views/exam-report.ts'), import('../../tui/text/lines.ts'), import('../../tui/theme.ts')]);
  return `${reportLines(report, 100, UNICODE).map(lineText).join('\n')}\n`;
}
