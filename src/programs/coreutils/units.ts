/** Numbers as people write and read them: sizes with a letter, durations with a letter. */

/** `1.5K`, `2.0M` as `ls -h` and `df -h` of GNU print sizes: rounded up, one digit below ten. */
export function humanSize(bytes: number): string {
  if (bytes < 1024) return String(bytes);
  let value = bytes;
  let unit = -1;
  while (value >= 1024 && unit < 4) {
    value /= 1024;
    unit++;
  }
  const rounded = value < 10 ? Math.ceil(value * 10) / 10 : Math.ceil(value);
  return `${rounded < 10 ? rounded.toFixed(1) : Math.ceil(rounded)}${'KMGTP'[unit]}`;
}

/** `10`, `1k`, `2M`: undefined when it is no number. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+)([bkKmMgGc]?)B?$/.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * { '': 1, c: 1, b: 512, k: 1024, K: 1024, m: 2 ** 20, M: 2 ** 20, g: 2 ** 30, G: 2 ** 30 }[match[2]!]!;
}

/** `0.5`, `2m`, `1h`, `1d` in milliseconds: undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
  if (!match) return /^inf(inity)?$/.test(text) ? Number.POSITIVE_INFINITY : undefined;
  return Number(match[1]) * { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }[match[2]!]! * 1000;
}
