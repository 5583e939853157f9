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

/** Before a step that undoes one fault: without that fault it does nothing. `# fault: probe` */
const OF_FAULT = /^# fault: ([a-z0-9-]+)\s*$/m;
/** Before a step that only makes things quicker. `# helps only: the pod would restart by itself` */
const HELPS_ONLY = /^# helps only: /m;

/**
 * @param faults those that were drawn
 * @returns nothing for a solution of one step: without it the lab is red, and that is proved anyway
 */
export function mutationsOf(script: string, faults: readonly string[] = []): readonly Mutation[] {
  const statements = topLevel(script);
  const changing = statements.filter(({ text, before }) => {
    const fault = OF_FAULT.exec(before)?.[1];
    return !LOOKING.test(text) && !HELPS_ONLY.test(before) && (fault === undefined || faults.includes(fault));
  });
  if (statements.filter(({ text }) => !LOOKING.test(text)).length < 2) return [];
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
  /** Comments and blank lines between the statement before and this one. */
  readonly before: string;
}

function topLevel(script: string): readonly Statement[] {
  const parsed = parse(script) as unknown as { readonly commands: readonly { readonly pos: number; readonly end: number }[] };
  return parsed.commands.map(({ pos, end }, index) => ({ start: pos, end, text: script.slice(pos, end).trim(), before: script.slice(parsed.commands[index - 1]?.end ?? 0, pos) }));
}
