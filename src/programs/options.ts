/**
 * Command lines the way getopt_long reads them: clusters of short options, values glued or apart, `--name=value`,
 * unambiguous beginnings of long names, operands anywhere, `--` ends them. Each program words its own complaints.
 * See getopt(3).
 */
export interface OptionSpec {
  /** As getopt: letters, each followed by `:` when it takes a value, `::` when the value may be glued or absent. */
  readonly short: string;
  /** Long names to the key they are reported under, with `:` appended when they take a value. */
  readonly long?: Readonly<Record<string, string>>;
  /** Stop at the first operand, for programs that run other programs. */
  readonly stopAtOperand?: boolean;
}

export interface ParsedOptions {
  /** In the order given: the key and the value, if any. */
  readonly options: readonly (readonly [key: string, value: string | undefined])[];
  readonly operands: readonly string[];
  has(key: string): boolean;
  /** The last value given for `key`. */
  value(key: string): string | undefined;
  values(key: string): readonly string[];
}

/** Why a command line could not be read; `option` as getopt would name it: `Z`, `--bogus`. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
  constructor(
    readonly kind: 'unknown' | 'ambiguous' | 'missing-value' | 'unexpected-value',
    readonly option: string,
  ) {
    super(`${kind} option ${option}`);
  }

  /** The sentence of glibc's getopt, which musl and BusyBox share but for the unknown and missing short ones. */
  sentence(program: string): string {
    const long = this.option.startsWith('--');
    switch (this.kind) {
      case 'unknown':
        return long ? `${program}: unrecognized option '${this.option}'` : `${program}: invalid option -- '${this.option}'`;
      case 'ambiguous':
        return `${program}: option '${this.option}' is ambiguous`;
      case 'missing-value':
        return long ? `${program}: option '${this.option}' requires an argument` : `${program}: option requires an argument -- '${this.option}'`;
      case 'unexpected-value':
        return `${program}: option '${this.option}' doesn't allow an argument`;
    }
  }
}

/** @throws OptionError */
export function parseOptions(args: readonly string[], spec: OptionSpec): ParsedOptions {
  const options: [string, string | undefined][] = [];
  const operands: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '--') {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (arg.startsWith('--')) {
      i += longOption(arg, args[i + 1], spec, options);
    } else if (arg.startsWith('-') && arg.length > 1) {
      i += shortCluster(arg, args[i + 1], spec, options);
    } else if (spec.stopAtOperand) {
      operands.push(...args.slice(i));
      break;
    } else {
      operands.push(arg);
    }
  }
  return {
    options,
    operands,
    has: (key) => options.some(([name]) => name === key),
    value: (key) => options.findLast(([name]) => name === key)?.[1],
    values: (key) => options.filter(([name]) => name === key).map(([, value]) => value ?? ''),
  };
}

/** @returns how many further arguments it used */
function longOption(arg: string, next: string | undefined, spec: OptionSpec, options: [string, string | undefined][]): number {
  const [name, ...rest] = arg.slice(2).split('=');
  const glued = rest.length > 0 ? rest.join('=') : undefined;
  const long = spec.long ?? {};
  const candidates = Object.hasOwn(long, name!) ? [name!] : Object.keys(long).filter((known) => known.startsWith(name!));
  const keys = new Set(candidates.map((known) => long[known]));
  if (keys.size === 0) throw new OptionError('unknown', `--${name}`);
  if (keys.size > 1) throw new OptionError('ambiguous', `--${name}`);
  const target = long[candidates[0]!]!;
  const key = target.replace(/:$/, '');
  if (!target.endsWith(':')) {
    if (glued !== undefined) throw new OptionError('unexpected-value', `--${candidates[0]}`);
    options.push([key, undefined]);
    return 0;
  }
  const value = glued ?? next;
  if (value === undefined) throw new OptionError('missing-value', `--${candidates[0]}`);
  options.push([key, value]);
  return glued === undefined ? 1 : 0;
}

/** @returns how many further arguments it used */
function shortCluster(arg: string, next: string | undefined, spec: OptionSpec, options: [string, string | undefined][]): number {
  for (let at = 1; at < arg.length; at++) {
    const letter = arg[at]!;
    const found = letter === ':' ? -1 : spec.short.indexOf(letter);
    if (found < 0) throw new OptionError('unknown', letter);
    if (spec.short[found + 1] !== ':') {
      options.push([letter, undefined]);
      continue;
    }
    const glued = arg.slice(at + 1);
    if (glued !== '') {
      options.push([letter, glued]);
      return 0;
    }
    if (spec.short[found + 2] === ':') {
      options.push([letter, undefined]);
      return 0;
    }
    if (next === undefined) throw new OptionError('missing-value', letter);
    options.push([letter, next]);
    return 1;
  }
  return 0;
}
