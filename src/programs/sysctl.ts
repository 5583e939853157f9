/** sysctl, of procps and of BusyBox: the knobs of the network stack, read and set. See sysctl(8). */
import { absolute } from '../machine/executable.ts';
import { FileError } from '../machine/files.ts';
import type { Process, Program } from '../machine/program.ts';
import { NetError } from '../net/errors.ts';
import { type OptionError, parseOptions, type ParsedOptions } from './options.ts';
import { refuse, withOptions } from './usage.ts';

type Flavour = 'procps' | 'busybox';

/** An unknown option of procps' is answered with its help, and with success. */
export const sysctl: Program = { name: 'sysctl', run: (process) => withOptions(() => main(process, 'procps'), async (error: OptionError) => refuse(process, await print(process, USAGE), error.sentence('sysctl'))) };
export const busyboxSysctl: Program = { name: 'busybox-sysctl', run: (process) => withOptions(() => main(process, 'busybox'), (error: OptionError) => refuse(process, 1, error.sentence('sysctl'))) };

const LONG = { all: 'a', binary: 'b', ignore: 'e', names: 'N', values: 'n', load: 'p', quiet: 'q', write: 'w', help: 'h', version: 'V' };

async function main(process: Process, flavour: Flavour): Promise<number> {
  const options = parseOptions(process.argv.slice(1), flavour === 'busybox' ? { short: 'wnaqep' } : { short: 'abeNnpqwAXfhV', long: LONG });
  if (options.has('h')) return print(process, USAGE);
  if (options.has('V')) return print(process, 'sysctl from procps-ng 4.0.2\n');
  if (options.has('a') || options.has('A') || options.has('X')) {
    for (const [name, value] of process.netns.sysctl.list()) await show(process, options, name, value);
    return 0;
  }
  if (options.has('p') || options.has('f')) return load(process, options, flavour);
  if (options.operands.length === 0) return flavour === 'busybox' ? 0 : refuse(process, 1, USAGE.trimEnd());
  let code = 0;
  for (const [index, word] of options.operands.entries()) code = (await one(process, options, word, { flavour, index })) || code;
  return code;
}

async function print(process: Process, text: string): Promise<number> {
  await process.stdout.write(text);
  return 0;
}

/** Files of settings, a line each; comments begin with # or ;. */
async function load(process: Process, options: ParsedOptions, flavour: Flavour): Promise<number> {
  let code = 0;
  for (const path of options.operands.length > 0 ? options.operands : ['/etc/sysctl.conf']) {
    try {
      const text = process.files.read(absolute(process.cwd, path));
      const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !/^[#;]/.test(line));
      for (const [index, line] of lines.entries()) code = (await one(process, options, line.replace(/\s*=\s*/, '='), { flavour, index })) || code;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      code = await refuse(process, 1, flavour === 'busybox' ? `sysctl: can't open '${path}': ${error.message}` : `sysctl: cannot open "${path}": ${error.message}`);
    }
  }
  return code;
}

/** `name` is shown, `name=value` is set and shown. */
async function one(process: Process, options: ParsedOptions, word: string, { flavour, index }: { readonly flavour: Flavour; readonly index: number }): Promise<number> {
  const at = word.indexOf('=');
  const name = (at < 0 ? word : word.slice(0, at)).trim().replaceAll('/', '.');
  const { sysctl: knobs } = process.netns;
  if (at < 0 && options.has('w')) return refuse(process, 1, flavour === 'busybox' ? `sysctl: error: '${name}' must be of the form name=value` : `sysctl: command line(${index}): invalid syntax, continuing...`);
  const value = knobs.get(name);
  if (value === undefined) {
    if (options.has('e')) return 0;
    return refuse(process, 1, flavour === 'busybox' ? `sysctl: error: '${name}' is an unknown key` : `sysctl: cannot stat /proc/sys/${name.replaceAll('.', '/')}: No such file or directory`);
  }
  if (at < 0) {
    await show(process, options, name, value);
    return 0;
  }
  const code = await set(process, name, word.slice(at + 1).trim(), flavour);
  if (code === 0 && !options.has('q')) await show(process, options, name, knobs.get(name)!);
  return code;
}

async function show(process: Process, options: ParsedOptions, name: string, value: string): Promise<void> {
  await process.stdout.write(options.has('N') ? `${name}\n` : options.has('b') ? value : options.has('n') ? `${value}\n` : `${name} = ${value}\n`);
}

async function set(process: Process, name: string, value: string, flavour: Flavour): Promise<number> {
  // procps counts a value that the kernel refuses as one failure, BusyBox hands out what write(2) said: -1.
  const failed = flavour === 'busybox' ? 255 : 1;
  // /proc/sys is mounted read-only in containers that are not privileged.
  const path = `/proc/sys/${name.replaceAll('.', '/')}`;
  if (!process.machine.privileged && !process.files.access(path, 2)) return refuse(process, failed, `sysctl: setting key "${name}": Read-only file system`);
  try {
    process.netns.sysctl.set(name, value);
    return 0;
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    return refuse(process, failed, `sysctl: setting key "${name}": ${error.message}`);
  }
}

const USAGE = `
Usage:
 sysctl [options] [variable[=value] ...]

Options:
  -a, --all            display all variables
  -A                   alias of -a
  -X                   alias of -a
      --deprecated     include deprecated parameters to listing
      --dry-run        Print the key and values but do not write
  -b, --binary         print value without new line
  -e, --ignore         ignore unknown variables errors
  -N, --names          print variable names without values
  -n, --values         print only values of the given variable(s)
  -p, --load[=<file>]  read values from file
  -f                   alias of -p
      --system         read values from all system directories
  -r, --pattern <expression>
                       select setting that match expression
  -q, --quiet          do not echo variable set
  -w, --write          enable writing a value to variable
  -o                   does nothing
  -x                   does nothing
  -d                   alias of -h

 -h, --help     display this help and exit
 -V, --version  output version information and exit

For more details see sysctl(8).
`;
