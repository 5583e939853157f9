/** Tables as `kubectl get` prints them: the server's columns and cells, aligned here. See cli-runtime/pkg/printers/tableprinter.go. */
import { formatTable } from '../base/table.ts';
import { humanAge } from './age.ts';
import { itemsOf, type KubeObject, type Table, type TableRow } from './object.ts';

export interface TableStyle {
  readonly wide: boolean;
  readonly withNamespace: boolean;
  /** `pod/` before every name: several kinds at once. */
  readonly prefix?: string;
  readonly showLabels: boolean;
  readonly labelColumns: readonly string[];
  readonly noHeaders: boolean;
}

/** Names and ages: all that kubectl can tell of objects by itself. */
export function plainTable(answer: KubeObject): Table {
  const column = (name: string) => ({ name, type: 'string', priority: 0 });
  const rows = itemsOf(answer).map((object) => ({ cells: [object.metadata?.name ?? '', humanAge(object.metadata?.creationTimestamp)], object }));
  return { kind: 'Table', ...(answer.metadata ? { metadata: answer.metadata } : {}), columnDefinitions: [column('Name'), column('Age')], rows };
}

/** Rows of cells, header first; `undefined` rows of an empty table give only the header. */
export function tableCells(table: Table, style: TableStyle): string[][] {
  const columns = table.columnDefinitions.map((definition, index) => ({ definition, index })).filter(({ definition }) => style.wide || definition.priority === 0);
  const rows = (table.rows ?? []).map((row) => [
    ...(style.withNamespace ? [row.object?.metadata?.namespace ?? ''] : []),
    ...columns.map(({ index }) => `${index === 0 && style.prefix ? style.prefix : ''}${cell(row.cells[index])}`),
    ...style.labelColumns.map((label) => row.object?.metadata?.labels?.[label] ?? ''),
    ...(style.showLabels ? [labelsOf(row)] : []),
  ]);
  if (style.noHeaders) return rows;
  const header = [
    ...(style.withNamespace ? ['NAMESPACE'] : []),
    ...columns.map(({ definition }) => definition.name.toUpperCase()),
    ...style.labelColumns.map((label) => (label.split('/').at(-1) ?? label).toUpperCase()),
    ...(style.showLabels ? ['LABELS'] : []),
  ];
  return [header, ...rows];
}

/** A trailing tab ends the last cell, so that no line ends in blanks: kubectl's tables are padded to 6 at least. */
export function printTable(rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  return `${formatTable(rows, { padding: 3, minWidth: 6 })}\n`;
}

/** The first line only; a value of several lines is cut as kubectl cuts it. */
function cell(value: unknown): string {
  const text = value === null || value === undefined ? '<none>' : typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
  const newline = text.search(/[\n\f\r]/);
  return newline < 0 ? text : `${text.slice(0, newline)}...`;
}

export function labelsOf(row: TableRow): string {
  const labels = Object.entries(row.object?.metadata?.labels ?? {});
  return labels.length === 0 ? '<none>' : labels.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${key}=${value}`).join(',');
}
