/**
 * Command lines as spf13/pflag reads them: long and short flags, values attached or apart, booleans, repeated lists.
 * Knows no verb. The words of refusals are cobra's and pflag's, with kubectl's hint behind them.
 */
import { parseDuration } from '../base/duration.ts';
import { KubectlError } from './io.ts';

export interface Flag {
  readonly name: string;
  readonly short?: string;
  readonly type: 'bool' | 'string' | 'int' | 'duration' | 'strings' | 'array';
  /** As the help shows it; also what an unset flag means. */
  readonly value?: string | boolean;
  /** What a bare `--dry-run` means. */
  readonly bare?: string;
  readonly help: string;
  /** Refuses a value before the verb begins. @throws KubectlError */
  check?(text: string): void;
}

export class Flags {
  readonly #values = new Map<string, string | boolean | string[]>();

  constructor(readonly known: readonly Flag[]) {}

  set(flag: Flag, text: string, as: string): void {
    if (flag.type === 'bool') this.#values.set(flag.name, parseBool(text, as));
    else if (flag.type === 'strings') this.#append(flag.name, text.split(','));
    else if (flag.type === 'array') this.#append(flag.name, [text]);
    else {
      if (flag.type === 'int' && !/^[-+]?\d+$/.test(text)) throw invalid(text, as, `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
      if (flag.type === 'duration' && parseDuration(text) === undefined) throw invalid(text, as, /^[-+]?[\d.]+$/.test(text) ? `time: missing unit in duration ${JSON.stringify(text)}` : `time: invalid duration ${JSON.stringify(text)}`);
      this.#values.set(flag.name, text);
    }
  }

  #append(name: string, values: readonly string[]): void {
    const known = this.#values.get(name);
    this.#values.set(name, [...(Array.isArray(known) ? known : []), ...values]);
  }

  /** Whether it stood on the command line. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  text(name: string): string {
    const value = this.#values.get(name) ?? this.#default(name);
    return typeof value === 'string' ? value : '';
  }

  bool(name: string): boolean {
    const value = this.#values.get(name) ?? this.#default(name);
    return value === true || value === 'true';
  }

  int(name: string): number {
    return Number(this.text(name) || 0);
  }

  /** Milliseconds. */
  duration(name: string): number {
    return parseDuration(this.text(name)) ?? 0;
  }

  list(name: string): readonly string[] {
    const value = this.#values.get(name);
    return Array.isArray(value) ? value : [];
  }

  #default(name: string): string | boolean | undefined {
    return this.known.find((flag) => flag.name === name)?.value;
  }
}

export interface Parsed {
  readonly flags: Flags;
  readonly args: readonly string[];
  /** How many of `args` stood before `--`; -1 without one. */
  readonly dashAt: number;
}

/**
 * @param command for the hint: `kubectl get`
 * @throws KubectlError for what pflag refuses
 */
export function parseFlags(words: readonly string[], known: readonly Flag[], command: string): Parsed {
  const flags = new Flags(known);
  const args: string[] = [];
  let dashAt = -1;
  const refuse = (message: string) => new KubectlError(`error: ${message}\nSee '${command} --help' for usage.`);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (dashAt >= 0 || word === '-' || !word.startsWith('-')) {
      args.push(word);
    } else if (word === '--') {
      dashAt = args.length;
    } else if (word.startsWith('--')) {
      const [, name, value] = /^--([^=]*)(?:=(.*))?$/s.exec(word)!;
      const flag = known.find((one) => one.name === name);
      if (!flag) throw refuse(name === 'help' ? 'pflag: help requested' : `unknown flag: --${name}`);
      const label = flag.short ? `-${flag.short}, --${name}` : `--${name}`;
      if (value !== undefined) set(flag, value, label);
      else if (flag.type === 'bool') set(flag, 'true', label);
      else if (flag.bare !== undefined) set(flag, flag.bare, label);
      else if (i + 1 < words.length) set(flag, words[++i]!, label);
      else throw refuse(`flag needs an argument: --${name}`);
    } else {
      let rest = word.slice(1);
      while (rest !== '') {
        const letter = rest[0]!;
        const flag = known.find((one) => one.short === letter);
        if (!flag) throw refuse(`unknown shorthand flag: '${letter}' in -${rest}`);
        const label = `-${letter}, --${flag.name}`;
        rest = rest.slice(1);
        if (flag.type === 'bool' && !rest.startsWith('=')) {
          set(flag, 'true', label);
          continue;
        }
        if (rest !== '') set(flag, rest.startsWith('=') ? rest.slice(1) : rest, label);
        else if (flag.bare !== undefined) set(flag, flag.bare, label);
        else if (i + 1 < words.length) set(flag, words[++i]!, label);
        else throw refuse(`flag needs an argument: '${letter}' in ${word}`);
        rest = '';
      }
    }
  }
  return { flags, args, dashAt };

  function set(flag: Flag, value: string, label: string): void {
    try {
      flags.set(flag, value, label);
    } catch (error) {
      throw error instanceof InvalidValue ? refuse(error.message) : error;
    }
  }
}

class InvalidValue extends Error {}

function invalid(text: string, as: string, why: string): InvalidValue {
  return new InvalidValue(`invalid argument ${JSON.stringify(text)} for ${JSON.stringify(as)} flag: ${why}`);
}

function parseBool(text: string, as: string): boolean {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
  throw invalid(text, as, `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}
