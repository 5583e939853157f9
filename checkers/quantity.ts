/** Quantities by value: `500m` is `0.5`, `1Gi` is `1024Mi`. Not a checker. See apimachinery/pkg/api/resource/quantity.go. */
const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
};

/** Do both texts name the same amount? Texts that are no quantities are never the same. */
export function sameQuantity(a: string, b: string): boolean {
  const [left, right] = [amount(a), amount(b)];
  // A relative bound: binary floating point does not hold 0.1 exactly.
  return left !== undefined && right !== undefined && Math.abs(left - right) <= 1e-9 * Math.max(Math.abs(left), Math.abs(right));
}

function amount(text: string): number | undefined {
  const [, number, exponent, suffix] = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  return Number(number + (exponent ?? '')) * SUFFIXES[suffix ?? '']!;
}
