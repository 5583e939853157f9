/**
 * The terminal UI from start to end: takes the learner's terminal over, draws, and gives it back on every way out:
 * quitting, a signal, a crash. React and Ink load behind the first frame, since they take a while.
 */
import { firstFrame } from './first-frame.ts';
import type { Drawing } from './draw.tsx';
import type { Ui } from './hooks/use-ui.ts';
import type { AppServices, TuiOptions } from './services.ts';
import { colorDepth } from './terminal/color.ts';
import { loadPty } from './terminal/pty.ts';
import { RealTerminal } from './terminal/real-terminal.ts';
import { Stage } from './terminal/stage.ts';
import { VirtualStdout } from './terminal/virtual-stdout.ts';
import { ASCII, themeFor, toAscii } from './theme.ts';

/** Often enough to feel immediate, seldom enough that a check of a few seconds does not fill the time. */
const CHECK_EVERY_MS = 4000;

/** Signals that end the program, and the exit codes that shells give them. */
const ENDING = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** @returns the exit code. Nothing is left of the UI when it resolves. */
export async function runTui(services: AppServices, options: TuiOptions = {}): Promise<number> {
  const env = process.env;
  if (options.plain || env['TERM'] === 'dumb') {
    const { runPlain } = await import('./plain.ts');
    return runPlain(services, { input: process.stdin, output: process.stdout, env, lab: options.lab });
  }
  const terminal = new RealTerminal();
  const stage = new Stage({
    terminal,
    depth: colorDepth(env),
    ...(options.prefix === undefined ? {} : { prefix: options.prefix }),
    loadPty,
    now: () => performance.now(),
    later: (delayMs, run) => {
      if (delayMs <= 0) {
        const immediate = setImmediate(run);
        return () => clearImmediate(immediate);
      }
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  });
  const theme = themeFor(env);
  const show = (frame: string) => stage.compositor.frame(theme.symbols === ASCII ? toAscii(frame) : frame);
  const virtual = new VirtualStdout(stage.state, show);
  stage.subscribe(() => {
    virtual.columns = stage.state.columns;
    virtual.rows = stage.state.rows;
  });
  let quit: (code: number) => void = () => {};
  const quitted = new Promise<number>((resolve) => {
    quit = resolve;
  });
  const ui: Ui = { stage, services, theme, pane: options.pane ?? true, checkEveryMs: options.checkEveryMs ?? CHECK_EVERY_MS, now: Date.now, quit: () => quit(0) };

  terminal.enter();
  const unguard = guard(terminal, stage, (code) => quit(code));
  let drawing: Drawing | undefined;
  try {
    const first = options.lab === undefined && options.exam === undefined ? firstFrame(services, stage.state, theme, stage.prefix) : undefined;
    if (first !== undefined) {
      show(first);
      stage.compositor.paint();
    }
    const { draw } = await import('./draw.tsx');
    drawing = draw(ui, virtual, options.lab, options.exam);
    return await Promise.race([quitted, drawing.ended.then(() => 0)]);
  } finally {
    drawing?.stop();
    stage.close();
    terminal.leave();
    unguard();
  }
}

/** Gives the terminal back on the ways out that do not pass the end of `runTui`. */
function guard(terminal: RealTerminal, stage: Stage, quit: (code: number) => void): () => void {
  const leave = () => terminal.leave();
  const crash = (error: unknown) => {
    terminal.leave();
    process.stderr.write(`cka crashed. Your cluster and your lab are not affected.\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(3);
  };
  let hold: NodeJS.Timeout | undefined;
  const suspend = () => {
    terminal.leave();
    // Nothing reads the terminal now, so nothing else would keep the program from ending before it is continued.
    hold = setInterval(() => {}, 60_000);
    process.kill(process.pid, 'SIGSTOP');
  };
  const resume = () => {
    clearInterval(hold);
    terminal.enter();
    stage.compositor.invalidate();
  };
  const ungone = terminal.onGone(() => quit(ENDING.SIGHUP));
  const signals = Object.entries(ENDING).map(([signal, code]) => [signal, () => quit(code)] as const);
  for (const [signal, end] of signals) process.on(signal, end);
  process.on('exit', leave);
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  process.on('SIGTSTP', suspend);
  process.on('SIGCONT', resume);
  return () => {
    clearInterval(hold);
    ungone();
    for (const [signal, end] of signals) process.off(signal, end);
    process.off('exit', leave);
    process.off('uncaughtException', crash);
    process.off('unhandledRejection', crash);
    process.off('SIGTSTP', suspend);
    process.off('SIGCONT', resume);
  };
}
