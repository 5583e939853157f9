/** find: see POSIX, "find", with the tests of GNU's that busybox has, too. An expression is compiled to one function; what it asks of files is in `find-tests.ts`. */
import type { FileStat } from '../../machine/files.ts';
import { asked } from './asking.ts';
import { type Found, type Test, WrongExpression, fileTest } from './find-tests.ts';
import { groupName, userName } from '../../machine/users.ts';
import { modeLetters } from './mode.ts';
import { basename, joined } from './names.ts';
import { isGnu, reason, Tool, withArguments } from './tool.ts';
import { start } from './running.ts';
import type { Program } from '../../machine/program.ts';
import { strftime } from './time.ts';

export const find: Program = {
  name: 'find',
  async run(process) {
    const given = process.argv.slice(1);
    const links = given.findIndex((arg) => !['-L', '-H', '-P'].includes(arg));
    const args = links < 0 ? [] : given.slice(links);
    const follow = (links < 0 ? given : given.slice(0, links)).at(-1);
    const cut = args.findIndex((arg) => /^[-(!]/.test(arg));
    const starts = cut < 0 ? args : args.slice(0, cut);
    const t = new Tool(withArguments(process, ['find']), { name: 'find', short: '', run: () => 0 });
    const search = new Search(t, cut < 0 ? [] : args.slice(cut), args.includes('-follow') ? '-L' : follow);
    try {
      return await search.run(starts.length > 0 ? starts : ['.']);
    } catch (error) {
      if (!(error instanceof WrongExpression)) throw error;
      await t.complain(error.message);
      return 1;
    }
  },
};

class Search {
  #at = 0;
  #min = 0;
  #max = Number.POSITIVE_INFINITY;
  #depthFirst = false;
  #acts = false;
  /** `-xdev`: what is mounted below is not gone into. */
  #staysHere = false;
  #pruned = false;
  #quit = false;
  #status = 0;
  readonly #batches: { readonly command: readonly string[]; readonly paths: string[] }[] = [];

  constructor(
    private readonly t: Tool,
    private readonly words: readonly string[],
    /** `-L`: links count as what they point to; `-H`: those on the command line do. */
    private readonly follow: string | undefined,
  ) {}

  async run(starts: readonly string[]): Promise<number> {
    const test = this.words.length === 0 ? () => true : this.#or();
    if (this.#at < this.words.length) throw new WrongExpression(isGnu(this.t.process) ? `paths must precede expression: \`${this.words[this.#at]}'` : `unrecognized: ${this.words[this.#at]}`);
    const whole: Test = this.#acts ? test : async (found) => (await test(found)) && (await this.#print(`${found.shown}\n`));
    for (const path of starts) await this.#visit(path, 0, whole);
    for (const { command, paths } of this.#batches) if (paths.length > 0) await this.#execute(command.flatMap((word) => (word === '{}' ? paths : [word])));
    return this.#status;
  }

  async #visit(shown: string, depth: number, test: Test): Promise<void> {
    const { t } = this;
    const path = t.path(shown);
    let stat: FileStat;
    try {
      stat = (this.follow === '-L' || (this.follow === '-H' && depth === 0)) && t.process.files.exists(path) ? t.process.files.stat(path) : t.process.files.lstat(path);
    } catch (error) {
      await t.complain(t.gnu ? `'${shown}': ${reason(error)}` : `${shown}: ${reason(error)}`);
      this.#status = 1;
      return;
    }
    const found: Found = { path, shown, stat, depth };
    this.#pruned = false;
    if (!this.#depthFirst && depth >= this.#min) await test(found);
    if (stat.type === 'directory' && depth < this.#max && !this.#pruned && !this.#quit && !(this.#staysHere && depth > 0 && t.process.files.mounts().some((one) => one.path === path))) {
      let names: string[] = [];
      try {
        names = t.process.files.list(path);
      } catch (error) {
        await t.complain(t.gnu ? `'${shown}': ${reason(error)}` : `${shown}: ${reason(error)}`);
        this.#status = 1;
      }
      for (const name of names) {
        if (this.#quit) return;
        await this.#visit(joined(shown, name), depth + 1, test);
      }
    }
    if (this.#depthFirst && depth >= this.#min) await test(found);
  }

  #or(): Test {
    let left = this.#and();
    while (this.words[this.#at] === '-o' || this.words[this.#at] === '-or') {
      this.#at++;
      const [a, b] = [left, this.#and()];
      left = async (found) => (await a(found)) || (await b(found));
    }
    return left;
  }

  #and(): Test {
    let left = this.#not();
    for (let word = this.words[this.#at]; word !== undefined && word !== '-o' && word !== '-or' && word !== ')'; word = this.words[this.#at]) {
      if (word === '-a' || word === '-and') this.#at++;
      const [a, b] = [left, this.#not()];
      left = async (found) => (await a(found)) && (await b(found));
    }
    return left;
  }

  #not(): Test {
    const word = this.words[this.#at];
    if (word === '!' || word === '-not') {
      this.#at++;
      const inner = this.#not();
      return async (found) => !(await inner(found));
    }
    if (word === '(') {
      this.#at++;
      const inner = this.#or();
      if (this.words[this.#at++] !== ')') throw new WrongExpression("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
      return inner;
    }
    return this.#primary();
  }

  #value(name: string): string {
    const value = this.words[this.#at++];
    if (value === undefined) throw new WrongExpression(this.t.gnu ? `missing argument to \`${name}'` : `bad argument '${name}'`);
    return value;
  }

  #primary(): Test {
    const name = this.words[this.#at++]!;
    switch (name) {
      case '-maxdepth': this.#max = this.#depth(name); return () => true;
      case '-mindepth': this.#min = this.#depth(name); return () => true;
      case '-depth': this.#depthFirst = true; return () => true;
      case '-mount': case '-xdev': this.#staysHere = true; return () => true;
      case '-regextype': this.#regexType = this.#value(name); return () => true;
      case '-follow': case '-true': return () => true;
      case '-false': return () => false;
      case '-prune': return () => (this.#pruned = true);
      case '-quit': this.#acts = true; return () => (this.#quit = true);
      default: return fileTest(this.t, name, () => this.#value(name), this.#regexType) ?? this.#action(name);
    }
  }

  #regexType: string | undefined;

  #depth(name: string): number {
    const text = this.#value(name);
    if (!/^\d+$/.test(text)) throw new WrongExpression(this.t.gnu ? `Expected a positive decimal integer argument to ${name}, but got '${text}'` : `invalid number '${text}'`);
    return Number(text);
  }

  #action(name: string): Test {
    this.#acts = true;
    switch (name) {
      case '-print': return (found) => this.#print(`${found.shown}\n`);
      case '-print0': return (found) => this.#print(`${found.shown}\0`);
      case '-printf': {
        const format = this.#value(name);
        return (found) => this.#print(this.#formatted(format, found));
      }
      case '-ls': return (found) => this.#print(`${String(found.stat.ino).padStart(9)} ${String(Math.ceil(found.stat.size / 1024)).padStart(6)} ${modeLetters(found.stat)} ${String(found.stat.links).padStart(3)} ${userName(found.stat.uid, this.t.process.files).padEnd(8)} ${groupName(found.stat.gid, this.t.process.files).padEnd(8)} ${String(found.stat.size).padStart(8)} ${strftime('%b %e %H:%M', found.stat.mtimeMs)} ${found.shown}\n`);
      case '-delete':
        this.#depthFirst = true;
        return async ({ path, shown }) => {
          try {
            this.t.process.files.remove(path);
            return true;
          } catch (error) {
            await this.t.complain(this.t.gnu ? `cannot delete '${shown}': ${reason(error)}` : `${shown}: ${reason(error)}`);
            this.#status = 1;
            return false;
          }
        };
      case '-ok':
        if (!this.t.gnu) throw new WrongExpression('unrecognized: -ok');
        return this.#exec(name);
      case '-exec': return this.#exec(name);
      default:
        throw new WrongExpression(this.t.gnu ? `unknown predicate \`${name}'` : `unrecognized: ${name}`);
    }
  }

  #exec(name: string): Test {
    const end = this.words.findIndex((word, index) => index >= this.#at && (word === ';' || (word === '+' && this.words[index - 1] === '{}')));
    if (end < 0) throw new WrongExpression(this.t.gnu ? `missing argument to \`${name}'` : `bad argument '${name}'`);
    const command = this.words.slice(this.#at, end);
    this.#at = end + 1;
    if (this.words[end] === '+') {
      const batch = { command, paths: [] as string[] };
      this.#batches.push(batch);
      return (found) => batch.paths.push(found.shown) > 0;
    }
    return async (found) => {
      if (name === '-ok' && !(await asked(this.t, `< ${command[0]} ... ${found.shown} > `, ''))) return false;
      return (await this.#execute(command.map((word) => word.replaceAll('{}', found.shown)))) === 0;
    };
  }

  async #execute(argv: readonly string[]): Promise<number> {
    const child = await start(this.t, argv);
    return typeof child === 'number' ? child : await child.exited;
  }

  #formatted(format: string, { shown, stat, depth }: Found): string {
    const { files } = this.t.process;
    const values: Readonly<Record<string, string>> = { p: shown, f: basename(shown), h: shown.slice(0, Math.max(0, shown.lastIndexOf('/'))) || '.', s: String(stat.size), m: stat.mode.toString(8), M: modeLetters(stat), u: userName(stat.uid, files), g: groupName(stat.gid, files), U: String(stat.uid), G: String(stat.gid), i: String(stat.ino), n: String(stat.links), 'T@': (stat.mtimeMs / 1000).toFixed(9) + '0', y: { file: 'f', directory: 'd', symlink: 'l', device: 'c' }[stat.type], d: String(depth), l: stat.target ?? '', '%': '%' };
    return format.replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/\\0/g, '\0').replace(/%(T@|[a-zA-Z%])/g, (whole, letter: string) => values[letter] ?? whole);
  }

  async #print(text: string): Promise<boolean> {
    await this.t.write(text);
    return true;
  }
}
