/** sort: see POSIX, "sort". Bytes are compared, as in the C locale that containers have. */
import { records } from './records.ts';
import { type Tool, tool } from './tool.ts';

interface Key {
  readonly from: readonly [field: number, character: number];
  readonly to: readonly [field: number, character: number] | undefined;
  readonly flags: string;
}

export const sort = tool({
  name: 'sort', short: 'nrufbhVMgk:t:o:cCsmzdiT:S:', gnuOnly: 'C', usageStatus: 2,
  long: { 'numeric-sort': 'n', reverse: 'r', unique: 'u', 'ignore-case': 'f', 'human-numeric-sort': 'h', 'version-sort': 'V', 'month-sort': 'M', 'general-numeric-sort': 'g', 'dictionary-order': 'd', 'ignore-leading-blanks': 'b', 'ignore-nonprinting': 'i', key: 'k', 'field-separator': 't', output: 'o', check: 'c', stable: 's', merge: 'm', 'zero-terminated': 'z', 'temporary-directory': 'T', 'buffer-size': 'S', parallel: 'parallel:' },
  absent: ['debug', 'files0-from', 'random-sort', 'R', 'random-source', 'sort', 'compress-program', 'batch-size'],
  withoutEffect: { T: 'nothing is put into files while it sorts', S: 'everything is sorted in memory', parallel: 'there is one thread' },
  async run(t) {
    let status = 0;
    const end = t.has('z') ? '\0' : '\n';
    const sources: string[][] = [];
    for await (const { input } of t.inputs(() => (status = 2))) {
      const here: string[] = [];
      for await (const line of records(input, end)) here.push(line);
      sources.push(here);
    }
    const keys = t.values('k').map(parseKey);
    const badKey = keys.indexOf(undefined);
    if (badKey >= 0) return await t.usage(t.gnu ? `invalid number at field start: invalid count at start of '${t.values('k')[badKey]}'` : 'bad field specification');
    const compare = comparer(t, keys as Key[]);
    const all = t.has('m') ? merged(sources, compare) : sources.flat();
    if (t.has('c') || t.has('C')) {
      const wrong = all.findIndex((line, index) => index > 0 && compare(all[index - 1]!, line) > 0);
      if (wrong < 0) return 0;
      if (!t.has('C')) await t.complain(`${t.operands[0] ?? '-'}:${wrong + 1}: disorder: ${all[wrong]}`);
      return 1;
    }
    const ordered = t.has('m') ? all : all.sort((a, b) => compare(a, b) || (t.has('s') || t.has('u') ? 0 : (t.has('r') ? -1 : 1) * bytes(a, b)));
    const shown = t.has('u') ? ordered.filter((line, index) => index === 0 || compare(ordered[index - 1]!, line) !== 0) : ordered;
    const target = t.value('o');
    const output = target === undefined ? t.process.stdout : await t.output(target, false);
    if (!output) return 2;
    if (shown.length > 0) await output.write(`${shown.join(end)}${end}`);
    return status;
  },
});

const bytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function parseKey(spec: string): Key | undefined {
  const match = /^(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.(\d+))?([a-zA-Z]*))?$/.exec(spec);
  if (!match || match[1] === '0') return undefined;
  const to = match[4] === undefined ? undefined : ([Number(match[4]), Number(match[5] ?? 0)] as const);
  return { from: [Number(match[1]), Number(match[2] ?? 1)], to, flags: match[3]! + (match[6] ?? '') };
}

function comparer(t: Tool, keys: readonly Key[]): (a: string, b: string) => number {
  const separator = t.value('t');
  const global = [...'nrfbhVMgdi'].filter((letter) => t.has(letter)).join('');
  const one = (a: string, b: string, flags: string): number => {
    const sign = flags.includes('r') ? -1 : 1;
    if (/[ng]/.test(flags)) return sign * (leading(a) - leading(b));
    if (flags.includes('h')) return sign * (human(a) - human(b));
    if (flags.includes('V')) return sign * versions(a, b);
    if (flags.includes('M')) return sign * (month(a) - month(b));
    const skipped = flags.includes('d') ? /[^A-Za-z0-9\s]/g : flags.includes('i') ? /[^ -~]/g : /$^/;
    const clean = (text: string) => (flags.includes('b') ? text.trimStart() : text).replace(skipped, '');
    return sign * (flags.includes('f') ? bytes(clean(a).toUpperCase(), clean(b).toUpperCase()) : bytes(clean(a), clean(b)));
  };
  if (keys.length === 0) return (a, b) => one(a, b, global);
  return (a, b) => {
    for (const key of keys) {
      const order = one(pick(a, key, separator), pick(b, key, separator), key.flags || global);
      if (order !== 0) return order;
    }
    return 0;
  };
}

/** `-m`: what is in order already, taken from whichever source has the least. */
function merged(sources: readonly (readonly string[])[], compare: (a: string, b: string) => number): string[] {
  const rest = sources.map((lines) => [...lines]).filter((lines) => lines.length > 0);
  const all: string[] = [];
  while (rest.length > 0) {
    const least = rest.reduce((best, lines) => (compare(lines[0]!, best[0]!) < 0 ? lines : best));
    all.push(least.shift()!);
    if (least.length === 0) rest.splice(rest.indexOf(least), 1);
  }
  return all;
}

/** The part of a line that a key means. Without a separator, a field begins with the blanks before it. */
function pick(line: string, { from, to }: Key, separator: string | undefined): string {
  const fields = separator === undefined ? (line.match(/\s*\S+|\s+$/g) ?? []) : line.split(separator);
  const glue = separator ?? '';
  const start = fields.slice(0, from[0] - 1).join(glue).length + (from[0] > 1 && separator !== undefined ? 1 : 0) + from[1] - 1;
  if (!to) return line.slice(start);
  const end = to[1] === 0 ? fields.slice(0, to[0]).join(glue).length : fields.slice(0, to[0] - 1).join(glue).length + (to[0] > 1 && separator !== undefined ? 1 : 0) + to[1];
  return line.slice(start, Math.max(start, end));
}

const leading = (text: string): number => Number(/^\s*(-?\d*\.?\d*)/.exec(text)?.[1] || 0) || 0;

function human(text: string): number {
  const match = /^\s*(-?\d*\.?\d+)\s*([KMGTP]?)/i.exec(text);
  return match ? Number(match[1]) * 1024 ** (' KMGTP'.indexOf(match[2]!.toUpperCase() || ' ')) : 0;
}

const month = (text: string): number => ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'].indexOf(text.trim().slice(0, 3).toUpperCase());

function versions(a: string, b: string): number {
  const parts = (text: string) => text.match(/\d+|\D+/g) ?? [];
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x = '', y = ''] = [left[i], right[i]];
    const order = /^\d/.test(x) && /^\d/.test(y) ? Number(x) - Number(y) : bytes(x, y);
    if (order !== 0) return order;
  }
  return 0;
}
