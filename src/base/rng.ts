/** Seeded chance. The same seed gives the same world: names, ports, MAC addresses, load-balancing. Not for secrets. */
export interface Rng {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform whole number in [0, bound). */
  below(bound: number): number;
  /** `length` letters drawn from `alphabet`. */
  text(length: number, alphabet: string): string;
  pick<T>(items: readonly T[]): T;
}

/** The alphabet of Kubernetes' generated names: no vowels, nothing that looks like something else. */
export const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** A generator after Chris Doty-Humphrey's sfc32: small, fast, good enough for simulation. */
export function seededRng(seed: number): Rng {
  let a = 0x9e3779b9;
  let b = seed | 0;
  let c = 0x243f6a88;
  let counter = 1;
  const step = () => {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i++) step();
  const below = (bound: number) => Math.floor(step() * bound);
  return {
    next: step,
    below,
    text: (length, alphabet) => Array.from({ length }, () => alphabet[below(alphabet.length)]).join(''),
    pick: (items) => items[below(items.length)]!,
  };
}

/** A version 4 UUID from simulated chance. */
export function uuid(rng: Rng): string {
  const hex = rng.text(32, '0123456789abcdef');
  const variant = '89ab'[rng.below(4)];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
