/** Text made safe for a POSIX shell. */

/** One word, single quotes around it unless it is plainly harmless. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line. */
export function commandLine(words: readonly string[]): string {
  return words.map(quote).join(' ');
}

/** fish escapes only quote and backslash inside single quotes. */
export function quoteFish(word: string): string {
  return `'${word.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
