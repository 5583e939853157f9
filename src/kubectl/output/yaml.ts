/**
 * YAML as kubectl prints it (`-o yaml`): the emitter of go-yaml v2 behind sigs.k8s.io/yaml. Keys sorted, two blanks,
 * lists not indented, long lines folded behind column 80. Knows nothing of Kubernetes.
 * See go.yaml.in/yaml/v2 encode.go, resolve.go and emitterc.go.
 */
import { compareKeys } from './key-order.ts';
import { resolvesToString } from './yaml-resolve.ts';

const WIDTH = 80;

/** @param value plain JSON. The result ends in a newline. */
export function toYaml(value: unknown): string {
  const out = new Writer();
  emit(out, value, 0, 'root');
  return out.finish();
}

/** Where a node stands decides whether its first line follows on the same line. */
type Place = 'root' | 'value' | 'item';

class Writer {
  #text = '';
  #column = 0;

  write(text: string): void {
    this.#text += text;
    const newline = text.lastIndexOf('\n');
    this.#column = newline < 0 ? this.#column + text.length : text.length - newline - 1;
  }

  get column(): number {
    return this.#column;
  }

  finish(): string {
    return `${this.#text}\n`;
  }
}

function emit(out: Writer, value: unknown, indent: number, place: Place): void {
  if (Array.isArray(value)) return emitList(out, value as readonly unknown[], indent, place);
  if (typeof value === 'object' && value !== null) return emitMap(out, value as Readonly<Record<string, unknown>>, indent, place);
  if (place === 'value' || place === 'item') out.write(' ');
  if (typeof value === 'string') return emitString(out, value, indent);
  out.write(scalar(value));
}

function scalar(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number') return goFloat(value);
  return String(value as boolean);
}

/** Whole numbers in full, others as Go's %g writes float64. */
function goFloat(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value);
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (power < -4 || power >= 21) return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  return String(value);
}

function emitMap(out: Writer, map: Readonly<Record<string, unknown>>, indent: number, place: Place): void {
  const keys = Object.keys(map).filter((key) => map[key] !== undefined).sort(compareKeys);
  if (keys.length === 0) return out.write(place === 'root' ? '{}' : ' {}');
  // A map that is a list's item begins on the line of the dash.
  keys.forEach((key, index) => {
    if (index === 0 && place === 'item') out.write(' ');
    else if (index > 0 || place === 'value') out.write(`\n${' '.repeat(indent)}`);
    emitKey(out, key);
    out.write(':');
    const value = map[key];
    const nested = Array.isArray(value) ? indent : indent + 2;
    emit(out, value, nested, 'value');
  });
}

function emitList(out: Writer, list: readonly unknown[], indent: number, place: Place): void {
  if (list.length === 0) return out.write(place === 'root' ? '[]' : ' []');
  list.forEach((item, index) => {
    if (index === 0 && place === 'item') out.write(' ');
    else if (index > 0 || place === 'value') out.write(`\n${' '.repeat(indent)}`);
    out.write('-');
    emit(out, item, indent + 2, 'item');
  });
}

function emitKey(out: Writer, key: string): void {
  const style = key.includes('\n') ? 'double' : chooseStyle(key, true);
  if (style === 'plain') out.write(key);
  else if (style === 'single') out.write(`'${key.replaceAll("'", "''")}'`);
  else out.write(doubleQuoted(key));
}

function emitString(out: Writer, text: string, indent: number): void {
  const style = chooseStyle(text, false);
  // Continuation lines of a folded scalar stand at the depth of its parent plus two, never at the margin.
  const depth = Math.max(indent, 2);
  if (style === 'literal') return emitLiteral(out, text, indent);
  if (style === 'plain') return emitFolded(out, text, depth, '', (char) => char);
  if (style === 'single') return emitFolded(out, text, depth, "'", (char) => (char === "'" ? "''" : char));
  emitDouble(out, text, depth);
}

type Style = 'plain' | 'single' | 'double' | 'literal';

function chooseStyle(text: string, isKey: boolean): Style {
  const facts = analyze(text);
  if (text.includes('\n') && !isKey) return facts.blockAllowed ? 'literal' : 'double';
  if (!resolvesToString(text)) return 'double';
  if (facts.plainAllowed && text !== '') return 'plain';
  return facts.singleAllowed ? 'single' : 'double';
}

interface Facts {
  readonly plainAllowed: boolean;
  readonly singleAllowed: boolean;
  readonly blockAllowed: boolean;
}

/** What the text's characters permit: yaml_emitter_analyze_scalar, for block context. */
function analyze(text: string): Facts {
  const chars = [...text];
  const isSpace = (char: string | undefined) => char === ' ';
  const isBreak = (char: string | undefined) => char === '\n' || char === '\r' || char === '\u0085' || char === '\u2028' || char === '\u2029';
  const isBlankOrEnd = (char: string | undefined) => char === undefined || char === ' ' || char === '\t' || isBreak(char);
  let blockIndicators = text.startsWith('---') || text.startsWith('...');
  let special = false;
  let lineBreaks = false;
  let breakSpace = false;
  let spaceBreak = false;
  chars.forEach((char, index) => {
    const next = chars[index + 1];
    const previous = chars[index - 1];
    if (index === 0) {
      if ('#,[]{}&*!|>\'"%@`'.includes(char)) blockIndicators = true;
      if ((char === '?' || char === ':' || char === '-') && isBlankOrEnd(next)) blockIndicators = true;
    } else {
      if (char === ':' && isBlankOrEnd(next)) blockIndicators = true;
      if (char === '#' && isBlankOrEnd(previous)) blockIndicators = true;
    }
    if (!isPrintable(char)) special = true;
    if (isBreak(char)) {
      lineBreaks = true;
      if (isSpace(previous)) spaceBreak = true;
    }
    if (isSpace(char) && isBreak(previous)) breakSpace = true;
  });
  const first = chars[0];
  const last = chars.at(-1);
  const edges = isSpace(first) || isBreak(first) || isSpace(last) || isBreak(last);
  const hopeless = spaceBreak || special;
  return {
    plainAllowed: !edges && !breakSpace && !hopeless && !lineBreaks && !blockIndicators,
    singleAllowed: !breakSpace && !hopeless,
    blockAllowed: !isSpace(last) && !hopeless,
  };
}

function isPrintable(char: string): boolean {
  const code = char.codePointAt(0)!;
  // A tab, a carriage return and everything beyond the basic plane count as special there.
  return code === 0x0a || (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff);
}

function emitFolded(out: Writer, text: string, indent: number, quote: '' | "'", escape: (char: string) => string): void {
  out.write(quote);
  const chars = [...text];
  let spaces = false;
  chars.forEach((char, index) => {
    if (char === ' ') {
      const inner = quote === '' || (index > 0 && index < chars.length - 1);
      if (!spaces && out.column > WIDTH && inner && chars[index + 1] !== ' ') out.write(`\n${' '.repeat(indent)}`);
      else out.write(char);
      spaces = true;
      return;
    }
    out.write(escape(char));
    spaces = false;
  });
  out.write(quote);
}

const ESCAPES: Readonly<Record<string, string>> = { '\0': '\\0', '\x07': '\\a', '\b': '\\b', '\t': '\\t', '\n': '\\n', '\v': '\\v', '\f': '\\f', '\r': '\\r', '\x1b': '\\e', '"': '\\"', '\\': '\\\\', '\u0085': '\\N', '\u2028': '\\L', '\u2029': '\\P' };

function escapeDouble(char: string): string {
  const known = ESCAPES[char];
  if (known !== undefined) return known;
  if (isPrintable(char)) return char;
  const code = char.codePointAt(0)!;
  if (code <= 0xff) return `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return `\\U${code.toString(16).toUpperCase().padStart(8, '0')}`;
}

function doubleQuoted(text: string): string {
  return `"${[...text].map(escapeDouble).join('')}"`;
}

function emitDouble(out: Writer, text: string, indent: number): void {
  out.write('"');
  const chars = [...text];
  let spaces = false;
  chars.forEach((char, index) => {
    if (char === ' ') {
      if (!spaces && out.column > WIDTH && index > 0 && index < chars.length - 1) {
        out.write(`\n${' '.repeat(indent)}`);
        if (chars[index + 1] === ' ') out.write('\\');
      } else {
        out.write(char);
      }
      spaces = true;
      return;
    }
    out.write(escapeDouble(char));
    spaces = false;
  });
  out.write('"');
}

/** `|` with its hints: a digit when the text begins with a blank, `-` without a final newline, `+` with several. */
function emitLiteral(out: Writer, text: string, indent: number): void {
  const depth = Math.max(indent, 2);
  const hint = text.startsWith(' ') || text.startsWith('\n') ? '2' : '';
  const chomp = !text.endsWith('\n') ? '-' : text.endsWith('\n\n') || text === '\n' ? '+' : '';
  out.write(`|${hint}${chomp}`);
  const lines = text.split('\n');
  // What stands behind the last newline is nothing, unless the text does not end in one.
  if (lines.at(-1) === '') lines.pop();
  for (const line of lines) out.write(line === '' ? '\n' : `\n${' '.repeat(depth)}${line}`);
}
