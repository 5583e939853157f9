/**
 * `ip` of iproute2 6.1: global options, objects, abbreviations. Each object is a file beside this one. See ip(8).
 * BusyBox's `ip` is the same tool with fewer words to its answers; see `busybox.ts`.
 */
import type { Process, Program } from '../../machine/program.ts';
import { NetError } from '../../net/errors.ts';
import { addresses } from './address.ts';
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

async function main(process: Process): Promise<number> {
  const flags: IpFlags = { family: undefined, details: false, statistics: false, brief: false, oneline: false, json: false, pretty: false, numeric: false };
  const args = process.argv.slice(1);
  let ns = process.netns;
  while (args[0]?.startsWith('-')) {
    const option = args.shift()!.replace(/^--?/, '-');
    if (option === '-V' || option === '-Version') {
      await process.stdout.write('ip utility, iproute2-6.1.0, libbpf 1.1.2\n');
      return 0;
    }
    if (option === '-n' || option === '-netns') {
      const name = args.shift() ?? '';
      const found = process.machine.namespaces.get(name);
      if (!found) throw new IpError(`Cannot open network namespace "${name}": No such file or directory`, 255);
      ns = found;
    } else if (!setFlag(option, flags, args)) throw new IpError(`Option "${option}" is unknown, try "ip -help".`, 255);
  }
  const [object, ...rest] = args;
  if (object === undefined || 'help'.startsWith(object) || object === '-help') throw new IpError(USAGE, 255);
  const name = abbreviated(object, Object.keys(OBJECTS));
  if (name === undefined) {
    const known = abbreviated(object, NOT_MODELLED);
    throw known === undefined ? new IpError(`Object "${object}" is unknown, try "ip help".`, 1) : new IpError(`ip ${known} is not part of this simulator`, 255);
  }
  const context: IpContext = { process, ns, flags, print: (text) => process.stdout.write(text) };
  try {
    await OBJECTS[name]!(new Words(rest), context);
  } catch (error) {
    throw error instanceof NetError ? refusalOf(error) : error;
  }
  return 0;
}

const FLAGS: readonly (readonly [name: string, shortest: number, set: (flags: IpFlags) => void])[] = [
  ['-statistics', 2, (flags) => (flags.statistics = true)],
  ['-details', 2, (flags) => (flags.details = true)],
  ['-brief', 3, (flags) => (flags.brief = true)],
  ['-oneline', 2, (flags) => (flags.oneline = true)],
  ['-json', 2, (flags) => (flags.json = true)],
  ['-pretty', 2, (flags) => (flags.pretty = true)],
  ['-Numeric', 2, (flags) => (flags.numeric = true)],
  ['-4', 2, (flags) => (flags.family = 4)],
  ['-6', 2, (flags) => (flags.family = 6)],
];

function setFlag(option: string, flags: IpFlags, args: string[]): boolean {
  // Colour needs a terminal; without one iproute2 prints none either unless told `always`.
  if (/^-c(olor)?(=auto|=never)?$/.test(option)) return true;
  if (option === '-f' || option === '-family') {
    const family = args.shift();
    if (family !== 'inet' && family !== 'inet6') throw new IpError(`Error: argument "${family}" is wrong: invalid protocol family\n`, 255);
    flags.family = family === 'inet' ? 4 : 6;
    return true;
  }
  const found = FLAGS.find(([name, shortest]) => option.length >= shortest && name.startsWith(option));
  found?.[2](flags);
  return found !== undefined;
}

const USAGE = `Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }
where  OBJECT := { address | help | link | neighbor | neighbour | netns |
                   route | rule | tunnel }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] |
                    -j[son] | -p[retty] |
                    -f[amily] { inet | inet6 } | -4 | -6 |
                    -br[ief] | -o[neline] | -n[etns] name | -N[umeric] |
                    -c[olor]}`;
