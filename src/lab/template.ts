/**
 * What varies in a lab: parameters and faults, drawn from a seed, and `__name__` in every text of the lab replaced by what
 * was drawn. Seed 0 is the lab as its author wrote it first: every parameter's first value, the first faults.
 * Knows no files.
 */
import { type Rng, seededRng } from '../base/rng.ts';

export type Parameter =
  | { readonly oneOf: readonly (string | number)[]; readonly differsFrom?: string | undefined }
  | { readonly from: number; readonly to: number; readonly differsFrom?: string | undefined };

export interface Faults {
  /** How many are injected at once. */
  readonly draw: number;
  /** `excludes`: these never stand together with it, because one would hide or undo the other. */
  readonly list: readonly { readonly id: string; readonly title: string; readonly excludes?: readonly string[] | undefined }[];
}

export interface Drawn {
  /** Texts by placeholder, without its underscores. */
  readonly values: Readonly<Record<string, string>>;
  readonly faults: readonly string[];
}

/** Choose for one seed. The same seed gives the same choice, on every machine. */
export function draw(parameters: Readonly<Record<string, Parameter>>, faults: Faults | undefined, seed: number): Drawn {
  const rng = seededRng(seed);
  const values: Record<string, string> = {};
  for (const [name, parameter] of Object.entries(parameters)) values[name] = value(parameter, values, seed, rng);
  const chosen = faults ? chooseFaults(faults, seed, rng) : [];
  for (const { id } of faults?.list ?? []) values[`fault-${id}`] = chosen.includes(id) ? 'yes' : 'no';
  return { values, faults: chosen };
}

function value(parameter: Parameter, sofar: Readonly<Record<string, string>>, seed: number, rng: Rng): string {
  const all = 'oneOf' in parameter ? parameter.oneOf.map(String) : Array.from({ length: parameter.to - parameter.from + 1 }, (_, index) => String(parameter.from + index));
  const left = parameter.differsFrom === undefined ? all : all.filter((one) => one !== sofar[parameter.differsFrom!]);
  return left[seed === 0 ? 0 : rng.below(left.length)] ?? '';
}

function chooseFaults({ draw: count, list }: Faults, seed: number, rng: Rng): readonly string[] {
  const order = seed === 0 ? [...list] : shuffled(list, rng);
  const chosen: Faults['list'][number][] = [];
  for (const fault of order) {
    if (chosen.length === count) break;
    const clashes = chosen.some((other) => other.excludes?.includes(fault.id) || fault.excludes?.includes(other.id));
    if (!clashes) chosen.push(fault);
  }
  return chosen.map(({ id }) => id);
}

function shuffled<T>(list: readonly T[], rng: Rng): readonly T[] {
  const left = [...list];
  return list.map(() => left.splice(rng.below(left.length), 1)[0]!);
}

const PLACEHOLDER = /__([a-z][a-z0-9]*(?:-[a-z0-9]+)*)__/g;

/** Fill every known placeholder; others stay, since `__name__` means something in Python too. */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(PLACEHOLDER, (whole, name: string) => values[name] ?? whole);
}

/** Placeholders that nobody fills. */
export function unknownPlaceholders(text: string, values: Readonly<Record<string, string>>): readonly string[] {
  return [...new Set([...text.matchAll(PLACEHOLDER)].map(([, name]) => name!).filter((name) => values[name] === undefined))];
}
