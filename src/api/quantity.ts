/**
 * Amounts of resources: `500m`, `128Mi`, `1e3`. Exact: whole numbers of nano units, as big integers.
 * See apimachinery/pkg/api/resource/quantity.go.
 */
type Format = 'binary' | 'decimal' | 'exponent';

export interface Quantity {
  readonly nanos: bigint;
  readonly format: Format;
}

const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
/** Suffix and its power of ten. */
const DECIMAL: readonly (readonly [string, number])[] = [['n', -9], ['u', -6], ['m', -3], ['', 0], ['k', 3], ['M', 6], ['G', 9], ['T', 12], ['P', 15], ['E', 18]];
const NANO = 1_000_000_000n;

/** Undefined for what is not a quantity. */
export function parseQuantity(text: string): Quantity | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d+)?$/.exec(text);
  if (!match || !(match[2] || match[3])) return undefined;
  const [, sign, whole = '', fraction = '', suffix = ''] = match;
  const digits = BigInt((whole || '0') + fraction);
  let nanos = digits * NANO;
  let format: Format = 'decimal';
  let power = 0;
  if (suffix.endsWith('i')) {
    format = 'binary';
    nanos *= 1024n ** BigInt(BINARY.indexOf(suffix));
  } else if (/^[eE][+-]?\d+$/.test(suffix)) {
    format = 'exponent';
    power = Number(suffix.slice(1));
  } else {
    power = DECIMAL.find(([name]) => name === suffix)![1];
  }
  power -= fraction.length;
  // Finer than a nano unit rounds up, away from zero.
  if (power >= 0) nanos *= 10n ** BigInt(power);
  else {
    const divisor = 10n ** BigInt(-power);
    nanos = (nanos + divisor - 1n) / divisor;
  }
  return { nanos: sign === '-' ? -nanos : nanos, format };
}

/** As the server prints it; what is no quantity stays as it is. */
export function canonicalQuantity(text: string): string {
  const quantity = parseQuantity(text);
  return quantity ? printQuantity(quantity) : text;
}

export function printQuantity({ nanos, format }: Quantity): string {
  if (nanos === 0n) return '0';
  // Binary suffixes cannot say fractions, nor amounts under 1024: the decimal form does.
  const magnitude = nanos < 0n ? -nanos : nanos;
  if (format === 'binary' && nanos % NANO === 0n && magnitude >= 1024n * NANO) return withBinarySuffix(nanos / NANO);
  if (format === 'exponent') return withExponent(nanos);
  return withDecimalSuffix(nanos);
}

function withBinarySuffix(value: bigint): string {
  let step = 0;
  while (step < BINARY.length - 1 && value % 1024n === 0n) {
    value /= 1024n;
    step++;
  }
  return `${value}${BINARY[step]}`;
}

function withDecimalSuffix(nanos: bigint): string {
  let step = 0;
  while (step < DECIMAL.length - 1 && nanos % 1000n === 0n) {
    nanos /= 1000n;
    step++;
  }
  return `${nanos}${DECIMAL[step]![0]}`;
}

function withExponent(nanos: bigint): string {
  let power = -9;
  while (nanos % 1000n === 0n) {
    nanos /= 1000n;
    power += 3;
  }
  return power === 0 ? String(nanos) : `${nanos}e${power}`;
}

/** Negative when `a` is less. @returns 0 for what is not a quantity on either side */
export function compareQuantities(a: string, b: string): number {
  const [left, right] = [parseQuantity(a)?.nanos ?? 0n, parseQuantity(b)?.nanos ?? 0n];
  return left < right ? -1 : left > right ? 1 : 0;
}

export function addQuantities(a: Quantity | undefined, b: Quantity): Quantity {
  return { nanos: (a?.nanos ?? 0n) + b.nanos, format: a && a.nanos !== 0n ? a.format : b.format };
}

/** Thousandths, rounded up: what the scheduler counts CPU in. */
export function milliValue(text: string): number {
  const { nanos = 0n } = parseQuantity(text) ?? {};
  return Number((nanos + 999_999n) / 1_000_000n);
}
