/**
 * Columns of text, as Go's text/tabwriter lays them out for kubectl: every column as wide as its widest cell plus
 * padding, the last one ragged.
 */
export interface TableOptions {
  /** Blanks between columns; kubectl uses 3. */
  readonly padding?: number;
  /** No column is narrower than this, padding included; kubectl's printers use 6 for tables and 0 for describe. */
  readonly minWidth?: number;
}

/** Rows of cells to lines joined by newlines, without a trailing one. Cells must not hold newlines. */
export function formatTable(rows: readonly (readonly string[])[], options: TableOptions = {}): string {
  const padding = options.padding ?? 3;
  const minWidth = options.minWidth ?? 0;
  const widths: number[] = [];
  for (const row of rows) {
    // The last cell of a row never sets a width: tabwriter counts only cells that a tab ends.
    for (let i = 0; i < row.length - 1; i++) {
      widths[i] = Math.max(widths[i] ?? minWidth, (row[i] ?? '').length + padding);
    }
  }
  return rows
    .map((row) => row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join(''))
    .join('\n');
}
