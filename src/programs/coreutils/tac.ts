/** tac: the last line first. See tac(1). */
import { readAll } from '../../machine/streams.ts';
import { tool } from './tool.ts';

export const tac = tool({
  name: 'tac', short: '',
  async run(t) {
    let status = 0;
    for await (const { input } of t.inputs(() => (status = 1))) await t.write(((await readAll(input)).match(/[^\n]*\n|[^\n]+$/g) ?? []).reverse().join(''));
    return status;
  },
});
