/**
 * The shape of `lab.yaml` and `pack.yaml`, and how a mistake in them is told: file, line, what to do.
 * Imports zod and yaml, which cost a tenth of a second: load this module only where packs are read.
 */
import { type Document, type ErrorCode, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { CAPABILITIES } from '../cluster/cluster.ts';
import { DOMAINS } from './exam/domains.ts';

const name = z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'use lower-case letters, digits and dashes');
const sentence = z.string().trim().min(1);

const fault = name.optional().describe('only when this fault was drawn');
const check = { use: name.describe('a checker'), with: z.unknown().describe('its parameters') };

const setupStep = z.union([
  z.strictObject({ apply: sentence.describe('a manifest of the lab, relative to its folder'), fault }),
  z.strictObject({ wait: z.strictObject({ resource: sentence, name: sentence, namespace: name.optional(), condition: sentence, is: z.enum(['True', 'False', 'Unknown']).optional() }), fault }),
  z.strictObject({ delete: z.strictObject({ resource: sentence, namespace: name.optional(), name: sentence.optional(), selector: sentence.optional() }).refine((it) => (it.name === undefined) !== (it.selector === undefined), 'give either `name` or `selector`'), fault }),
  z.strictObject({ until: z.strictObject(check).describe('a check that passes when the fault has taken hold'), fault }),
  z.strictObject({ node: sentence.describe('a node by name, by the end of its name (`-worker`), or `all`'), script: sentence, fault }),
]);

const parameter = z.union([
  z.strictObject({ oneOf: z.array(z.union([sentence, z.number()])).min(1), differsFrom: sentence.optional() }),
  z.strictObject({ from: z.number().int(), to: z.number().int(), differsFrom: sentence.optional() }).refine(({ from, to }) => from <= to, '`from` is above `to`'),
]);

const faults = z.strictObject({
  draw: z.number().int().positive().describe('how many are injected at once'),
  list: z.array(z.strictObject({ id: name, title: sentence, excludes: z.array(name).optional() })).min(1),
});

const criterion = z.strictObject({
  id: name, title: sentence, points: z.number().int().positive(), ...check,
  needs: z.array(name).optional().describe('criteria that must pass first'),
  why: sentence.optional(), fault,
});

/** Version 1 of the format. */
export const labFile = z.strictObject({
  format: z.literal(1).default(1),
  title: sentence.describe('the symptom or the wish, never the cause'),
  domain: z.enum(DOMAINS),
  competency: sentence,
  difficulty: z.enum(['easy', 'medium', 'hard']),
  minutes: z.number().int().positive().max(120).describe('target time'),
  weight: z.number().positive().optional().describe('share in an exam'),
  needs: z.array(z.enum(CAPABILITIES)).default([]),
  proxyMode: z.enum(['iptables', 'ipvs', 'nftables']).optional(),
  touches: z.enum(['namespaces', 'cluster']).default('namespaces'),
  namespaces: z.array(name).min(1, 'a lab owns at least one namespace'),
  documentation: z.array(z.url()).default([]),
  parameters: z.record(z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'use lower-case letters, digits and dashes'), parameter).default({}),
  faults: faults.optional(),
  setup: z.array(setupStep).default([]),
  observations: z.array(z.strictObject({ when: z.strictObject(check), hint: sentence, fault })).default([]),
  criteria: z
    .array(criterion)
    .min(1, 'a lab without a criterion cannot be graded')
    .refine((criteria) => new Set(criteria.map(({ id }) => id)).size === criteria.length, 'two criteria have the same id'),
});

/** The parts of it that say what varies. */
export const varyingFile = labFile.pick({ parameters: true, faults: true });

export type LabFile = z.infer<typeof labFile>;

/** For editors: what a lab.yaml may hold. */
export const labJsonSchema = (): unknown => z.toJSONSchema(labFile, { io: 'input' });

export const packFile = z.strictObject({ title: sentence, description: sentence, version: sentence.optional(), authors: z.array(sentence).optional(), license: sentence.optional() });

/** A mistake in a pack, told to its author. */
export interface PackProblem {
  readonly file: string;
  readonly line?: number;
  readonly message: string;
}

export type FileContent<T> = { readonly value: T; readonly lineOf: (path: readonly PropertyKey[]) => number | undefined } | { readonly problems: readonly PackProblem[] };

const REMEDIES: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'a tab indents this line, which YAML does not allow. Use spaces.',
  MULTIPLE_DOCS: 'a second document begins here. Remove the line `---` and what follows.',
};

/** Text of a YAML file to a checked value, or what is wrong with it. */
export function readYaml<T>(file: string, text: string, schema: z.ZodType<T>): FileContent<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  // What comes after the first mistake is mostly its echo.
  const [mistake] = document.errors;
  if (mistake) return { problems: [{ file, line: lines.linePos(mistake.pos[0]).line, message: REMEDIES[mistake.code] ?? `${mistake.message}. Correct the YAML.` }] };
  const lineOf = (path: readonly PropertyKey[]) => lineIn(document, lines, path);
  let content: unknown;
  try {
    content = document.toJS();
  } catch (error) {
    // Aliases that multiply without end.
    return { problems: [{ file, message: `${(error as Error).message}. Write out what is meant.` }] };
  }
  if (content === null || content === undefined) return { problems: [{ file, line: 1, message: 'the file is empty. Write it, or copy the one of another lab or pack.' }] };
  const parsed = schema.safeParse(content);
  if (parsed.success) return { value: parsed.data, lineOf };
  const problems = parsed.error.issues.map((issue): PackProblem => {
    const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path;
    const line = lineOf(path);
    return { file, message: inWords(issue, content), ...(line === undefined ? {} : { line }) };
  });
  return { problems };
}

function inWords(issue: z.core.$ZodIssue, content: unknown): string {
  const where = issue.path.length === 0 ? 'the file' : `\`${issue.path.join('.')}\``;
  if (issue.code === 'unrecognized_keys') return `${where} has an unknown key: ${issue.keys.join(', ')}. Remove it, or correct its spelling.`;
  const given = issue.path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], content);
  if (issue.code === 'invalid_value') return `${where} ${given === undefined ? 'is missing' : `is ${JSON.stringify(given).slice(0, 60)}`}. Use one of ${issue.values.map(String).join(', ')}.`;
  if (issue.code !== 'invalid_type') return `${where}: ${issue.message}. Correct it.`;
  return given === undefined ? `${where} is missing. Add it (${issue.expected}).` : `${where} must be of the type ${issue.expected}, and is ${JSON.stringify(given).slice(0, 60)}. Correct it.`;
}

/** The line of the deepest part of `path` that the file has. */
function lineIn(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length >= 0; length--) {
    const parent = length === 0 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const pair = isMap(parent) ? parent.items.find((item) => isNode(item.key) && String(item.key) === String(path[length - 1])) : undefined;
    const node = pair?.key ?? (length === 0 ? document.contents : document.getIn(path.slice(0, length), true));
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return undefined;
}
