/** cat: see POSIX, "cat", with `-A`, `-n`, `-b`, `-e`, `-s`, `-t`, `-v` of both families. */
import { tool } from './tool.ts';

export const cat = tool({
  name: 'cat', short: 'AbeEnstTuv', long: { number: 'n', 'show-all': 'A', 'number-nonblank': 'b', 'show-ends': 'E', 'squeeze-blank': 's', 'show-tabs': 'T', 'show-nonprinting': 'v' }, withoutEffect: { u: 'nothing is held back anyway' },
  async run(t) {
    let status = 0;
    const plain = !/[AbeEnstTv]/.test(['A', 'b', 'e', 'E', 'n', 's', 't', 'T', 'v'].filter((letter) => t.has(letter)).join(''));
    const view = { number: 0, blank: false, start: true };
    for await (const { name, input } of t.inputs(() => (status = 1))) {
      try {
        for (let bytes = await input.read(); bytes !== undefined; bytes = await input.read()) await t.write(plain ? bytes : shown(bytes, t, view));
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'FileError') throw error;
        await t.cannotOpen(name, error);
        status = 1;
      }
    }
    return status;
  },
});

function shown(bytes: string, t: { has(letter: string): boolean }, view: { number: number; blank: boolean; start: boolean }): string {
  const ends = t.has('A') || t.has('e') || t.has('E');
  const tabs = t.has('A') || t.has('t') || t.has('T');
  const controls = t.has('A') || t.has('e') || t.has('t') || t.has('v');
  let text = '';
  for (const line of bytes.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    const body = line.replace(/\n$/, '');
    const whole = line.endsWith('\n');
    if (view.start && body === '' && whole) {
      if (t.has('s') && view.blank) continue;
      view.blank = true;
    } else view.blank = false;
    if (view.start && (t.has('b') ? body !== '' : t.has('n'))) text += `${String(++view.number).padStart(6)}\t`;
    let visible = tabs ? body.replaceAll('\t', '^I') : body;
    // oxlint-disable-next-line no-control-regex
    if (controls) visible = visible.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, (c) => (c === '\x7f' ? '^?' : `^${String.fromCharCode(c.charCodeAt(0) + 64)}`)).replace(/[\x80-\xff]/g, meta);
    text += visible + (whole ? `${ends ? '$' : ''}\n` : '');
    view.start = whole;
  }
  return text;
}

function meta(c: string): string {
  const low = c.charCodeAt(0) - 128;
  return low < 32 ? `M-^${String.fromCharCode(low + 64)}` : low === 127 ? 'M-^?' : `M-${String.fromCharCode(low)}`;
}
