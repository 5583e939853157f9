/** `cka` alone: the screens when there is a terminal, else the overview. Gives the screens what they ask for. */
import { UserError } from '../base/user-error.ts';
import { isPossiblePrefix } from '../tui/keys.ts';
import type { AppServices } from '../tui/services.ts';
import { type Cli, type CliOptions } from './command.ts';
import { examServices } from './exam/services.ts';
import { listings } from './listing.ts';
import { backendOf, chosenLab, listPacks, openProgress, paths, startSession } from './labs.ts';
import { commandLine } from '../lab/shell/quote.ts';
import type { LabSession } from '../lab/session.ts';

export async function screens(cli: Cli, options: CliOptions): Promise<number> {
  const prefix = wantedPrefix(options);
  if (!cli.isTerminal) {
    // There is no screen to open it on; a name that is wrong is told all the same.
    await wantedLab(cli, options);
    return (await import('./overview.ts')).overview(cli);
  }
  const [services, { runTui }, lab] = await Promise.all([appServices(cli), import('../tui/run.tsx'), wantedLab(cli, options)]);
  const { exam } = options;
  const code = await runTui(services, {
    plain: options['plain'] === true,
    pane: options['pane'] !== false,
    ...(typeof exam === 'string' ? { exam } : {}),
    ...(prefix === undefined ? {} : { prefix }),
    ...(lab === undefined ? {} : { lab }),
  });
  await services.exams.settled();
  return code;
}

function wantedPrefix({ prefix }: CliOptions): string | undefined {
  if (typeof prefix !== 'string') return undefined;
  if (!isPossiblePrefix(prefix)) throw new UserError(`${prefix} cannot be the key that leaves the terminal pane.`, 'Choose Ctrl with another letter or sign, as in ctrl-] or ctrl-g.', 2);
  return prefix.toLowerCase();
}

async function wantedLab(cli: Cli, options: CliOptions): Promise<string | undefined> {
  const typed = options['lab'];
  return typeof typed === 'string' ? (await chosenLab(cli, typed)).id : undefined;
}

async function appServices(cli: Cli) {
  const notices: string[] = [];
  // The screen owns the terminal: nothing is asked beside it, and what would go to standard error waits until it has gone.
  const quiet: Cli = { ...cli, isTerminal: false, err: (text) => void notices.push(text) };
  process.once('exit', () => notices.forEach((text) => cli.err(text)));
  const [{ labs }, progress, { bestOf }, { suggest }, { streakDays }] = await Promise.all([listPacks(quiet), openProgress(quiet), import('../lab/progress.ts'), import('../lab/next.ts'), import('../lab/pace.ts')]);
  let attempts = await progress.all();
  const sessions = new Map<string, LabSession>();
  const refresh = async () => {
    attempts = await progress.all();
  };
  const exams = await examServices(quiet, labs);
  return {
    version: cli.version,
    firstRun: attempts.length === 0,
    labs: () => listings(labs, attempts, bestOf),
    next: () => {
      const [first] = suggest(labs, attempts, Date.now());
      return first && { lab: first.lab.id, title: first.lab.title, because: first.because };
    },
    streakDays: () => streakDays(attempts, Date.now()),
    async openLab(id, onProgress) {
      const session = await startSession(quiet, await chosenLab(quiet, id), {}, onProgress);
      sessions.set(id, session);
      await refresh();
      return remembering(session, refresh);
    },
    exams,
    clusters: async () => (await backendOf(quiet)).list(),
    async doctor() {
      const [{ examine }, { examineBackends }] = await Promise.all([import('../cluster/doctor.ts'), import('../cluster/doctor-backends.ts')]);
      return (await Promise.all([examine({ ...(await paths(quiet)), env: cli.env }), examineBackends({ env: cli.env, labs })])).flat();
    },
    trace: (running) => {
      const { cluster, lab } = sessions.get(running.lab.id)!;
      const ask = () => import('../cluster/trace-request.ts');
      return {
        ends: async () => (await ask()).traceEnds(cluster, lab.namespaces),
        follow: async (from, to) => (await ask()).followPacket(cluster, { from, to, ...(lab.namespaces[0] === undefined ? {} : { namespace: lab.namespaces[0] }) }),
      };
    },
    shell: ({ lab }) => sessions.get(lab.id)!.shell(),
    pasteLine: ({ lab }) => commandLine([...cli.self, 'lab', 'shell', lab.id]),
  } satisfies AppServices;
}

/** The session, keeping the home screen's list up to date. */
function remembering(session: LabSession, refresh: () => Promise<void>) {
  const after = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    await session.settled();
    await refresh();
    return result;
  };
  return {
    lab: session.lab,
    cluster: session.cluster,
    get startedAtMs() { return session.startedAtMs; },
    get hintsTaken() { return session.hintsTaken; },
    check: (isAsked?: boolean) => after(session.check(isAsked)),
    reset: () => after(session.reset()),
    stop: () => after(session.stop()),
    observations: () => session.observations(),
    takeHint: () => session.takeHint(),
    readSolution: () => session.readSolution(),
  };
}
