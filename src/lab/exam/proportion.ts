/** Whole numbers in proportion: seats by votes (the largest remainder, after Hamilton), points by minutes. */

/**
 * Shares of `total` by `weights`, adding up to it as far as `limits` allow.
 * @param limits the most that each may get
 */
export function inProportion(weights: readonly number[], total: number, limits: readonly number[] = weights.map(() => total)): readonly number[] {
  const shares = weights.map(() => 0);
  // Who is full gives what is left over to the others, in further rounds.
  for (let left = total; left > 0; ) {
    const open = weights.map((weight, index) => ({ weight, index })).filter(({ index, weight }) => shares[index]! < limits[index]! && weight > 0);
    const sum = open.reduce((all, { weight }) => all + weight, 0);
    if (open.length === 0) break;
    const exact = open.map(({ weight, index }) => ({ index, share: (left * weight) / sum }));
    const given = exact.map(({ index, share }) => ({ index, whole: Math.min(Math.floor(share), limits[index]! - shares[index]!), rest: share - Math.floor(share) }));
    for (const { index, whole } of given) shares[index]! += whole;
    left -= given.reduce((all, { whole }) => all + whole, 0);
    for (const { index } of given.toSorted((a, b) => b.rest - a.rest)) {
      if (left > 0 && shares[index]! < limits[index]!) {
        shares[index]! += 1;
        left--;
      }
    }
  }
  return shares;
}
