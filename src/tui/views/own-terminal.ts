/** Where no terminal can be drawn: the line that gives any other one the same shell, and what that shell is. */
import { pasteLines } from '../paste-line.ts';
import { BLANK, line, wrap, type Line } from '../text/lines.ts';

export interface OwnTerminalText {
  readonly paste: string;
  /** Why there is none on this screen. */
  readonly because: string;
  /** What the line gives, and what stays here. */
  readonly gives: string;
}

export function ownTerminalLines({ paste, because, gives }: OwnTerminalText, width: number): Line[] {
  return [
    line('Use your own second terminal', 'title'),
    ...wrap(line(because, 'dim'), width),
    BLANK,
    ...wrap(line('Open another terminal window in the folder of this program and paste this line:'), width),
    BLANK,
    ...pasteLines(paste, width),
    BLANK,
    ...wrap(line(gives), width),
  ];
}
