/** The order of map keys in YAML as go-yaml v2 sorts them: letters before what is not a letter, numbers by value. See sorter.go. */

const isLetter = (char: string) => /\p{L}/u.test(char);
const isDigit = (char: string) => /\p{Nd}/u.test(char);

export function compareKeys(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const x = left[i]!;
    const y = right[i]!;
    if (x === y) continue;
    if (isLetter(x) && isLetter(y)) return x < y ? -1 : 1;
    if (isLetter(x) || isLetter(y)) return isLetter(x) ? 1 : -1;
    // A digit run that continues both is compared as a number.
    const runStart = (chars: readonly string[], at: number) => {
      let start = at;
      while (start > 0 && isDigit(chars[start - 1]!)) start--;
      return start;
    };
    if (isDigit(x) || isDigit(y)) {
      const begin = runStart(left, i);
      const leadingZero = left[begin] === '0' && begin < i;
      const number = (chars: readonly string[]) => {
        let end = i;
        while (end < chars.length && isDigit(chars[end]!)) end++;
        return { value: end > i ? BigInt(chars.slice(i, end).join('')) : 0n, length: end - i };
      };
      const one = number(left);
      const two = number(right);
      if (!leadingZero && one.value !== two.value) return one.value < two.value ? -1 : 1;
      if (one.length !== two.length) return one.length < two.length ? -1 : 1;
    }
    return x < y ? -1 : 1;
  }
  return left.length - right.length;
}
