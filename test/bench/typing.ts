/**
 * From a key to its glyph: a key is written to the pseudo-terminal, and the clock stops when its glyph has come back. The
 * same for the pane and for a bash without anything around it.
 */
import { Eyes } from '../support/eyes.ts';
import type { Learner } from '../support/learner.ts';
import { timed } from './statistics.ts';

/** Something that a person types into. */
export interface Typing {
  type(keys: string): void;
  /** Settles at the next output that holds the text. */
  echo(text: string): Promise<void>;
  close(): void;
}

/** Letters that are on no screen around the prompt are not needed: what counts is what comes back after the key. */
const LETTERS = 'qxzj';
const LINE = 40;
/** Somebody who types fast; keys in a burst would be drawn together. */
const PAUSE_MS = 15;

export async function keyToGlyph(typing: Typing, keys: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (let key = 0; key < keys; key++) {
    const letter = LETTERS[key % LETTERS.length]!;
    found.push(await timed(async () => {
      const seen = typing.echo(letter);
      typing.type(letter);
      await seen;
    }));
    await pause(PAUSE_MS);
    if (key % LINE === LINE - 1) {
      typing.type('\x15');
      await pause(100);
    }
  }
  return found;
}

const pause = (delayMs: number) => new Promise<void>((resolve) => {
  setTimeout(resolve, delayMs);
});

/** The pane of a lab that is open, the keyboard in it. */
export const paneOf = (screen: Eyes): Typing => typingOf(screen);

/** Bash on a pseudo-terminal, as it comes. */
export async function shellOf(learner: Learner): Promise<Typing> {
  const screen = await Eyes.open('/bin/bash', ['--norc'], { columns: 92, rows: 40, env: { ...learner.env, PS1: '$ ' }, cwd: learner.home });
  await screen.see('$');
  return typingOf(screen);
}

function typingOf(screen: Eyes): Typing {
  return {
    type: (keys) => screen.type(keys),
    echo: (text) => new Promise((resolve) => {
      const stop = screen.pty.onData((data) => {
        // oxlint-disable-next-line no-control-regex
        if (!data.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '').includes(text)) return;
        stop();
        resolve();
      });
    }),
    close: () => screen.close(),
  };
}
