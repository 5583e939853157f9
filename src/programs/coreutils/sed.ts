/** sed: see POSIX, "sed", with `-i`, `-E`/`-r` and `-s`. Parsing is in `sed-script.ts`. Over 250 lines: one editor, one case a command. */
import { FileError } from '../../machine/file-error.ts';
import { openOutput } from '../../machine/open.ts';
import { Exit } from '../../machine/program.ts';
import { inputFrom } from '../../machine/streams.ts';
import { type End, type Ended, endedRecords } from './records.ts';
import { type Address, type SedCommand, SedError, type Substitution, parseSed } from './sed-script.ts';
import { type Tool, reason, tool } from './tool.ts';

export const sed = tool({
  name: 'sed', short: 'ne:f:Eri::suz', gnuOnly: 'suz', withoutEffect: { u: 'lines are read and written one by one anyway' }, absent: ['debug', 'posix', 'sandbox', 'follow-symlinks', 'l', 'line-length'], long: { quiet: 'n', silent: 'n', expression: 'e', file: 'f', 'regexp-extended': 'E', 'in-place': 'i', separate: 's', unbuffered: 'u', 'null-data': 'z', 'zero-terminated': 'z' },
  async run(t) {
    const operands = [...t.operands];
    const parts = [...t.values('e'), ...t.values('f').map((path) => t.process.files.read(t.path(path)).replace(/\n$/, ''))];
    if (parts.length === 0) {
      const script = operands.shift();
      if (script === undefined) {
        await t.process.stderr.write(t.gnu ? "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n\nTry 'sed --help' for more information.\n" : 'Usage: sed [-i[SFX]] [-nrE] [-f FILE]... [-e CMD]... [FILE]...\nor: sed [-i[SFX]] [-nrE] CMD [FILE]...\n');
        return 1;
      }
      parts.push(script);
    }
    let script: readonly SedCommand[];
    try {
      script = parseSed(parts.join('\n'), t.has('E') || t.has('r'));
    } catch (error) {
      if (!(error instanceof SedError)) throw error;
      await t.complain(t.gnu ? `-e expression #1, char ${error.at}: ${error.message}` : error.message.replace(/^unknown command: `(.)'$/, 'unsupported command $1').replace("unterminated `s' command", 'unmatched \'/\'').replace("unknown option to `s'", 'unknown option to s'));
      return 1;
    }
    return t.has('i') ? await inPlace(t, script, operands) : await overInputs(t, script, operands);
  },
});

async function overInputs(t: Tool, script: readonly SedCommand[], operands: readonly string[]): Promise<number> {
  let status = 0;
  const inputs = async function* () {
    for (const name of operands.length > 0 ? operands : ['-']) {
      try {
        if (name !== '-' && t.process.files.exists(t.path(name)) && t.process.files.stat(t.path(name)).type === 'directory') throw new FileError('EISDIR', name);
        yield name === '-' ? t.process.stdin : inputFrom(t.process.files.read(t.path(name)));
      } catch (error) {
        const words = reason(error);
        if (words !== 'Is a directory') await t.complain(t.gnu ? `can't read ${name}: ${words}` : `${name}: ${words}`);
        else if (t.gnu) {
          await t.complain(`read error on ${name}: ${words}`);
          throw new Exit(4);
        } else continue;
        status = t.gnu ? 2 : 1;
      }
    }
  };
  const editor = new Editor(t, script, (text) => t.write(text));
  if (!t.has('s')) {
    const all = async function* () {
      for await (const input of inputs()) yield* endedRecords(input, endOf(t));
    };
    return (await editor.run(all())) ?? status;
  }
  for await (const input of inputs()) {
    const code = await editor.run(endedRecords(input, endOf(t)));
    if (code !== undefined) return code;
  }
  return status;
}

const endOf = (t: Tool): End => (t.has('z') ? '\0' : '\n');

async function inPlace(t: Tool, script: readonly SedCommand[], operands: readonly string[]): Promise<number> {
  const { files } = t.process;
  let status = 0;
  for (const name of operands) {
    let text: string;
    try {
      if (t.gnu && files.exists(t.path(name)) && files.stat(t.path(name)).type === 'directory') {
        await t.complain(`couldn't edit ${name}: not a regular file`);
        return 4;
      }
      text = files.read(t.path(name));
    } catch (error) {
      await t.complain(t.gnu ? `can't read ${name}: ${reason(error)}` : `${name}: ${reason(error)}`);
      status = t.gnu ? 2 : 1;
      continue;
    }
    let result = '';
    const editor = new Editor(t, script, (part) => {
      result += part;
      return Promise.resolve();
    });
    const code = await editor.run(endedRecords(inputFrom(text), endOf(t)));
    const suffix = t.value('i');
    try {
      if (suffix) files.write(t.path(name + suffix), text);
      files.write(t.path(name), result);
    } catch (error) {
      await t.complain(t.gnu ? `couldn't open temporary file ${name}: ${reason(error)}` : `can't create temp file ${name}XXXXXX: ${reason(error)}`);
      return t.gnu ? 4 : 1;
    }
    if (code !== undefined) return code;
  }
  return status;
}

class Quit extends Error {
  constructor(
    readonly code: number,
    readonly print: boolean,
  ) {
    super('quit');
  }
}

class Editor {
  #pattern = '';
  #hold = '';
  #line = 0;
  #last = false;
  #appended: string[] = [];
  #replaced = false;
  #lines!: AsyncGenerator<Ended, void, undefined>;
  #next: IteratorResult<Ended, void> | undefined;
  /** The input's last line has no end, and is written without one. */
  #isEnded = true;
  #owesEnd = false;
  readonly #end: End;
  #lastRegexp: RegExp | undefined;
  readonly #ranges = new Map<SedCommand, number | 'open'>();

  constructor(
    private readonly t: Tool,
    private readonly script: readonly SedCommand[],
    private readonly write: (text: string) => Promise<void>,
  ) {
    this.#end = endOf(t);
  }

  /** @returns the exit code of a `q`, undefined at the end of the input */
  async run(source: AsyncGenerator<Ended, void, undefined>): Promise<number | undefined> {
    this.#lines = source;
    this.#next = undefined;
    this.#last = false;
    if (this.t.has('s')) this.#line = 0;
    let again = false;
    while (again || (await this.#advance())) {
      this.#replaced = false;
      try {
        const outcome = await this.#execute(this.script);
        again = outcome === 'restart';
        if (outcome === 'end' && !this.t.has('n')) await this.#print(this.#pattern);
      } catch (error) {
        if (!(error instanceof Quit)) throw error;
        if (error.print && !this.t.has('n')) await this.#print(this.#pattern);
        await this.#flush();
        return error.code;
      }
      await this.#flush();
    }
    return undefined;
  }

  /** A line as it came: without its end where the input's last had none. */
  async #print(text: string, isEnded = this.#isEnded): Promise<void> {
    await this.#raw(`${text}${isEnded ? this.#end : ''}`);
    this.#owesEnd = !isEnded;
  }

  async #raw(text: string): Promise<void> {
    if (this.#owesEnd) await this.write(this.#end);
    this.#owesEnd = false;
    await this.write(text);
  }

  async #flush(): Promise<void> {
    for (const text of this.#appended.splice(0)) await this.#raw(text);
  }

  /** Read the next line into the pattern space. @returns false at the end */
  async #advance(): Promise<boolean> {
    const now = this.#next ?? (await this.#lines.next());
    if (now.done) return false;
    this.#pattern = now.value.text;
    this.#isEnded = now.value.isEnded;
    this.#line++;
    this.#next = undefined;
    // Only scripts that ask for the last line need to look ahead; others must answer line by line.
    if (this.#looksAhead) {
      this.#next = await this.#lines.next();
      this.#last = this.#next.done === true;
    }
    return true;
  }

  get #looksAhead(): boolean {
    const uses = (commands: readonly SedCommand[]): boolean => commands.some((command) => command.from?.kind === 'last' || command.to?.kind === 'last' || 'nN'.includes(command.name) || (command.block ? uses(command.block) : false));
    return uses(this.script);
  }

  async #execute(commands: readonly SedCommand[]): Promise<'end' | 'delete' | 'restart'> {
    const flat = commands;
    for (let i = 0; i < flat.length; i++) {
      const command = flat[i]!;
      if (this.#selected(command) === command.negated) continue;
      if (command.block) {
        const outcome = await this.#execute(command.block);
        if (outcome !== 'end' || this.#jump !== undefined) {
          if (this.#jump === undefined) return outcome;
        } else continue;
      } else {
        const outcome = await this.#one(command);
        if (outcome) return outcome;
      }
      if (this.#jump === undefined) continue;
      const label = this.#jump;
      const target = label === '' ? flat.length : flat.findIndex((other) => other.name === ':' && other.text === label);
      if (target < 0) return 'end';
      if (label === '' && flat !== this.script) return 'end';
      this.#jump = undefined;
      i = target;
    }
    return 'end';
  }

  #jump: string | undefined;

  #matches(address: Address): boolean {
    switch (address.kind) {
      case 'line': return this.#line === address.line;
      case 'last': return this.#last;
      case 'step': return address.step === 0 ? this.#line === address.first : this.#line >= address.first && (this.#line - address.first) % address.step === 0;
      case 'offset': return false;
      case 'pattern': {
        const regexp = address.regexp ?? this.#lastRegexp;
        if (!regexp) return false;
        this.#lastRegexp = regexp;
        regexp.lastIndex = 0;
        return regexp.test(this.#pattern);
      }
    }
  }

  #selected(command: SedCommand): boolean {
    const { from, to } = command;
    if (!from) return true;
    if (!to) return this.#matches(from);
    const state = this.#ranges.get(command);
    if (state === undefined) {
      if (!this.#matches(from)) return false;
      if (to.kind === 'line' && to.line <= this.#line) return true;
      this.#ranges.set(command, to.kind === 'offset' ? this.#line + to.count : 'open');
      if (to.kind === 'offset' && to.count === 0) this.#ranges.delete(command);
      return true;
    }
    const ends = typeof state === 'number' ? this.#line >= state : to.kind === 'line' ? this.#line >= to.line : this.#matches(to);
    if (ends) this.#ranges.delete(command);
    return true;
  }

  async #one(command: SedCommand): Promise<'end' | 'delete' | 'restart' | undefined> {
    const { name, text } = command;
    switch (name) {
      case 's': return await this.#substitute(command.substitution!), undefined;
      case 'y': {
        const [from = '', to = ''] = text.replace(/\\n/g, '\n').replace(/\\\\/g, '\\').split('\0');
        this.#pattern = [...this.#pattern].map((c) => (from.includes(c) ? to[from.indexOf(c)]! : c)).join('');
        return undefined;
      }
      case 'p': await this.#print(this.#pattern); return undefined;
      case 'P': await this.#print(this.#pattern.split(this.#end)[0]!, true); return undefined;
      case 'd': return 'delete';
      case 'D': {
        const cut = this.#pattern.indexOf(this.#end);
        if (cut < 0) return 'delete';
        this.#pattern = this.#pattern.slice(cut + 1);
        return 'restart';
      }
      case 'h': this.#hold = this.#pattern; return undefined;
      case 'H': this.#hold += `${this.#end}${this.#pattern}`; return undefined;
      case 'g': this.#pattern = this.#hold; return undefined;
      case 'G': this.#pattern += `${this.#end}${this.#hold}`; return undefined;
      case 'x': [this.#pattern, this.#hold] = [this.#hold, this.#pattern]; return undefined;
      case 'z': this.#pattern = ''; return undefined;
      case 'a': this.#appended.push(`${text}\n`); return undefined;
      case 'i': await this.#print(text, true); return undefined;
      case 'c':
        if (!command.to || !this.#ranges.has(command) || command.negated) await this.#print(text, true);
        return 'delete';
      case '=': await this.#raw(`${this.#line}${this.#end}`); return undefined;
      case 'l': await this.#raw(`${this.#pattern.replace(/\\/g, '\\\\').replace(/\t/g, '\\t').replace(/\n/g, '\\n')}$${this.#end}`); return undefined;
      case 'n':
        if (this.#last) throw new Quit(0, true);
        if (!this.t.has('n')) await this.#print(this.#pattern);
        await this.#flush();
        if (!(await this.#advance())) throw new Quit(0, false);
        return undefined;
      case 'N': {
        const before = this.#pattern;
        if (this.#last) throw new Quit(0, true);
        await this.#flush();
        if (!(await this.#advance())) throw new Quit(0, true);
        this.#pattern = `${before}${this.#end}${this.#pattern}`;
        return undefined;
      }
      case 'q': throw new Quit(Number(text || 0), true);
      case 'Q': throw new Quit(Number(text || 0), false);
      case 'b': this.#jump = text; return undefined;
      case 't': case 'T':
        if (this.#replaced === (name === 't')) this.#jump = text;
        if (this.#replaced) this.#replaced = false;
        return undefined;
      case 'r':
        if (this.t.process.files.exists(this.t.path(text))) this.#appended.push(this.t.process.files.read(this.t.path(text)));
        return undefined;
      case 'w': await this.#toFile(text); return undefined;
      default: return undefined;
    }
  }

  readonly #written = new Map<string, ReturnType<typeof openOutput>>();

  async #toFile(path: string): Promise<void> {
    const output = this.#written.get(path) ?? openOutput(this.t.process, path);
    this.#written.set(path, output);
    await output.write(`${this.#pattern}\n`);
  }

  async #substitute({ regexp: own, replacement, global, nth, print, file }: Substitution): Promise<void> {
    const regexp = own ?? this.#lastRegexp;
    if (!regexp) return;
    this.#lastRegexp = regexp;
    regexp.lastIndex = 0;
    let count = 0;
    let changed = false;
    this.#pattern = this.#pattern.replace(regexp, (...groups: unknown[]) => {
      count++;
      if (count < nth || (count > nth && !global)) return groups[0] as string;
      changed = true;
      return expand(replacement, groups as string[]);
    });
    if (!changed) return;
    this.#replaced = true;
    if (print) await this.#print(this.#pattern);
    if (file !== undefined) await this.#toFile(file);
  }
}

/** `&`, `\1`, `\n` and GNU's case changes `\U`, `\L`, `\u`, `\l`, `\E` in a replacement. */
function expand(replacement: string, groups: readonly string[]): string {
  let text = '';
  let mode = '';
  let once = '';
  const add = (piece: string) => {
    let shown = mode === 'U' ? piece.toUpperCase() : mode === 'L' ? piece.toLowerCase() : piece;
    if (once !== '' && shown !== '') {
      shown = (once === 'u' ? shown[0]!.toUpperCase() : shown[0]!.toLowerCase()) + shown.slice(1);
      once = '';
    }
    text += shown;
  };
  for (const piece of replacement.match(/\\[\s\S]|&|[^\\&]+/g) ?? []) {
    if (piece === '&') add(groups[0]!);
    else if (!piece.startsWith('\\')) add(piece);
    else {
      const c = piece[1]!;
      if (/\d/.test(c)) add(typeof groups[Number(c)] === 'string' ? groups[Number(c)]! : '');
      else if (c === 'U' || c === 'L') mode = c;
      else if (c === 'E') mode = '';
      else if (c === 'u' || c === 'l') once = c;
      else add({ n: '\n', t: '\t', r: '\r' }[c] ?? c);
    }
  }
  return text;
}
