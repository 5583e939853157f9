/** Quantities, as far as `describe node` adds them up and `--sort-by` compares them. See k8s.io/apimachinery/pkg/api/resource/quantity.go. */

const FACTORS: Readonly<Record<string, number>> = { '': 1, n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 };

const QUANTITY = /^([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)([a-zA-Z]*)$/;

/** 0 for what is no quantity. */
export function parseAmount(text: string): number {
  return amountOf(text) ?? 0;
}

/** Negative when `a` is less; undefined unless both are quantities. */
export function compareAmounts(a: string, b: string): number | undefined {
  const [left, right] = [amountOf(a), amountOf(b)];
  return left === undefined || right === undefined ? undefined : left - right;
}

function amountOf(text: string): number | undefined {
  const match = QUANTITY.exec(text);
  const factor = match ? FACTORS[match[2]!] : undefined;
  return factor === undefined ? undefined : Number(match![1]) * factor;
}

/** In its canonical form: millicores for cpu, the largest binary unit that divides it for the rest. */
export function formatAmount(amount: number, name: string): string {
  if (amount === 0) return '0';
  if (name === 'cpu' || !Number.isInteger(amount)) {
    const milli = Math.ceil(Math.round(amount * 1e6) / 1e3);
    return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
  }
  for (const unit of ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki']) if (amount % FACTORS[unit]! === 0) return `${amount / FACTORS[unit]!}${unit}`;
  return String(amount);
}
