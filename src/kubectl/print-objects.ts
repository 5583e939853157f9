/** Objects as `-o yaml|json|name|jsonpath=|custom-columns=` print them. See cli-runtime/pkg/printers and kubectl/pkg/cmd/get/customcolumn.go. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { formatTable } from '../base/table.ts';
import type { Run } from './command.ts';
import { plainError } from './io.ts';
import { itemsOf, type KubeObject } from './object.ts';
import { goEscape, goJsonIndent, sortedJson } from './output/go-json.ts';
import { checkGoTemplate, runGoTemplate } from './output/go-template.ts';
import { GoTemplateError } from './output/go-template-parse.ts';
import { evaluatePath, goValue, pathExpression, printJsonPath, resultsOf } from './output/jsonpath.ts';
import { JsonPathError, parseTemplate } from './output/jsonpath-parse.ts';
import { toYaml } from './output/yaml.ts';
import type { Resources } from './resources.ts';

export const OUTPUT_FLAGS = [
  { name: 'output', short: 'o', type: 'string', value: '', help: 'Output format. One of: (json, yaml, name, go-template, go-template-file, template, templatefile, jsonpath, jsonpath-as-json, jsonpath-file, custom-columns, custom-columns-file, wide).' },
  { name: 'template', type: 'string', value: '', help: 'Template string or path to template file to use when -o=go-template, -o=go-template-file. The template format is golang templates [http://golang.org/pkg/text/template/#pkg-overview].' },
  { name: 'show-managed-fields', type: 'bool', value: false, help: 'If true, keep the managedFields when printing objects in JSON or YAML format.' },
  { name: 'allow-missing-template-keys', type: 'bool', value: true, help: 'If true, ignore any errors in templates when a field or map key is missing in the template. Only applies to golang and jsonpath output formats.' },
] as const;

const FORMATS = 'custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml';

/** How to print objects; `table` and `wide` are left to the caller. */
export type Format =
  | { readonly type: 'table' | 'wide' | 'json' | 'yaml' | 'name' }
  | { readonly type: 'jsonpath' | 'jsonpath-as-json' | 'custom-columns' | 'go-template'; readonly template: string };

/** @throws KubectlError for a format that is none, or that this kubectl does not have */
export function formatOf(run: Run): Format {
  const text = run.flags.text('output');
  const [name, ...rest] = text.split('=');
  const inline = rest.join('=');
  const template = () => (text.includes('=') ? inline : run.flags.text('template'));
  switch (name) {
    case '':
      return run.flags.text('template') ? goTemplate(run.flags.text('template')) : { type: 'table' };
    case 'wide':
    case 'json':
    case 'yaml':
    case 'name':
      return { type: name };
    case 'jsonpath':
    case 'jsonpath-as-json':
      if (!template()) throw plainError(`template format specified but no template given`);
      checkTemplate(template());
      return { type: name, template: template() };
    case 'jsonpath-file':
      return { type: 'jsonpath', template: fileText(run, template()) };
    case 'custom-columns':
      if (!template()) throw plainError('custom-columns format specified but no custom columns given');
      return { type: 'custom-columns', template: template() };
    case 'custom-columns-file': {
      const [headers = '', paths = ''] = fileText(run, template(), 'error reading template').split('\n');
      const specs = paths.trim().split(/\s+/);
      return { type: 'custom-columns', template: headers.trim().split(/\s+/).map((header, index) => `${header}:${specs[index] ?? ''}`).join(',') };
    }
    case 'go-template':
    case 'template':
    case 'go-template-file':
    case 'templatefile':
      if (!template()) throw plainError('template format specified but no template given');
      return goTemplate(name.endsWith('file') ? fileText(run, template()) : template());
    case 'kyaml':
      throw plainError(`output format "${name}" is not available in the kubectl that comes with cka: use -o jsonpath, or install the real kubectl`);
    default:
      throw plainError(`unable to match a printer suitable for the output format "${text}", allowed formats are: ${FORMATS}`);
  }
}

/** @throws KubectlError for one that cannot be read */
function goTemplate(template: string): Format {
  try {
    checkGoTemplate(template);
  } catch (error) {
    if (!(error instanceof GoTemplateError)) throw error;
    throw plainError(`error parsing template ${template}, ${error.message}`);
  }
  return { type: 'go-template', template };
}

/** A template that cannot be read is refused before anything is asked. */
export function checkTemplate(template: string): void {
  try {
    parseTemplate(template);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw plainError(`error parsing jsonpath ${template}, ${error.message}`);
  }
}

function fileText(run: Run, path: string, what = 'error reading --template'): string {
  try {
    return readFileSync(resolve(run.io.cwd, path), 'utf8');
  } catch {
    throw plainError(`${what} ${path}, open ${path}: no such file or directory`);
  }
}

/** Prints one object, or a List, in one of the formats that show whole objects. */
export function printObject(run: Run, format: Exclude<Format, { type: 'table' | 'wide' }>, object: KubeObject, resources: Resources | undefined, options: { readonly typed?: boolean } = {}): void {
  switch (format.type) {
    case 'json':
      // What kubectl made itself keeps the order of Go's structs.
      if (options.typed) return run.out(`${goEscape(JSON.stringify(withoutManagedFields(run, object), null, 4))}\n`);
      return run.out(`${goJsonIndent(withoutManagedFields(run, object))}\n`);
    case 'yaml':
      return run.out(toYaml(withoutManagedFields(run, object)));
    case 'name':
      return run.out(itemsOf(object).map((item) => `${nameOf(item, resources)}\n`).join(''));
    case 'custom-columns':
      return run.out(customColumns(format.template, itemsOf(object), run.flags.bool('no-headers')));
    case 'go-template':
      try {
        return runGoTemplate(format.template, object, { allowMissingKeys: run.flags.bool('allow-missing-template-keys') }, (text) => run.out(text));
      } catch (error) {
        if (!(error instanceof GoTemplateError)) throw error;
        run.out(`Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${format.template}\n\traw data was:\n\t\t${goEscape(sortedJson(object))}\n\tobject given to template engine was:\n\t\t${goValue(object)}\n\n`);
        throw plainError(`error executing template ${JSON.stringify(format.template)}: ${error.message}`);
      }
    case 'jsonpath':
    case 'jsonpath-as-json':
      return run.out(throughJsonPath(format, object, run.flags.bool('allow-missing-template-keys')));
  }
}

/** @throws KubectlError with all that the template was given, as the real one does */
export function throughJsonPath({ type, template }: { readonly type: string; readonly template: string }, object: unknown, allowMissingKeys: boolean): string {
  try {
    if (type === 'jsonpath') return printJsonPath(template, object, { allowMissingKeys });
    return resultsOf(template, object, { allowMissingKeys }).map((values) => `${goJsonIndent(values)}\n`).join('');
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    throw plainError(`error executing jsonpath ${JSON.stringify(template)}: Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${goDump(object)}\n\n\n`);
  }
}

/** `pod/web`, `deployment.apps/web`. */
export function nameOf(object: KubeObject, resources: Resources | undefined): string {
  const resource = resources?.ofKind(object.apiVersion ?? '', object.kind ?? '');
  const group = object.apiVersion?.includes('/') ? object.apiVersion.split('/')[0] : '';
  const singular = resource?.singular ?? (object.kind ?? '').toLowerCase();
  return `${singular}${group ? `.${group}` : ''}/${object.metadata?.name ?? ''}`;
}

export function withoutManagedFields(run: Run, object: KubeObject): KubeObject {
  if (run.flags.bool('show-managed-fields')) return object;
  const strip = (one: KubeObject): KubeObject => {
    if (one.metadata?.managedFields === undefined) return one;
    const { managedFields: _, ...metadata } = one.metadata;
    return { ...one, metadata };
  };
  return Array.isArray(object['items']) ? { ...object, items: (object['items'] as KubeObject[]).map(strip) } : strip(object);
}

function customColumns(template: string, items: readonly KubeObject[], noHeaders: boolean): string {
  const columns = template.split(',').map((column) => {
    const at = column.indexOf(':');
    if (at < 0) throw plainError(`unexpected custom-columns spec: ${column}, expected <header>:<json-path-expr>`);
    return { header: column.slice(0, at), path: pathExpression(column.slice(at + 1)) };
  });
  const rows = items.map((item) => columns.map(({ path }) => {
    const values = selected(path, item);
    return values.length === 0 ? '<none>' : values.map((value) => (value === null ? '<nil>' : goValue(value))).join(',');
  }));
  const all = noHeaders ? rows : [columns.map(({ header }) => header), ...rows];
  return all.length === 0 ? '' : `${formatTable(all, { padding: 3, minWidth: 6 })}\n`;
}

/** @throws KubectlError for a path that cannot be read, or is out of bounds */
export function selected(path: string, object: unknown): readonly unknown[] {
  try {
    return evaluatePath(path, object, { allowMissingKeys: true });
  } catch (error) {
    throw error instanceof JsonPathError ? plainError(error.message) : error;
  }
}

/** Go's %#v of decoded JSON, as the jsonpath printer shows the object it failed on. */
function goDump(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${(value as unknown[]).map(goDump).join(', ')}}`;
  if (typeof value === 'object') return `map[string]interface {}{${Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => `${JSON.stringify(key)}:${goDump(inner)}`).join(', ')}}`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value as number | boolean);
}
