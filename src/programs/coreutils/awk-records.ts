/** awk's records: what RS separates. See POSIX, "awk", "Regular Expressions" and RS. */
import { posixToRegExp } from '../../base/posix-regex.ts';
import type { Input } from '../../machine/program.ts';
import { readLine } from '../../machine/streams.ts';

/** One record: a line, a paragraph (RS empty), or up to RS. */
export async function readRecord(input: Input, separator: string): Promise<string | undefined> {
  if (separator === '\n') return (await readLine(input))?.replace(/\n$/, '');
  const regexp = separator === '' ? /\n\n+/ : separator.length === 1 ? new RegExp(separator.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')) : posixToRegExp(separator, { extended: true });
  let text = '';
  for (let bytes = await input.read(); bytes !== undefined; bytes = await input.read()) {
    text += bytes;
    if (separator === '') text = text.replace(/^\n+/, '');
    const match = regexp.exec(text);
    if (!match || match.index + match[0].length === text.length) continue;
    input.unread(text.slice(match.index + match[0].length));
    return text.slice(0, match.index);
  }
  const last = text.replace(new RegExp(`(?:${regexp.source})$`), '').replace(/\n$/, '');
  return last === '' ? undefined : last;
}
