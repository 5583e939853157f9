/**
 * Reads the types of the Kubernetes API out of the sources of @kubernetes/client-node: field names, types, descriptions.
 * Used by the generators beside it; nothing of this runs in the program.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface ModelField {
  readonly name: string;
  /** `string`, `number`, `Array<V1Container>`, `{ [key: string]: string; }`, `Date`, `IntOrString`, `any` … */
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly required: boolean;
}

export interface Model {
  readonly name: string;
  readonly description: string;
  readonly fields: readonly ModelField[];
}

export function readModels(): ReadonlyMap<string, Model> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node')), 'gen', 'models');
  const models = new Map<string, Model>();
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.js')) continue;
    const source = readFileSync(join(folder, file), 'utf8');
    const table = /\.attributeTypeMap = (\[[\s\S]*?\n\]|\[\]);/.exec(source)?.[1];
    if (!table) continue;
    const name = file.slice(0, -3);
    const types = readFileSync(join(folder, `${name}.d.ts`), 'utf8');
    const attributes = JSON.parse(table) as { name: string; baseName: string; type: string; format: string }[];
    models.set(name, {
      name,
      description: comment(/\/\*\*([^/]*(?:\/(?!\*)[^/]*)*?)\*\/\nexport declare class/.exec(types.slice(types.indexOf('*/') + 2))?.[1] ?? ''),
      fields: attributes.map((attribute) => {
        const member = new RegExp(`(?:/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*)?'${attribute.name}'(\\??):`).exec(types);
        return { name: attribute.baseName, type: attribute.type, format: attribute.format, description: comment(member?.[1] ?? ''), required: member?.[2] === '' };
      }),
    });
  }
  return models;
}

const comment = (text: string) =>
  text
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim()
    .replace(/\\(['"`])/g, '$1')
    // The models lost their line breaks; where two stood, two blanks stand.
    .replace(/ {3}(?=\S)/g, '\n  ')
    .replace(/:  - /g, ':\n\n- ')
    .replace(/  (?=This (?:field|is) )/g, '\n\n');
