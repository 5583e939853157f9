/**
 * Transcripts of real tools, replayed here. The format: `$ command`, what it wrote to stdout, what it wrote to stderr with
 * `E| ` before each line, and the exit code in brackets. Lines that begin with `#` before a command give reasons.
 */
import { readFileSync } from 'node:fs';

export interface Step {
  readonly command: string;
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

export function readTranscript(name: string): readonly Step[] {
  const text = readFileSync(new URL(`../recorded/programs/${name}.txt`, import.meta.url), 'utf8');
  const steps: Step[] = [];
  for (const block of text.split(/^(?=\$ )/m).slice(1)) {
    const lines = block.split('\n');
    const end = lines.findLastIndex((line) => /^\[\d+\]$/.test(line));
    const body = lines.slice(1, end);
    steps.push({
      command: lines[0]!.slice(2),
      out: body.filter((line) => !line.startsWith('E| ')).map((line) => `${line}\n`).join(''),
      err: body.filter((line) => line.startsWith('E| ')).map((line) => `${line.slice(3)}\n`).join(''),
      code: Number(lines[end]!.slice(1, -1)),
    });
  }
  return steps;
}

/** Words of a command line with single and double quotes. */
export function words(command: string): readonly string[] {
  return [...command.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}
