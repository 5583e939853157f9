/**
 * What programs do alike when they refuse: write to stderr, return a code. And BusyBox's way of saying how it is used.
 * A usage is the real one's, cut down to the options that are here: a line that it shows can be typed.
 */
import type { Process } from '../machine/program.ts';
import { BUSYBOX_VERSION } from './coreutils/busybox.ts';
import { OptionError } from './options.ts';

/** Write `words` and a newline to stderr. @returns `code`, to be returned */
export async function refuse(process: Process, code: number, words: string): Promise<number> {
  await process.stderr.write(`${words}\n`);
  return code;
}

/** An applet's usage, as it follows a wrong command line. */
export async function busyboxUsage(process: Process, usage: string, error?: OptionError): Promise<number> {
  await process.stderr.write(`${error ? `${error.sentence(nameOf(process))}\n` : ''}${BUSYBOX_VERSION}\n\nUsage: ${usage}\n`);
  return 1;
}

/** The program's name as its messages begin. */
export function nameOf(process: Process): string {
  return process.argv[0]?.split('/').at(-1) ?? '';
}

/** Run `main`; a command line that getopt refuses is answered by `onWrong`. */
export async function withOptions(main: () => Promise<number>, onWrong: (error: OptionError) => Promise<number>): Promise<number> {
  try {
    return await main();
  } catch (error) {
    if (error instanceof OptionError) return onWrong(error);
    throw error;
  }
}
