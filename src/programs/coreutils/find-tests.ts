/** What `find` can ask of a file: its name, its kind, its age, its owner. See find(1), "TESTS". */
import { posixToRegExp } from '../../base/posix-regex.ts';
import type { FileStat } from '../../machine/files.ts';
import { findUser, groupName, userName } from '../../machine/users.ts';
import { patternToRegExp } from '../../shell/pattern.ts';
import { changeMode } from './mode.ts';
import { basename } from './names.ts';
import { type Tool, reason } from './tool.ts';

export interface Found {
  readonly path: string;
  readonly shown: string;
  readonly stat: FileStat;
  readonly depth: number;
}

export type Test = (found: Found) => boolean | Promise<boolean>;

export class WrongExpression extends Error {}

/** Those that busybox's find is built without. */
const GNU_ONLY = ['-iregex', '-wholename', '-uid', '-gid', '-nouser', '-nogroup', '-readable', '-writable'];

/** The test of this name; undefined when no test has it. `value` takes its next word. */
export function fileTest(t: Tool, name: string, value: () => string, regexType?: string): Test | undefined {
  const { files, machine } = t.process;
  if (!t.gnu && GNU_ONLY.includes(name)) return undefined;
  const glob = (ignoreCase: boolean, of: (found: Found) => string): Test => {
    const regexp = patternToRegExp(value(), { ignoreCase });
    return (found) => regexp.test(of(found));
  };
  const age = (unitMs: number): Test => {
    const compare = numberTest(t, name, value());
    return ({ stat }) => compare(Math.floor((machine.clock.unixMs() - stat.mtimeMs) / unitMs));
  };
  const counted = (of: (stat: FileStat) => number): Test => {
    const compare = numberTest(t, name, value());
    return ({ stat }) => compare(of(stat));
  };
  switch (name) {
    case '-name': return glob(false, ({ shown }) => basename(shown) || '/');
    case '-iname': return glob(true, ({ shown }) => basename(shown) || '/');
    case '-path': case '-wholename': return glob(false, ({ shown }) => shown);
    case '-ipath': return glob(true, ({ shown }) => shown);
    case '-regex': case '-iregex': return regexTest(t, value(), regexType ?? (t.gnu ? 'emacs' : 'posix-basic'), name === '-iregex');
    case '-type': return typeTest(t, value());
    case '-mtime': case '-atime': case '-ctime': return age(86_400_000);
    case '-mmin': case '-amin': case '-cmin': return age(60_000);
    case '-newer': {
      const than = statOf(t, value()).mtimeMs;
      return ({ stat }) => stat.mtimeMs > than;
    }
    case '-samefile': {
      const { ino } = statOf(t, value());
      return ({ stat }) => stat.ino === ino;
    }
    case '-size': return sizeTest(t, value());
    case '-links': return counted((stat) => stat.links);
    case '-inum': return counted((stat) => stat.ino);
    case '-uid': return counted((stat) => stat.uid);
    case '-gid': return counted((stat) => stat.gid);
    case '-empty': return ({ stat, path }) => (stat.type === 'directory' ? files.list(path).length === 0 : stat.type === 'file' && stat.size === 0);
    case '-user': {
      const text = value();
      const user = findUser(text, files);
      if (!user) throw new WrongExpression(t.gnu ? `'${text}' is not the name of a known user` : `unknown user ${text}`);
      return ({ stat }) => stat.uid === user.uid;
    }
    case '-group': {
      const text = value();
      const group = findUser(`0:${text}`, files);
      if (!group) throw new WrongExpression(t.gnu ? `'${text}' is not the name of an existing group` : `unknown group ${text}`);
      return ({ stat }) => stat.gid === group.gid;
    }
    case '-nouser': return ({ stat }) => userName(stat.uid, files) === String(stat.uid);
    case '-nogroup': return ({ stat }) => groupName(stat.gid, files) === String(stat.gid);
    case '-perm': return permissionTest(value());
    case '-readable': return ({ path }) => files.access(path, 4);
    case '-writable': return ({ path }) => files.access(path, 2);
    case '-executable': return ({ path }) => files.access(path, 1);
    default: return undefined;
  }
}

function statOf(t: Tool, path: string): FileStat {
  try {
    return t.process.files.stat(t.path(path));
  } catch (error) {
    throw new WrongExpression(t.gnu ? `'${path}': ${reason(error)}` : `can't stat '${path}': ${reason(error)}`);
  }
}

const EXTENDED = ['posix-extended', 'posix-egrep', 'egrep', 'awk', 'posix-awk', 'gnu-awk'];
const BASIC = ['posix-basic', 'posix-minimal-basic', 'grep', 'sed', 'ed'];
const EMACS = ['emacs', 'findutils-default'];

/** A whole path, in the dialect that `-regextype` named. */
function regexTest(t: Tool, pattern: string, type: string, ignoreCase: boolean): Test {
  if (![...EXTENDED, ...BASIC, ...EMACS].includes(type)) throw new WrongExpression(`Unknown regular expression type '${type}'; valid types are ${['findutils-default', 'ed', 'emacs', 'gnu-awk', 'grep', 'posix-awk', 'awk', 'posix-basic', 'posix-egrep', 'egrep', 'posix-extended', 'posix-minimal-basic', 'sed'].map((name) => `'${name}'`).join(', ')}.`);
  let source: string;
  try {
    source = posixToRegExp(EMACS.includes(type) ? fromEmacs(pattern) : pattern, { extended: EXTENDED.includes(type) }).source;
  } catch {
    throw new WrongExpression(t.gnu ? `failed to compile regular expression '${pattern}': Invalid regular expression` : `bad regex '${pattern}': Invalid regular expression`);
  }
  const whole = new RegExp(`^(?:${source})$`, ignoreCase ? 'is' : 's');
  return ({ shown }) => whole.test(shown);
}

/** Emacs' dialect as a basic one: `+` and `?` are operators as they stand, and there are no intervals. */
function fromEmacs(pattern: string): string {
  return pattern.replace(/\[\^?\]?[^\]]*\]|\\[\s\S]|[+?]/g, (piece) => (piece === '+' || piece === '?' ? `\\${piece}` : /^\\[+?{}]$/.test(piece) ? piece[1]! : piece));
}

function typeTest(t: Tool, letters: string): Test {
  const wrong = letters.split(',').find((letter) => !/^[fdlbcps]$/.test(letter));
  if (wrong !== undefined) throw new WrongExpression(t.gnu ? `Unknown argument to -type: ${wrong}` : `invalid argument '${wrong}' to '-type'`);
  return ({ stat }) => letters.split(',').includes({ file: 'f', directory: 'd', symlink: 'l', device: 'c' }[stat.type]);
}

/** `+5`, `-5` and `5`: more, less, as many. */
function numberTest(t: Tool, name: string, text: string): (value: number) => boolean {
  if (!/^[-+]?\d+(?:\.\d+)?$/.test(text)) throw new WrongExpression(t.gnu ? `invalid argument \`${text}' to \`${name}'` : `invalid number '${text.replace(/^[-+]/, '')}'`);
  const number = Number(text.replace(/^[-+]/, ''));
  return text.startsWith('+') ? (value) => value > number : text.startsWith('-') ? (value) => value < number : (value) => value === number;
}

function sizeTest(t: Tool, text: string): Test {
  if (!/^[-+]?\d+[cwbkMG]?$/.test(text)) throw new WrongExpression(!t.gnu ? `invalid number '${text}'` : text === '' ? 'invalid null argument to -size' : `invalid -size type \`${text.at(-1)}'`);
  const unit = { c: 1, w: 2, b: 512, k: 1024, M: 2 ** 20, G: 2 ** 30 }[text.at(-1)!] ?? 512;
  const compare = numberTest(t, '-size', text.replace(/[a-zA-Z]$/, ''));
  return ({ stat }) => compare(Math.ceil(stat.size / unit));
}

function permissionTest(text: string): Test {
  const bits = changeMode(text.replace(/^[-/]/, ''), 0, false);
  if (bits === undefined) throw new WrongExpression(`invalid mode '${text}'`);
  return ({ stat }) => (text.startsWith('-') ? (stat.mode & bits) === bits : text.startsWith('/') ? (stat.mode & bits) !== 0 : stat.mode === bits);
}
