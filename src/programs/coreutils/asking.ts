/** The question that `-i` puts before something is lost: on standard error, answered by a line of standard input. */
import type { Tool } from './tool.ts';

/** Yes is what begins with `y`; no line at all is no. */
export async function asked(t: Tool, question: string, who = `${t.name}: `): Promise<boolean> {
  await t.process.stderr.write(`${who}${question}? `);
  let line = '';
  for (let bytes = await t.process.stdin.read(); bytes !== undefined; bytes = await t.process.stdin.read()) {
    const end = bytes.indexOf('\n');
    if (end < 0) line += bytes;
    else {
      // What follows answers the next question, or is for the next program.
      if (end + 1 < bytes.length) t.process.stdin.unread(bytes.slice(end + 1));
      line += bytes.slice(0, end);
      break;
    }
  }
  return /^\s*[yY]/.test(line);
}
