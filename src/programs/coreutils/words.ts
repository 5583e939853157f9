/** Words as xargs and `env -S` take them from a text: parted by blanks, held together by quotes and backslashes. */
export function quotedWords(text: string): string[] {
  return (text.match(/(?:'[^'\n]*'|"[^"\n]*"|\\[\s\S]|[^\s'"\\])+/g) ?? []).map((word) => word.replace(/'([^']*)'|"([^"]*)"|\\([\s\S])/g, (_whole, single?: string, double?: string, escaped?: string) => single ?? double ?? escaped ?? ''));
}
