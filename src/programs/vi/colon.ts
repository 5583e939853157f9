/** The commands after a colon: write, quit, read, go, delete, substitute, set. Knows no terminal. See colon() in editors/vi.c. */
import type { Editor } from './editor.ts';

const RANGE = /^(%|(?:\d+|[.$])(?:,(?:\d+|[.$]))?)?\s*(.*)$/s;

/** Do what was typed, or say why not. */
export function colon(editor: Editor, typed: string): void {
  const [, range, command = ''] = RANGE.exec(typed.trim())!;
  const [first, last] = linesOf(editor, range);
  if (command === '') {
    if (range !== undefined) editor.goTo(last + 1);
    return;
  }
  const [, name = '', bang = '', rest = ''] = /^([a-zA-Z]+|=)(!?)\s*(.*)$/s.exec(command) ?? [];
  if (/^s[^a-zA-Z\s]/.test(command)) return substitute(editor, command, first, last);
  switch (name) {
    case 'w':
    case 'write':
      return void editor.wishes.push({ kind: 'write', path: rest || undefined, lines: range === undefined ? editor.lines : editor.lines.slice(first, last + 1) });
    case 'wq':
    case 'x':
      if (name === 'wq' || editor.modified) editor.wishes.push({ kind: 'write', path: rest || undefined, lines: editor.lines });
      return void editor.wishes.push({ kind: 'quit' });
    case 'q':
    case 'quit':
      if (editor.modified && bang === '') editor.message = 'No write since last change (:q! overrides)';
      else editor.wishes.push({ kind: 'quit' });
      return;
    case 'e':
    case 'edit':
      if (editor.modified && bang === '') editor.message = 'No write since last change (:e! overrides)';
      else editor.wishes.push({ kind: 'edit', path: rest });
      return;
    case 'r':
    case 'read':
      return void (rest === '' ? (editor.message = 'No filename given') : editor.wishes.push({ kind: 'read', path: rest }));
    case 'd':
    case 'delete':
      editor.remember();
      return editor.change([...editor.lines.slice(0, first), ...editor.lines.slice(last + 1)], { line: first, column: 0 });
    case 'set':
    case 'se':
      return set(editor, rest);
    case '=':
      editor.message = String(range === undefined ? editor.lines.length : last + 1);
      return;
    default:
      editor.message = `':${typed.trim()}' is not implemented`;
  }
}

/** First and last line, from 0. */
function linesOf(editor: Editor, range: string | undefined): readonly [number, number] {
  const { line } = editor.cursor;
  const end = editor.lines.length - 1;
  if (range === undefined) return [line, line];
  if (range === '%') return [0, end];
  const [first, last = first] = range.split(',').map((part) => Math.min(end, Math.max(0, part === '.' ? line : part === '$' ? end : Number(part) - 1)));
  return [first!, last!];
}

/** `s/from/to/g`, with any sign for the slashes. */
function substitute(editor: Editor, command: string, first: number, last: number): void {
  const sign = command[1]!;
  const [, from = '', to = '', flags = ''] = command.slice(1).split(new RegExp(`(?<!\\\\)${sign.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`));
  let pattern: RegExp;
  try {
    pattern = new RegExp(from.replaceAll(`\\${sign}`, sign), `${flags.includes('g') ? 'g' : ''}${flags.includes('i') ? 'i' : ''}`);
  } catch {
    editor.message = ':s bad search pattern';
    return;
  }
  const changed = editor.lines.map((line, at) => (at >= first && at <= last ? line.replace(pattern, to.replaceAll(`\\${sign}`, sign).replaceAll('$', '$$$$').replaceAll(/(?<!\\)&/g, '$$&').replaceAll(/\\(\d)/g, '$$$1')) : line));
  const lastChanged = changed.findLastIndex((line, at) => line !== editor.lines[at]);
  if (lastChanged < 0) {
    editor.message = 'No match';
    return;
  }
  editor.remember();
  editor.change(changed, { line: lastChanged, column: 0 });
}

function set(editor: Editor, words: string): void {
  for (const word of words.split(/\s+/)) {
    if (word === 'number' || word === 'nu') editor.numbers = true;
    else if (word === 'nonumber' || word === 'nonu') editor.numbers = false;
    else if (!/^(no)?(ai|autoindent|et|expandtab|fl|flash|ic|ignorecase|sm|showmatch)$|^(ts|tabstop|sw|shiftwidth)=\d+$/.test(word)) editor.message = `bad option: ${word}`;
    // Differs from Linux: of the options only `number` is kept; the others a YAML file is edited with change nothing here.
    else editor.message = '';
  }
}
