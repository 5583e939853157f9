/** Reading the words of an iproute2 command line, and the ways iproute2 refuses them. See lib/utils.c. */
import { type Ipv4, type Cidr, parseCidr, parseIpv4 } from '../../base/address.ts';
import { mayAdministerNetwork } from '../../machine/capabilities.ts';
import type { Process } from '../../machine/program.ts';
import { NetError } from '../../net/errors.ts';
import type { NetNamespace } from '../../net/namespace.ts';

/** A refusal: what to write to stderr, and the exit code. */
export class IpError extends Error {
  override readonly name = 'IpError';
  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
  }
}

export interface IpFlags {
  family: 4 | 6 | undefined;
  details: boolean;
  statistics: boolean;
  brief: boolean;
  oneline: boolean;
  json: boolean;
  pretty: boolean;
  numeric: boolean;
  /** Wanted at a terminal only, or everywhere. */
  color: 'auto' | 'always' | undefined;
}

/** What a subcommand works on. */
export interface IpContext {
  readonly process: Process;
  readonly ns: NetNamespace;
  readonly flags: IpFlags;
  readonly print: (text: string) => Promise<void>;
}

/** The rest of a command line. */
export class Words {
  #at = 0;
  constructor(private readonly words: readonly string[]) {}

  get done(): boolean {
    return this.#at >= this.words.length;
  }

  peek(): string | undefined {
    return this.words[this.#at];
  }

  next(): string {
    const word = this.words[this.#at++];
    if (word === undefined) throw new IpError('Command line is not complete. Try option "help"', 255);
    return word;
  }

  rest(): readonly string[] {
    return this.words.slice(this.#at);
  }

  /** Take the next word if it is one of these. */
  take(...names: readonly string[]): boolean {
    if (!names.includes(this.words[this.#at] ?? '')) return false;
    this.#at++;
    return true;
  }
}

/** The first name that begins with `word`, as iproute2 abbreviates. */
export function abbreviated<T extends string>(word: string, names: readonly T[]): T | undefined {
  return names.find((name) => name.startsWith(word));
}

export function garbage(expected: string, word: string): IpError {
  return new IpError(`Error: either "${expected}" is duplicate, or "${word}" is a garbage.`, 255);
}

export function invalidArgument(word: string, why: string): IpError {
  return new IpError(`Error: argument "${word}" is wrong: ${why}\n`, 255);
}

/** @throws IpError when there is no such device, in the words of commands that change something */
export function requireDevice(ns: NetNamespace, name: string): void {
  if (!ns.devices.get(name)) throw new IpError(`Cannot find device "${name}"`, 1);
}

export function address(word: string, wanted = 'inet address'): Ipv4 {
  const parsed = parseIpv4(word);
  if (!parsed) throw new IpError(`Error: ${wanted} is expected rather than "${word}".`, 1);
  return parsed;
}

/** `default`, `10.0.0.0/8`, `10.0.0.1`, and short forms such as `10/8`. */
export function prefix(word: string): Cidr {
  if (word === 'default' || word === 'any' || word === 'all') return { address: '0.0.0.0' as Ipv4, prefix: 0 };
  const short = /^(\d+(?:\.\d+){0,2})\/(\d+)$/.exec(word);
  const full = short ? `${short[1]}${'.0'.repeat(4 - short[1]!.split('.').length)}/${short[2]}` : word;
  const parsed = parseCidr(full);
  if (!parsed) throw new IpError(`Error: any valid prefix is expected rather than "${word}".`, 1);
  return parsed;
}

/** The same, below zero too: what is wrong with that, the kernel says. */
export const integer = (word: string, what: string): number => (/^-\d+$/.test(word) ? Number(word) : number(word, what));

export function number(word: string, what: string): number {
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(word) ? Number(word) : Number.NaN;
  if (Number.isNaN(value)) throw invalidArgument(word, what);
  return value;
}

/** Run what may be refused by the kernel, and say it as iproute2 does. */
export function netlink<T>(context: IpContext, act: () => T): T {
  requireRight(context);
  try {
    return act();
  } catch (error) {
    throw error instanceof NetError ? refusalOf(error) : error;
  }
}

/** Changes are for those who may; the kernel is asked before it looks at what is wanted. */
export function requireRight({ process }: IpContext): void {
  if (!mayAdministerNetwork(process)) throw new IpError('RTNETLINK answers: Operation not permitted', 2);
}

/** What is flushed goes in one request, refused in other words. */
export function requireRightToFlush({ process }: IpContext): void {
  if (!mayAdministerNetwork(process)) throw new IpError('Failed to send flush request: Operation not permitted', 1);
}

export function refusalOf(error: NetError): IpError {
  // Words that `ip` itself does not understand are refused before the kernel is asked.
  if (/^(\w+: unknown command|Garbage|Command line)/.test(error.message)) return new IpError(error.message, 255);
  if (error.detail === undefined) return new IpError(`RTNETLINK answers: ${error.message}`, 2);
  return new IpError(`Error: ${error.detail.replace(/\.$/, '')}.`, 2);
}

/** JSON as iproute2 prints it: one line, or indented with `-p`. */
export function json(value: unknown, flags: IpFlags): string {
  return `${flags.pretty ? indented(value, 0) : JSON.stringify(value)}\n`;
}

/** As json_writer.c does it: objects open on the line of what precedes them, and plain values share one. */
function indented(value: unknown, depth: number): string {
  const margin = (by: number) => `\n${' '.repeat(4 * by)}`;
  if (Array.isArray(value)) {
    const items = value.map((item) => indented(item, depth + 1));
    return `[ ${items.join(',')}${items.length > 0 ? ' ' : ''}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, field]) => `${margin(depth + 1)}${JSON.stringify(key)}: ${indented(field, depth + 1)}`);
  return `{${fields.join(',')}${margin(depth)}}`;
}
