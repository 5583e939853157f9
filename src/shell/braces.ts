/** Brace expansion of bash: `{a,b}` and `{1..5}`. Works on a word's text before anything else is expanded. */

/** Every word that a word's text stands for; the text alone when it has no braces to expand. */
export function expandBraces(text: string): string[] {
  for (let i = 0; i < text.length; i++) {
    i = skip(text, i);
    if (text[i] !== '{' || text[i - 1] === '$') continue;
    const end = closing(text, i);
    if (end < 0) continue;
    const inside = alternatives(text.slice(i + 1, end)) ?? sequence(text.slice(i + 1, end));
    if (!inside) continue;
    const tails = expandBraces(text.slice(end + 1));
    return inside.flatMap((part) => expandBraces(part)).flatMap((part) => tails.map((tail) => text.slice(0, i) + part + tail));
  }
  return [text];
}

/** Past what quoting protects at a position. */
function skip(text: string, at: number): number {
  let i = at;
  for (;;) {
    const c = text[i];
    if (c === '\\') i += 2;
    else if (c === "'") i = after(text, "'", i + 1);
    else if (c === '"') i = afterDouble(text, i + 1);
    else if (c === '$' && text[i + 1] === '{') i = after(text, '}', i + 2);
    else return i;
  }
}

function after(text: string, mark: string, from: number): number {
  const end = text.indexOf(mark, from);
  return end < 0 ? text.length : end + 1;
}

function afterDouble(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i + 1;
  }
  return text.length;
}

function closing(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    i = skip(text, i);
    if (text[i] === '{') depth++;
    else if (text[i] === '}' && --depth === 0) return i;
  }
  return -1;
}

function alternatives(inside: string): string[] | undefined {
  const parts = [''];
  let depth = 0;
  for (let i = 0; i < inside.length; i++) {
    const from = i;
    i = skip(inside, i);
    parts[parts.length - 1] += inside.slice(from, i);
    const c = inside[i];
    if (c === undefined) break;
    if (c === '{') depth++;
    if (c === '}') depth--;
    if (c === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += c;
  }
  return parts.length > 1 ? parts : undefined;
}

function sequence(inside: string): string[] | undefined {
  const numbers = /^(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?$/.exec(inside);
  const letters = /^([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?\d+))?$/.exec(inside);
  const match = numbers ?? letters;
  if (!match) return undefined;
  const from = numbers ? Number(match[1]) : match[1]!.charCodeAt(0);
  const to = numbers ? Number(match[2]) : match[2]!.charCodeAt(0);
  const step = Math.abs(Number(match[3] ?? 1)) || 1;
  const width = numbers && /^-?0\d/.test(`${match[1]!} ${match[2]!}`.split(' ').find((part) => /^-?0\d/.test(part)) ?? '') ? Math.max(match[1]!.length, match[2]!.length) : 0;
  const words: string[] = [];
  for (let n = from; from <= to ? n <= to : n >= to; n += from <= to ? step : -step) {
    words.push(numbers ? (n < 0 ? `-${String(-n).padStart(width - 1, '0')}` : String(n).padStart(width, '0')) : String.fromCharCode(n));
  }
  return words;
}
