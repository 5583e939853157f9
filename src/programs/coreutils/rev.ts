/** rev: the characters of each line backwards. See rev(1). */
import { lines } from '../../machine/streams.ts';
import { tool } from './tool.ts';

export const rev = tool({
  name: 'rev', short: '',
  async run(t) {
    let status = 0;
    for await (const { input } of t.inputs(() => (status = 1))) for await (const line of lines(input)) await t.write(`${[...line].reverse().join('')}\n`);
    return status;
  },
});
