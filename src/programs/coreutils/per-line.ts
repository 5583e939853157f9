/** Tools that change each line by itself. */
import { lines } from '../../machine/streams.ts';
import { type Tool, tool } from './tool.ts';

/** Each line through a function. */
export function perLine(name: string, short: string, change: (line: string, index: number, t: Tool) => string) {
  return tool({
    name, short,
    async run(t) {
      let status = 0;
      let index = 0;
      for await (const { input } of t.inputs(() => (status = 1))) for await (const line of lines(input)) await t.write(`${change(line, index++, t)}\n`);
      return status;
    },
  });
}
