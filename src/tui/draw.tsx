/** Starts Ink on a virtual terminal: the one place that loads it. */
import { render } from 'ink';
import { App } from './App.tsx';
import type { Ui } from './hooks/use-ui.ts';
import type { VirtualStdout } from './terminal/virtual-stdout.ts';

/** The UI at work. */
export interface Drawing {
  /** Settles when the UI ends by itself; rejects when it could not go on. */
  readonly ended: Promise<unknown>;
  stop(): void;
}

/** Ink asks nothing of its terminal but `columns` and `write`; keys reach the UI by the stage. */
export function draw(ui: Ui, virtual: VirtualStdout, lab: string | undefined, exam?: string): Drawing {
  const ink = render(<App ui={ui} lab={lab} exam={exam} />, {
    stdout: virtual as unknown as NodeJS.WriteStream,
    stdin: process.stdin,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  return { ended: ink.waitUntilExit(), stop: () => ink.unmount() };
}
