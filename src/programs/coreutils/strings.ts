/** strings: what can be read in a file of bytes. See strings(1). */
import { readAll } from '../../machine/streams.ts';
import { tool } from './tool.ts';

export const strings = tool({
  name: 'strings', short: 'afn:ot:', numbers: 'n', long: { all: 'a', bytes: 'n', radix: 't', 'print-file-name': 'f' },
  withoutEffect: { a: 'the whole file is always looked at' },
  async run(t) {
    const radix = t.last('ot') === 'o' ? 8 : { o: 8, d: 10, x: 16 }[t.value('t') ?? ''];
    let status = 0;
    for await (const { name, input } of t.inputs(() => (status = 1))) {
      for (const match of (await readAll(input)).matchAll(new RegExp(`[ -~\\t]{${Number(t.value('n') ?? 4)},}`, 'g'))) {
        await t.write(`${t.has('f') ? `${name}: ` : ''}${radix ? `${match.index.toString(radix).padStart(7)} ` : ''}${match[0]}\n`);
      }
    }
    return status;
  },
});
