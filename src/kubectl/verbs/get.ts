/** `kubectl get`. See kubectl/pkg/cmd/get/get.go. */
import { StatusError, TABLE_ACCEPT } from '../client.ts';
import type { Run, Verb } from '../command.ts';
import { tellFailures } from '../each.ts';
import { KubectlError, plainError } from '../io.ts';
import type { KubeObject, List, Table } from '../object.ts';
import { sortedJson } from '../output/go-json.ts';
import { toYaml } from '../output/yaml.ts';
import { formatOf, OUTPUT_FLAGS, printObject, type Format } from '../print-objects.ts';
import { plainTable, printTable, tableCells, type TableStyle } from '../print-table.ts';
import { objectName, pathOf, type Resource } from '../resources.ts';
import { listQuery, SELECT_FLAGS, targetsOf, type Target } from '../select.ts';
import { targetsOfFiles, FILE_FLAGS } from '../files.ts';
import { sortBy } from '../sort.ts';

export const get: Verb = {
  name: 'get',
  short: 'Display one or many resources',
  long: 'Display one or many resources.\n\nPrints a table of the most important information about the specified resources.',
  examples: '# List all pods in ps output format\nkubectl get pods\n\n# List all pods with more information (such as node name)\nkubectl get pods -o wide\n\n# Return only the phase value of the specified pod\nkubectl get -o jsonpath={.status.phase} pod web-pod-13je7',
  usage: 'get [(-o|--output=)json|yaml|name|jsonpath|custom-columns|wide] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags] [options]',
  flags: [
    ...SELECT_FLAGS, ...OUTPUT_FLAGS, ...FILE_FLAGS,
    { name: 'watch', short: 'w', type: 'bool', value: false, help: 'After listing/getting the requested object, watch for changes.' },
    { name: 'watch-only', type: 'bool', value: false, help: 'Watch for changes to the requested object(s), without listing/getting first.' },
    { name: 'output-watch-events', type: 'bool', value: false, help: 'Output watch event objects when --watch or --watch-only is used. Existing objects are output as initial ADDED events.' },
    { name: 'ignore-not-found', type: 'bool', value: false, help: 'If set to true, suppresses NotFound error for specific objects that do not exist. Using this flag with commands that query for collections of resources has no effect when no resources are found.' },
    { name: 'show-labels', type: 'bool', value: false, help: 'When printing, show all labels as the last column (default hide labels column)' },
    { name: 'label-columns', short: 'L', type: 'strings', help: 'Accepts a comma separated list of labels that are going to be presented as columns. Names are case-sensitive. You can also use multiple flag options like -L label1 -L label2...' },
    { name: 'show-kind', type: 'bool', value: false, help: 'If present, list the resource type for the requested object(s).' },
    { name: 'no-headers', type: 'bool', value: false, help: "When using the default or custom-column output format, don't print headers (default print headers)." },
    { name: 'sort-by', type: 'string', value: '', help: "If non-empty, sort list types using this field specification.  The field specification is expressed as a JSONPath expression (e.g. '{.metadata.name}')." },
    { name: 'chunk-size', type: 'int', value: '500', help: 'Return large lists in chunks rather than all at once. Pass 0 to disable.' },
    { name: 'subresource', type: 'string', value: '', help: 'If specified, gets the subresource of the requested object.' },
    { name: 'server-print', type: 'bool', value: true, help: 'If true, have the server return the appropriate table output. Supports extension APIs and CRDs.' },
    { name: 'raw', type: 'string', value: '', help: 'Raw URI to request from the server.  Uses the transport specified by the kubeconfig file.' },
  ],
  run: async (run) => {
    if (run.flags.text('raw')) {
      if (run.args.length > 0) throw plainError('arguments may not be passed when --raw is specified');
      run.out((await run.client.send('GET', run.flags.text('raw'), { accept: 'application/json, */*' })).text);
      return 0;
    }
    const format = formatOf(run);
    if (run.flags.bool('output-watch-events') && !run.flags.bool('watch') && !run.flags.bool('watch-only')) throw plainError('--output-watch-events option can only be used with --watch or --watch-only');
    const fromFiles = await targetsOfFiles(run);
    if (run.args.length === 0 && fromFiles.length === 0) {
      run.err('You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n');
      throw plainError(`Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\nSee 'kubectl get -h' for help and examples`);
    }
    const targets = fromFiles.length > 0 ? fromFiles : await targetsOf(run, run.args);
    if (run.flags.bool('all-namespaces') && targets.some((target) => target.name !== undefined)) throw plainError('a resource cannot be retrieved by name across all namespaces');
    if ((run.flags.text('selector') || run.flags.text('field-selector')) && targets.some((target) => target.name !== undefined)) throw plainError('name cannot be provided when a selector is specified');
    if (run.flags.bool('watch') || run.flags.bool('watch-only')) return watch(run, targets, format);
    return format.type === 'table' || format.type === 'wide' ? getTables(run, targets, format.type === 'wide') : getObjects(run, targets, format);
  },
};

const namespaceOf = (run: Run, target: Target & { readonly namespace?: string }): string | undefined => (run.flags.bool('all-namespaces') ? undefined : (target.namespace ?? run.namespace));

function style(run: Run, wide: boolean, prefix: string | undefined, namespaced: boolean): TableStyle {
  return {
    wide, withNamespace: run.flags.bool('all-namespaces') && namespaced, showLabels: run.flags.bool('show-labels'), labelColumns: run.flags.list('label-columns'), noHeaders: run.flags.bool('no-headers'),
    ...(prefix === undefined ? {} : { prefix }),
  };
}

async function fetchTable(run: Run, target: Target): Promise<Table> {
  const namespace = namespaceOf(run, target);
  const sorted = run.flags.text('sort-by') !== '';
  if (target.name !== undefined) return asked(run, pathOf(target.resource, namespace, target.name, run.flags.text('subresource') || undefined));
  const limit = run.flags.int('chunk-size');
  const query = { ...(sorted ? { includeObject: 'Object' } : limit > 0 ? { limit: String(limit) } : {}) };
  let table = await asked(run, pathOf(target.resource, namespace) + listQuery(run, query)).catch((error: unknown) => unselectable(run, target.resource, error));
  const rows = [...(table.rows ?? [])];
  while (table.metadata?.continue) {
    table = await asked(run, pathOf(target.resource, namespace) + listQuery(run, { ...query, continue: table.metadata.continue }));
    rows.push(...(table.rows ?? []));
  }
  if (!sorted) return { ...table, rows };
  try {
    return { ...table, rows: sortBy(run.flags.text('sort-by'), rows, (row) => row.object) };
  } catch (error) {
    // What cannot be sorted is not shown, and nobody is told why: so does the real one with its tables.
    if (error instanceof KubectlError && error.message.startsWith('error: ')) return { ...table, rows: [] };
    throw error;
  }
}

/** The server's table; names and ages where it has none, or is asked for none. */
async function asked(run: Run, path: string): Promise<Table> {
  return asTable(await run.client.json<Table | KubeObject>('GET', path, { accept: tableAccept(run) }));
}

const tableAccept = (run: Run) => (run.flags.bool('server-print') ? TABLE_ACCEPT : 'application/json');
const asTable = (answer: Table | KubeObject): Table => (answer.kind === 'Table' ? (answer as Table) : plainTable(answer as KubeObject));

async function getTables(run: Run, targets: readonly Target[], wide: boolean): Promise<number> {
  const kinds = new Set(targets.map((target) => target.resource.plural + target.resource.group));
  const prefixed = kinds.size > 1 || run.flags.bool('show-kind');
  const groups: { resource: Resource; table: Table }[] = [];
  const failures: unknown[] = [];
  // Only one table can be sorted: with several the real one looks for the field in the tables themselves.
  if (targets.length > 1 && run.flags.text('sort-by')) sortBy(run.flags.text('sort-by'), targets, () => ({}));
  for (const target of targets) {
    try {
      const table = await fetchTable(run, target);
      const last = groups.at(-1);
      // Objects of one kind share a table, whatever they were asked by.
      if (last && target.name !== undefined && last.resource === target.resource) groups[groups.length - 1] = { ...last, table: { ...last.table, rows: [...(last.table.rows ?? []), ...(table.rows ?? [])] } };
      else groups.push({ resource: target.resource, table });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (error.status.reason === 'NotFound' && target.name !== undefined && run.flags.bool('ignore-not-found')) continue;
      failures.push(error);
    }
  }
  const filled = groups.filter(({ table }) => (table.rows ?? []).length > 0);
  filled.forEach(({ resource, table }, index) => {
    if (index > 0 && !run.flags.bool('no-headers')) run.out('\n');
    run.out(printTable(tableCells(table, style(run, wide, prefixed ? objectName(resource, '') : undefined, resource.namespaced))));
  });
  if (filled.length === 0 && failures.length === 0 && !run.flags.bool('ignore-not-found') && targets.some((target) => target.name === undefined)) {
    const everywhere = run.flags.bool('all-namespaces') || targets.every((target) => !target.resource.namespaced);
    run.err(everywhere ? 'No resources found\n' : `No resources found in ${run.namespace} namespace.\n`);
  }
  return tellFailures(run, failures);
}

async function getObjects(run: Run, targets: readonly Target[], format: Exclude<Format, { type: 'table' | 'wide' }>): Promise<number> {
  const objects: KubeObject[] = [];
  const failures: unknown[] = [];
  let single = targets.length === 1 && targets[0]!.name !== undefined;
  for (const target of targets) {
    try {
      const namespace = namespaceOf(run, target);
      if (target.name !== undefined) {
        objects.push(await run.client.json<KubeObject>('GET', pathOf(target.resource, namespace, target.name, run.flags.text('subresource') || undefined)));
      } else {
        single = false;
        objects.push(...(await listAll(run, target.resource, namespace)));
      }
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (error.status.reason === 'NotFound' && target.name !== undefined && run.flags.bool('ignore-not-found')) continue;
      failures.push(error);
    }
  }
  if (objects.length === 0 && (failures.length > 0 || single)) return tellFailures(run, failures);
  const sorted = run.flags.text('sort-by') && objects.length > 1 ? sortBy(run.flags.text('sort-by'), objects, (object) => object) : objects;
  const resources = await run.resources();
  if (single) printObject(run, format, sorted[0]!, resources);
  else printObject(run, format, { apiVersion: 'v1', items: sorted, kind: 'List', metadata: { resourceVersion: '' } }, resources);
  return tellFailures(run, failures);
}

/** A selector that the server does not understand is told with what it was for. */
function unselectable(run: Run, resource: Resource, error: unknown): never {
  const { flags } = run;
  if (!(error instanceof StatusError) || error.status.reason !== 'BadRequest' || (!flags.text('selector') && !flags.text('field-selector'))) throw error;
  throw new StatusError({ ...error.status, message: `Unable to find "${resource.group}/${resource.version}, Resource=${resource.plural}" that match label selector ${JSON.stringify(flags.text('selector'))}, field selector ${JSON.stringify(flags.text('field-selector'))}: ${error.status.message}` });
}

/** Every page; items of a list carry no type of their own on the wire. */
export async function listAll(run: Run, resource: Resource, namespace: string | undefined, extra: Readonly<Record<string, string>> = {}): Promise<readonly KubeObject[]> {
  const items: KubeObject[] = [];
  let token = '';
  do {
    const list = await run.client.json<List>('GET', pathOf(resource, namespace) + listQuery(run, { limit: '500', ...extra, ...(token ? { continue: token } : {}) }));
    const apiVersion = resource.group ? `${resource.group}/${resource.version}` : resource.version;
    items.push(...(list.items ?? []).map((item) => ({ ...item, apiVersion, kind: resource.kind })));
    token = (list.metadata?.['continue'] as string | undefined) ?? '';
  } while (token !== '');
  return items;
}

async function watch(run: Run, targets: readonly Target[], format: Format): Promise<number> {
  if (targets.length !== 1) throw plainError(targets.every(({ resource }) => resource === targets[0]!.resource) ? 'you may only watch a single resource or type of resource at a time' : 'you may only specify a single resource type');
  const target = targets[0]!;
  const namespace = namespaceOf(run, target);
  const query = target.name === undefined ? {} : { fieldSelector: `metadata.name=${target.name}` };
  const table = format.type === 'table' || format.type === 'wide';
  const accept = table ? tableAccept(run) : 'application/json';
  if (run.flags.text('sort-by')) run.err('warning: --watch requested, --sort-by will be ignored for watch events received\n');
  const resources = await run.resources();
  const path = pathOf(target.resource, namespace);
  const answer = await run.client.json<Table | List>('GET', path + listQuery(run, query), { accept });
  const first = asTable(answer);
  const shown = style(run, format.type === 'wide', run.flags.bool('show-kind') ? objectName(target.resource, '') : undefined, target.resource.namespaced);
  let header = !shown.noHeaders;
  // Room for the longest of the events, MODIFIED.
  let widths: readonly number[] = run.flags.bool('output-watch-events') ? [11] : [];
  let documents = 0;
  const print = (piece: Table | KubeObject, event: string) => {
    const withEvents = run.flags.bool('output-watch-events');
    if (!table) {
      if (format.type === 'yaml' && documents++ > 0) run.out('---\n');
      if (withEvents && format.type === 'yaml') return run.out(toYaml({ object: piece, type: event }));
      if (withEvents && format.type === 'json') return run.out(`{"type":${JSON.stringify(event)},"object":${sortedJson(piece)}}\n`);
      return printObject(run, format as Exclude<Format, { type: 'table' | 'wide' }>, piece as KubeObject, resources);
    }
    const cells = tableCells(piece as Table, { ...shown, noHeaders: !header });
    const rows = withEvents ? cells.map((row, index) => [index === 0 && header ? 'EVENT' : event, ...row]) : cells;
    header = false;
    if (rows.length > 0) widths = printStreaming(run, rows, widths);
  };
  if (!run.flags.bool('watch-only')) {
    if (table) {
      if ((first.rows ?? []).length > 0) print(first, 'ADDED');
    } else for (const item of (answer as List).items) print({ ...item, kind: target.resource.kind, apiVersion: target.resource.group ? `${target.resource.group}/${target.resource.version}` : target.resource.version }, 'ADDED');
  }
  const from = first.metadata?.resourceVersion;
  let columns = first.columnDefinitions;
  for await (const event of run.client.watch<Table & KubeObject>(path + listQuery(run, { ...query, ...(from ? { resourceVersion: from } : {}), watch: 'true' }), accept)) {
    if (event.type === 'BOOKMARK') continue;
    if (event.type === 'ERROR') throw new StatusError(event.object as never);
    if (!table) {
      print(event.object, event.type);
      continue;
    }
    const piece = asTable(event.object);
    // Only the first event of a watch brings the columns.
    columns = piece.columnDefinitions?.length ? piece.columnDefinitions : columns;
    print({ ...piece, columnDefinitions: columns }, event.type);
  }
  return run.io.signal.aborted ? 130 : 0;
}

/** Rows that come one by one keep the widths of those before them (tabwriter.RememberWidths). */
function printStreaming(run: Run, rows: readonly (readonly string[])[], known: readonly number[]): readonly number[] {
  const widths = [...known];
  for (const row of rows) row.slice(0, -1).forEach((text, index) => (widths[index] = Math.max(widths[index] ?? 6, text.length + 3)));
  run.out(rows.map((row) => `${row.map((text, index) => (index === row.length - 1 ? text : text.padEnd(widths[index] ?? 0))).join('')}\n`).join(''));
  return widths;
}
