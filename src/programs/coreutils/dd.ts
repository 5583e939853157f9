/** dd: copies by blocks. See POSIX, "dd", with GNU's flags. An operand takes effect, changes nothing here for a reason, or is refused by its name. */
import { FileError } from '../../machine/file-error.ts';
import { absolute } from '../../machine/executable.ts';
import { openInput, openOutput } from '../../machine/open.ts';
import type { Process, Program } from '../../machine/program.ts';
import { isGnu, reason } from './tool.ts';
import { parseSize } from './units.ts';

const OPERANDS = ['if', 'of', 'bs', 'ibs', 'obs', 'count', 'skip', 'seek', 'conv', 'status', 'iflag', 'oflag'];
const NUMBERS = ['bs', 'ibs', 'obs', 'count', 'skip', 'seek'];
const CONVERSIONS: Readonly<Record<string, (bytes: string) => string>> = {
  ucase: (bytes) => bytes.replace(/[a-z]/g, (letter) => letter.toUpperCase()),
  lcase: (bytes) => bytes.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
};

/** The words that a family has for an operand: those that do what they say here, and those that this simulator lacks. */
interface Words {
  readonly known: readonly string[];
  readonly absent: readonly string[];
}

/**
 * Beside `notrunc`, `ucase` and `lcase` the known ones change nothing: every write here is on its disk at once, whole, and
 * past every cache; nothing is ever read in part.
 */
const GNU: Readonly<Record<string, Words>> = {
  conv: { known: ['notrunc', 'ucase', 'lcase', 'noerror', 'fsync', 'fdatasync'], absent: ['ascii', 'ebcdic', 'ibm', 'block', 'unblock', 'sparse', 'swab', 'sync', 'excl', 'nocreat'] },
  iflag: { known: ['fullblock', 'direct', 'sync', 'dsync', 'nonblock', 'noatime', 'nocache'], absent: ['append', 'directory', 'noctty', 'nofollow', 'count_bytes', 'skip_bytes'] },
  oflag: { known: ['direct', 'sync', 'dsync', 'nonblock', 'nocache'], absent: ['append', 'directory', 'noctty', 'nofollow', 'seek_bytes'] },
  status: { known: ['none', 'noxfer', 'progress'], absent: [] },
};
const BUSYBOX: Readonly<Record<string, Words>> = {
  conv: { known: ['notrunc', 'noerror', 'fsync'], absent: ['sync', 'swab'] },
  iflag: { known: ['fullblock', 'direct'], absent: ['skip_bytes', 'count_bytes'] },
  oflag: { known: ['direct'], absent: ['append', 'seek_bytes'] },
  status: { known: ['none', 'noxfer'], absent: [] },
};
const NOUNS: Readonly<Record<string, string>> = { conv: 'conversion', iflag: 'input flag', oflag: 'output flag', status: 'status level' };

export const dd: Program = {
  name: 'dd',
  async run(process) {
    const options = new Map<string, string>();
    for (const word of process.argv.slice(1)) {
      const [name = '', value] = word.split(/=(.*)/s);
      const wrong = value === undefined || !OPERANDS.includes(name) ? [isGnu(process) ? `unrecognized operand '${word}'` : `invalid argument '${word}'`, true] as const : wrongIn(name, value, isGnu(process));
      if (wrong) return await refuse(process, ...wrong);
      options.set(name, value!);
    }
    const number = (name: string, standard: number): number => parseSize(options.get(name) ?? String(standard))!;
    const size = number('bs', number('ibs', 512));
    if (size === 0) return await refuse(process, isGnu(process) ? "invalid number: '0'" : 'number 0 is not in 1..9223372036854775807 range', false);
    const before = number('seek', 0) * number('bs', number('obs', 512));
    if (before > 0 && !options.has('of')) return await refuse(process, isGnu(process) ? "'standard output': cannot seek: Illegal seek" : 'standard output: Illegal seek', false);
    const begun = process.machine.clock.now();
    let copied: number;
    try {
      copied = await copy(process, options, { skip: number('skip', 0) * size, most: options.has('count') ? number('count', 0) * size : Number.POSITIVE_INFINITY, before });
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const path = options.get('if') !== undefined && !process.files.exists(options.get('if')!) ? options.get('if')! : (options.get('of') ?? options.get('if'));
      await process.stderr.write(isGnu(process) ? `dd: failed to open '${path}': ${reason(error)}\n` : `dd: can't open '${path}': ${reason(error)}\n`);
      return 1;
    }
    return await tell(process, { copied, size, seconds: Math.max((process.machine.clock.now() - begun) / 1000, 0.000_001), status: options.get('status') });
  },
};

type Wrong = readonly [message: string, withHelp: boolean];

function wrongIn(name: string, value: string, gnu: boolean): Wrong | undefined {
  if (NUMBERS.includes(name) && parseSize(value) === undefined) return [gnu ? `invalid number: '${value}'` : `invalid number '${value}'`, false];
  const words = (gnu ? GNU : BUSYBOX)[name];
  const unknown = words && (name === 'status' ? [value] : value.split(',')).find((word) => !words.known.includes(word));
  if (unknown === undefined) return undefined;
  if (words!.absent.includes(unknown)) return [`${name}=${unknown} is not part of this simulator`, false];
  return gnu ? [`invalid ${NOUNS[name]}: '${unknown}'`, true] : [`invalid argument '${unknown}' to '${name}'`, false];
}

async function refuse(process: Process, message: string, withHelp: boolean): Promise<number> {
  await process.stderr.write(`dd: ${message}\n${withHelp && isGnu(process) ? "Try 'dd --help' for more information.\n" : ''}`);
  return 1;
}

/** @param before bytes of the output that stay. @returns how many were copied. @throws FileError */
async function copy(process: Process, options: ReadonlyMap<string, string>, { skip, most, before }: { readonly skip: number; readonly most: number; readonly before: number }): Promise<number> {
  const to = options.has('of') ? absolute(process.cwd, options.get('of')!) : undefined;
  const conversions = (options.get('conv') ?? '').split(',').flatMap((word) => CONVERSIONS[word] ?? []);
  const input = options.has('if') ? openInput(process, options.get('if')!) : process.stdin;
  const kept = to !== undefined && before > 0 && process.files.exists(to) && process.files.stat(to).type === 'file' ? process.files.read(to).slice(0, before) : '';
  const output = to === undefined ? process.stdout : openOutput(process, to, { keep: (options.get('conv') ?? '').split(',').includes('notrunc') });
  // Where the file was shorter, zeros fill what lies between.
  if (before > 0) await output.write(kept.padEnd(before, '\0'));
  let left = skip;
  let copied = 0;
  for (let bytes = most > 0 ? await input.read() : undefined; bytes !== undefined; bytes = await input.read()) {
    const useful = bytes.slice(left);
    left = Math.max(0, left - bytes.length);
    const part = useful.slice(0, most - copied);
    await output.write(conversions.reduce((text, convert) => convert(text), part));
    copied += part.length;
    if (copied < most) continue;
    if (part.length < useful.length) input.unread(useful.slice(part.length));
    break;
  }
  return copied;
}

async function tell(process: Process, { copied, size, seconds, status }: { readonly copied: number; readonly size: number; readonly seconds: number; readonly status: string | undefined }): Promise<number> {
  if (status === 'none') return 0;
  const records = `${Math.floor(copied / size)}+${copied % size > 0 ? 1 : 0}`;
  await process.stderr.write(`${records} records in\n${records} records out\n`);
  if (status !== 'noxfer') await process.stderr.write(isGnu(process) ? `${copied} bytes copied, ${Number(seconds.toPrecision(6))} s, ${(copied / seconds / 1e6).toFixed(1)} MB/s\n` : `${copied} bytes (${(copied / 1024).toFixed(1)}KB) copied, ${seconds.toFixed(6)} seconds, ${(copied / seconds / 2 ** 20).toFixed(1)}MB/s\n`);
  return 0;
}
