/** One line that gives any other terminal the shell of a lab, and how it is shown where it is longer than the place for it. */
import type { AppServices, RunningLab } from './services.ts';
import { line, type Line } from './text/lines.ts';

export const pasteLine = (services: AppServices, running: RunningLab): string => services.pasteLine?.(running) ?? `npx cka lab shell ${running.lab.id}`;

/** Too long, it goes on behind backslashes, as a shell reads it; never inside quotes, where a backslash would be a letter. */
export function pasteLines(paste: string, width: number): Line[] {
  const words = /['"]/.test(paste) ? [paste] : paste.split(' ');
  const rows: string[] = [];
  for (const word of words) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + word.length + 1 <= width - 6) rows[rows.length - 1] = `${last} ${word}`;
    else rows.push(word);
  }
  return rows.map((text, row) => line(`${row === 0 ? '  ' : '    '}${text}${row < rows.length - 1 ? ' \\' : ''}`, 'code'));
}
