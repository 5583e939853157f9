/** `export`, `readonly`, `local`, `declare`, `unset`: variables and what is known of them. */
import type { Assignment } from 'unbash';
import { ShellError } from '../control.ts';
import { failureStatus } from '../dialect.ts';
import { expandText, expandWords } from '../expand.ts';
import type { Shell } from '../shell.ts';
import { evaluate } from '../arithmetic.ts';
import { parseArithmetic } from '../parse.ts';
import { type Variable, keysOf } from '../variables.ts';

const NAME = /^[A-Za-z_]\w*$/;

/** `a=(1 2)`, `a[3]=x`, `a+=(y)`. @param declared the command in front is `declare` or one of its kin */
export async function assignArray(shell: Shell, { name, value, index, append }: Assignment, declared: boolean): Promise<void> {
  if (shell.dialect !== 'bash') {
    // busybox ash and dash have no arrays: to them the parenthesis is out of place.
    if (value.type === 'ArrayValue') throw new ShellError(shell.dialect === 'ash' ? 'syntax error: unexpected "("' : 'Syntax error: "(" unexpected', 2, true);
    throw new ShellError(`${name}[${index?.text}]=: not found`, 127, false);
  }
  if (shell.variables.isReadonly(name) && !declared) throw new ShellError(`${name}: readonly variable`, 1, true);
  const old = shell.variables.find(name);
  if (value.type !== 'ArrayValue') {
    const text = await expandText(shell, value, true);
    const key = old?.map ? await expandText(shell, index!) : String(shell.index(index!.value));
    shell.variables.setItem(name, key, append ? (shell.item(name, key) ?? '') + text : text);
    return;
  }
  const items = new Map<string, string>(append ? (old?.items ?? (old?.value === undefined ? [] : [['0', old.value]])) : []);
  let next = Math.max(-1, ...[...items.keys()].map(Number).filter((key) => !Number.isNaN(key))) + 1;
  for (const element of value.elements) {
    const keyed = /^\[([^\]]*)\]=([\s\S]*)$/.exec(element.text);
    if (keyed) {
      const key = keyed[1]!.replace(/^["']|["']$/g, '');
      const text = (await expandText(shell, element)).replace(/^\[[^\]]*\]=/, '');
      items.set(old?.map ? key : String(shell.index(key)), text);
      if (!old?.map) next = shell.index(key) + 1;
    } else for (const text of await expandWords(shell, [element])) items.set(String(next++), text);
  }
  shell.variables.define(name, { ...old, value: undefined, items });
}

/** Set a variable, or an element of an array, by a name that came as text. */
export function assignName(shell: Shell, name: string, value: string): void {
  const element = /^([A-Za-z_]\w*)\[(.+)\]$/.exec(name);
  if (element) shell.variables.setItem(element[1]!, shell.variables.find(element[1]!)?.map ? element[2]! : String(shell.index(element[2]!)), value);
  else if (NAME.test(name)) shell.assign(name, value);
  else throw new ShellError(shell.dialect === 'bash' ? `\`${name}': not a valid identifier` : `${name}: bad variable name`, failureStatus(shell.dialect), true, 'read');
}

export const exportVariables = (shell: Shell, args: readonly string[]) => mark(shell, args, 'export', 'exported');
export const readonlyVariables = (shell: Shell, args: readonly string[]) => mark(shell, args, 'readonly', 'readonly');

async function mark(shell: Shell, args: readonly string[], builtin: 'export' | 'readonly', what: 'exported' | 'readonly'): Promise<number> {
  const remove = args[0] === '-n';
  const rest = args.filter((arg) => !/^-[pnfa]$/.test(arg));
  if (rest.length === 0) {
    for (const name of shell.variables.names()) {
      const variable = shell.variables.find(name)!;
      if (!variable[what]) continue;
      const start = shell.dialect === 'bash' ? `declare -${variable.readonly ? 'r' : ''}${variable.exported ? 'x' : '-'} `.replace('-r-', '-r') : `${builtin} `;
      await shell.stdout.write(`${start}${name}${variable.value === undefined ? '' : `=${shell.dialect === 'bash' ? `"${variable.value.replace(/["\\$`]/g, '\\$&')}"` : quote(variable.value)}`}\n`);
    }
    return 0;
  }
  let status = 0;
  for (const arg of rest) {
    const [, name = '', plus, value] = /^([^=+]*)(\+?)(?:=([\s\S]*))?$/.exec(arg) ?? [];
    if (!NAME.test(name)) {
      if (shell.dialect !== 'bash') throw new ShellError(`${name}: bad variable name`, 2, true, builtin);
      await shell.complain(`\`${arg}': not a valid identifier`, builtin);
      status = 1;
      continue;
    }
    if (value !== undefined) shell.assign(name, plus ? (shell.variables.get(name) ?? '') + value : value);
    shell.variables.mark(name, { [what]: !remove });
  }
  return status;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

export async function local(shell: Shell, args: readonly string[]): Promise<number> {
  if (shell.functionDepth === 0) throw new ShellError(shell.dialect === 'bash' ? 'can only be used in a function' : 'not in a function', failureStatus(shell.dialect), shell.dialect !== 'bash', 'local');
  return await declareWith(shell, args, true);
}

export async function declare(shell: Shell, args: readonly string[]): Promise<number> {
  return await declareWith(shell, args, shell.functionDepth > 0 && !args.includes('-g'));
}

async function declareWith(shell: Shell, args: readonly string[], localize: boolean): Promise<number> {
  const letters = args.filter((arg) => /^[-+][A-Za-z]+$/.test(arg)).join('');
  const rest = args.filter((arg) => !/^[-+][A-Za-z]+$/.test(arg));
  if (letters.includes('p') || (rest.length === 0 && args.length === 0)) return await printDeclared(shell, rest);
  for (const arg of rest) {
    const [, name = '', plus, value] = /^([^=+]*)(\+?)(?:=([\s\S]*))?$/.exec(arg) ?? [];
    if (!NAME.test(name)) {
      await shell.complain(shell.dialect === 'bash' ? `\`${arg}': not a valid identifier` : `${name}: bad variable name`, 'declare');
      return 1;
    }
    const before = shell.variables.get(name);
    // dash keeps the value that the name has outside; the others begin without one.
    const known = shell.variables.find(name);
    if (localize && !(value === undefined && known?.items && shell.dialect === 'bash')) shell.variables.localize(name, shell.dialect === 'dash' || letters.includes('p'));
    if (value !== undefined && shell.variables.isReadonly(name)) shell.assign(name, value);
    const marks: Partial<Variable> = {
      ...(letters.includes('x') ? { exported: true } : {}), ...(letters.includes('r') ? { readonly: true } : {}), ...(letters.includes('i') ? { integer: true } : {}),
      ...(letters.includes('A') ? { map: true, items: shell.variables.find(name)?.items ?? new Map() } : letters.includes('a') ? { items: shell.variables.find(name)?.items ?? new Map() } : {}),
    };
    if (value !== undefined) {
      const computed = letters.includes('i') ? String(evaluate(parseArithmetic(value), shell.arithmetic(new Map()), value)) : value;
      shell.assign(name, plus ? (before ?? '') + computed : computed);
    }
    shell.variables.define(name, { ...(shell.variables.find(name) ?? { value: undefined }), ...marks });
  }
  return 0;
}

async function printDeclared(shell: Shell, names: readonly string[]): Promise<number> {
  for (const name of names.length > 0 ? names : shell.variables.names()) {
    const variable = shell.variables.find(name);
    if (!variable) {
      await shell.complain(`${name}: not found`, 'declare');
      return 1;
    }
    const letters = `${variable.items ? (variable.map ? 'A' : 'a') : ''}${variable.integer ? 'i' : ''}${variable.readonly ? 'r' : ''}${variable.exported ? 'x' : ''}` || '-';
    const shown = (text: string) => `"${text.replace(/["\\$`]/g, '\\$&')}"`;
    const value = variable.items ? `=(${keysOf(variable).map((key) => `[${key}]=${shown(variable.items!.get(key)!)}`).join(' ')}${variable.map ? ' ' : ''})` : variable.value === undefined ? '' : `=${shown(variable.value)}`;
    await shell.stdout.write(`declare -${letters} ${name}${value}\n`);
  }
  return 0;
}

export async function unset(shell: Shell, args: readonly string[]): Promise<number> {
  const functions = args[0] === '-f';
  let status = 0;
  for (const arg of args.filter((word) => word !== '-v' && word !== '-f')) {
    if (functions) {
      shell.functions.delete(arg);
      continue;
    }
    const element = /^([A-Za-z_]\w*)\[(.+)\]$/.exec(arg);
    const name = element?.[1] ?? arg;
    if (shell.variables.isReadonly(name)) {
      if (shell.dialect !== 'bash') throw new ShellError(`${name}: is read only`, 2, true, 'unset');
      await shell.complain(`${name}: cannot unset: readonly variable`, 'unset');
      status = 1;
    } else if (element) shell.variables.unset(name, shell.variables.find(name)?.map ? element[2]! : String(shell.index(element[2]!)));
    else if (shell.variables.find(name) || shell.dialect !== 'bash') shell.variables.unset(name);
    else shell.functions.delete(name);
  }
  return status;
}
