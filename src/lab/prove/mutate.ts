/**
 * A solution with one step left out at a time, to see that the graders miss it. A step is a command that changes
 * something; commands that wait or look only are left where they are. Reads scripts as the shell does.
 */
import { parse } from 'unbash';

export interface Mutation {
  /** The step that was left out, in one line. */
  readonly left: string;
  readonly script: string;
}

/** Commands that change nothing a grader could see. */
const LOOKING = /^(set|until|wait|sleep|true|echo|printf|kubectl\s+(-\S+\s+\S+\s+)*(wait|get|describe|logs|rollout status|explain|exec)\b|[A-Za-z_]\w*=|#)/;

/** @returns nothing for a solution of one step: without it the lab is red, and that is proved anyway */
export function mutationsOf(script: string): readonly Mutation[] {
  const statements = topLevel(script);
  const changing = statements.filter(({ text }) => !LOOKING.test(text));
  if (changing.length < 2) return [];
  return changing.map(({ start, end, text }) => ({ left: text.split('\n')[0]!.slice(0, 70), script: `${script.slice(0, start)}:${documentsOf(text)}${script.slice(end)}` }));
}

/** Here-documents whose text follows the statement must still be read by something. */
function documentsOf(text: string): string {
  const lastLine = text.slice(text.lastIndexOf('\n') + 1);
  return (lastLine.match(/<<-?\s*['"]?\w+['"]?/g) ?? []).map((word) => ` ${word}`).join('');
}

interface Statement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function topLevel(script: string): readonly Statement[] {
  const parsed = parse(script) as unknown as { readonly commands: readonly { readonly pos: number; readonly end: number }[] };
  return parsed.commands.map(({ pos, end }) => ({ start: pos, end, text: script.slice(pos, end).trim() }));
}
