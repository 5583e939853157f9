/**
 * `ip` of iproute2 6.1: global options, objects, abbreviations. Each object is a file beside this one. See ip(8).
 * BusyBox's `ip` is the same tool with fewer words to its answers; see `busybox.ts`.
 */
import { absolute } from '../../machine/executable.ts';
import { FileError } from '../../machine/files.ts';
import { openInput } from '../../machine/open.ts';
import type { Process, Program } from '../../machine/program.ts';
import { NetError } from '../../net/errors.ts';
import type { NetNamespace } from '../../net/namespace.ts';
import { addresses } from './address.ts';
import { colored } from './color.ts';
import { link } from './link.ts';
import { neighbors } from './neigh.ts';
import { netns } from './netns.ts';
import { routes } from './route.ts';
import { rules } from './rule.ts';
import { tunnels } from './tunnel.ts';
import { abbreviated, IpError, refusalOf, Words, type IpContext, type IpFlags } from './words.ts';

type Subject = (words: Words, context: IpContext) => Promise<void>;

/** In iproute2's order: the first that begins with the word given wins. */
const OBJECTS: Readonly<Record<string, Subject>> = { address: addresses, route: routes, rule: rules, neighbor: neighbors, neighbour: neighbors, link, tunnel: tunnels, netns };

/** Real objects that are not modelled. */
const NOT_MODELLED = ['addrlabel', 'maddress', 'ntable', 'l2tp', 'fou', 'ila', 'macsec', 'tuntap', 'tap', 'token', 'tcpmetrics', 'monitor', 'xfrm', 'mroute', 'mrule', 'netconf', 'vrf', 'sr', 'nexthop', 'mptcp', 'ioam'];

export const ip: Program = {
  name: 'ip',
  async run(process) {
    try {
      return await main(process);
    } catch (error) {
      if (!(error instanceof IpError)) throw error;
      await process.stderr.write(`${error.message}\n`);
      return error.code;
    }
  },
};

interface Batch {
  readonly file: string;
}

/** What the options before the object say. */
interface Asked {
  readonly flags: IpFlags;
  ns: NetNamespace;
  batch?: Batch;
  force: boolean;
  rest: readonly string[];
}

async function main(process: Process): Promise<number> {
  const asked = readOptions(process);
  if (asked === 'version') {
    await process.stdout.write('ip utility, iproute2-6.1.0, libbpf 1.1.2\n');
    return 0;
  }
  if (asked.batch) return batch(process, asked, asked.batch);
  await one(process, asked, asked.rest);
  return 0;
}

function readOptions(process: Process): Asked | 'version' {
  const flags: IpFlags = { family: undefined, details: false, statistics: false, brief: false, oneline: false, json: false, pretty: false, numeric: false, color: undefined };
  const args = process.argv.slice(1);
  const asked: Asked = { flags, ns: process.netns, force: false, rest: args };
  while (args[0]?.startsWith('-') && args[0] !== '-') {
    const option = args.shift()!.replace(/^--?/, '-');
    if (option === '-V' || option === '-Version') return 'version';
    if (option === '-n' || option === '-netns') {
      const name = args.shift() ?? '';
      const found = process.machine.namespaces.get(name);
      if (!found) throw new IpError(`Cannot open network namespace "${name}": No such file or directory`, 255);
      asked.ns = found;
    } else if (option === '-b' || '-batch'.startsWith(option) && option.length > 3) asked.batch = { file: args.shift() ?? '' };
    else if (option === '-force') asked.force = true;
    else if (option === '-l' || option === '-loops' || option === '-rc' || option === '-rcvbuf') args.shift();
    else if (!setFlag(option, flags, args)) throw new IpError(`Option "${option}" is unknown, try "ip -help".`, 255);
  }
  return asked;
}

async function one(process: Process, { flags, ns }: Asked, words: readonly string[]): Promise<void> {
  const [object, ...rest] = words;
  if (object === undefined || 'help'.startsWith(object) || object === '-help') throw new IpError(USAGE, 255);
  const name = abbreviated(object, Object.keys(OBJECTS));
  if (name === undefined) {
    const known = abbreviated(object, NOT_MODELLED);
    throw known === undefined ? new IpError(`Object "${object}" is unknown, try "ip help".`, 1) : new IpError(`ip ${known} is not part of this simulator`, 255);
  }
  const inColor = !flags.json && (flags.color === 'always' || (flags.color === 'auto' && process.terminal !== undefined));
  const print = (text: string) => process.stdout.write(inColor ? colored(name, flags.brief, text) : text);
  try {
    await OBJECTS[name]!(new Words(rest), { process, ns, flags, print });
  } catch (error) {
    throw error instanceof NetError ? refusalOf(error) : error;
  }
}

/** `-batch FILE`: a command a line, until one fails, or with `-force` to the end. */
async function batch(process: Process, asked: Asked, { file }: Batch): Promise<number> {
  const lines = (await readLines(process, file)).split('\n');
  let code = 0;
  for (const [index, line] of lines.entries()) {
    const words = line.replace(/#.*/, '').split(/\s+/).filter((word) => word !== '');
    if (words.length === 0) continue;
    try {
      await one(process, asked, words);
    } catch (error) {
      if (!(error instanceof IpError)) throw error;
      await process.stderr.write(`${error.message}\n`);
      // What the command line is not worth sending ends ip itself; what the kernel refuses ends the batch.
      if (error.code === 255) return 255;
      await process.stderr.write(`Command failed ${file}:${index + 1}\n`);
      code = 1;
      if (!asked.force) break;
    }
  }
  return code;
}

async function readLines(process: Process, file: string): Promise<string> {
  try {
    const input = file === '-' ? process.stdin : openInput(process, absolute(process.cwd, file));
    let text = '';
    for (let piece = await input.read(); piece !== undefined; piece = await input.read()) text += piece;
    return text;
  } catch (error) {
    if (error instanceof FileError) throw new IpError(`Cannot open file "${file}" for reading: ${error.message}`, 1);
    throw error;
  }
}

const FLAGS: readonly (readonly [name: string, shortest: number, set: (flags: IpFlags) => void])[] = [
  ['-statistics', 2, (flags) => (flags.statistics = true)],
  ['-stats', 6, (flags) => (flags.statistics = true)],
  ['-details', 2, (flags) => (flags.details = true)],
  ['-brief', 3, (flags) => (flags.brief = true)],
  ['-oneline', 2, (flags) => (flags.oneline = true)],
  ['-json', 2, (flags) => (flags.json = true)],
  ['-pretty', 2, (flags) => (flags.pretty = true)],
  ['-Numeric', 2, (flags) => (flags.numeric = true)],
  ['-4', 2, (flags) => (flags.family = 4)],
  ['-6', 2, (flags) => (flags.family = 6)],
  // Nothing here has a name to be resolved to, and times stand before events only, which are not shown.
  ['-resolve', 2, () => undefined],
  ['-timestamp', 2, () => undefined],
  ['-tshort', 3, () => undefined],
];

function setFlag(option: string, flags: IpFlags, args: string[]): boolean {
  const color = /^-c(?:olor)?(?:=(auto|never|always))?$/.exec(option);
  if (color) {
    flags.color = color[1] === 'never' ? undefined : color[1] === 'auto' ? 'auto' : 'always';
    return true;
  }
  if (option === '-f' || option === '-family') {
    const family = args.shift();
    if (family !== 'inet' && family !== 'inet6') throw new IpError(`Error: argument "${family}" is wrong: invalid protocol family`, 255);
    flags.family = family === 'inet' ? 4 : 6;
    return true;
  }
  const found = FLAGS.find(([name, shortest]) => option.length >= shortest && name.startsWith(option));
  found?.[2](flags);
  return found !== undefined;
}

const USAGE = `Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }
       ip [ -force ] -batch filename
where  OBJECT := { address | help | link | neighbor | neighbour | netns |
                   route | rule | tunnel }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] | -r[esolve] |
                    -j[son] | -p[retty] |
                    -f[amily] { inet | inet6 } | -4 | -6 |
                    -br[ief] | -o[neline] | -t[imestamp] |
                    -b[atch] [filename] | -n[etns] name | -N[umeric] |
                    -c[olor]}`;
