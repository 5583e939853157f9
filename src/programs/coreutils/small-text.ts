/** expand, unexpand and factor: little things that scripts call. See GNU coreutils. */
import { readAll } from '../../machine/streams.ts';
import { type Tool, tool } from './tool.ts';

export const expand = tool({ name: 'expand', short: 't:i', long: { tabs: 't', initial: 'i' }, numbers: 't', run: (t) => eachLine(t, (line, size) => {
  let out = '';
  // -i: only the tabs before the first letter.
  const end = t.has('i') ? line.search(/[^ \t]|$/) : line.length;
  for (const letter of line.slice(0, end)) out += letter === '\t' ? ' '.repeat(size - (out.length % size)) : letter;
  return out + line.slice(end);
}) });

export const unexpand = tool({ name: 'unexpand', short: 'at:', long: { all: 'a', tabs: 't', 'first-only': 'first-only' }, run: (t) => eachLine(t, (line, size) => {
  const everywhere = (t.has('a') || t.has('t')) && !t.has('first-only');
  let out = '';
  for (let at = 0; at < line.length; at += size) {
    const piece = line.slice(at, at + size);
    const isLeading = line.slice(0, at + size).trim() === '';
    out += piece.length === size && (isLeading || everywhere) ? piece.replace(/ {2,}$/, '\t').replace(/^ $/, '\t') : piece;
  }
  return out;
}) });

async function eachLine(t: Tool, change: (line: string, size: number) => string): Promise<number> {
  const size = Number(t.value('t') ?? 8);
  if (!Number.isInteger(size) || size < 1) return await t.usage(size === 0 ? 'tab size cannot be 0' : `tab size contains invalid character(s): '${t.value('t')}'`);
  let status = 0;
  for await (const { input } of t.inputs(() => (status = 1))) {
    const text = await readAll(input);
    await t.write(text.split('\n').map((line) => change(line, size)).join('\n'));
  }
  return status;
}

export const factor = tool({
  name: 'factor', short: '', async run(t) {
    const words = t.operands.length > 0 ? t.operands : (await readAll(t.process.stdin)).split(/\s+/).filter((word) => word !== '');
    let status = 0;
    for (const word of words) {
      const value = /^\+?\d+$/.test(word) ? Number(word) : Number.NaN;
      if (Number.isSafeInteger(value)) await t.write(`${value}:${primes(value).map((prime) => ` ${prime}`).join('')}\n`);
      else {
        await t.complain(`\xe2\x80\x98${word}\xe2\x80\x99 is not a valid positive integer`);
        status = 1;
      }
    }
    return status;
  },
});

function primes(of: number): readonly number[] {
  const found: number[] = [];
  let rest = of;
  for (let prime = 2; prime * prime <= rest; prime += prime === 2 ? 1 : 2) {
    while (rest % prime === 0) {
      found.push(prime);
      rest /= prime;
    }
  }
  return rest > 1 ? [...found, rest] : found;
}
