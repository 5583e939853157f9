/**
 * Text with tabs to aligned columns, as Go's text/tabwriter does it for `kubectl describe`: a column is as wide as its
 * widest cell among neighbouring lines that have one, plus two. See text/tabwriter and kubectl/pkg/describe (PrefixWriter).
 */
export class Writer {
  #text = '';

  /** One line, two blanks deeper for every level. */
  line(level: number, text: string): void {
    this.#text += `${'  '.repeat(level)}${text}\n`;
  }

  /** Text as it is. */
  write(text: string): void {
    this.#text += text;
  }

  /** With its tabs. */
  raw(): string {
    return this.#text;
  }

  text(): string {
    return alignTabs(this.#text);
  }
}

const PADDING = 2;

export function alignTabs(text: string): string {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const columns = Math.max(...lines.map((cells) => cells.length - 1));
  for (let column = 0; column < columns; column++) {
    // What ends without a tab belongs to no column.
    for (let start = 0; start < lines.length; start++) {
      if (lines[start]!.length - 1 <= column) continue;
      let end = start;
      while (end < lines.length && lines[end]!.length - 1 > column) end++;
      const width = Math.max(...lines.slice(start, end).map((cells) => [...cells[column]!].length)) + PADDING;
      for (let i = start; i < end; i++) lines[i]![column] = lines[i]![column]! + ' '.repeat(width - [...lines[i]![column]!].length);
      start = end;
    }
  }
  return lines.map((cells) => cells.join('')).join('\n');
}
