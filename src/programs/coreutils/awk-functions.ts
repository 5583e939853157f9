/** awk's own functions and its printf. See POSIX, "awk", "Functions". */
import { awkFormat, toText } from './awk-format.ts';
import type { AwkMachine } from './awk-machine.ts';
import type { Expression } from './awk-syntax.ts';
import { AwkError, type Value, toNumber } from './awk-values.ts';
import { strftime } from './time.ts';

export async function callBuiltin(machine: AwkMachine, name: string, args: readonly Expression[]): Promise<Value> {
  const text = async (index: number) => (args[index] ? await machine.text(args[index]) : '');
  const number = async (index: number) => toNumber(args[index] ? await machine.evaluate(args[index]) : 0);
  switch (name) {
    case 'length': {
      const [arg] = args;
      if (!arg) return toText(await machine.evaluate({ kind: 'field', index: { kind: 'number', value: 0 } })).length;
      if (arg.kind === 'variable' && machine.array(arg.name).size > 0) return machine.array(arg.name).size;
      return (await text(0)).length;
    }
    case 'substr': {
      const whole = await text(0);
      const start = Math.round(await number(1));
      const end = args[2] ? start + Math.round(await number(2)) : Number.POSITIVE_INFINITY;
      return whole.slice(Math.max(0, start - 1), Math.max(0, end - 1));
    }
    case 'index': return (await text(0)).indexOf(await text(1)) + 1;
    case 'split': return await split(machine, args);
    case 'sub': case 'gsub': return await substitute(machine, args, name === 'gsub');
    case 'gensub': {
      const how = await text(2);
      return (await text(3)).replace(await machine.regexp(args[0]!, /^g/i.test(how)), (await text(1)).replace(/\$/g, '$$$$').replace(/\\(\d)/g, '$$$1').replace(/&/g, '$$&'));
    }
    case 'match': {
      const match = (await machine.regexp(args[1]!)).exec(await text(0));
      machine.setVariable('RSTART', match ? match.index + 1 : 0);
      machine.setVariable('RLENGTH', match ? match[0].length : -1);
      return match ? match.index + 1 : 0;
    }
    case 'tolower': return (await text(0)).toLowerCase();
    case 'toupper': return (await text(0)).toUpperCase();
    case 'sprintf': {
      const values: Value[] = [];
      for (const arg of args.slice(1)) values.push(await machine.evaluate(arg));
      return awkFormat(await text(0), values);
    }
    case 'int': return Math.trunc(await number(0));
    case 'sqrt': return Math.sqrt(await number(0));
    case 'exp': return Math.exp(await number(0));
    case 'log': return Math.log(await number(0));
    case 'sin': return Math.sin(await number(0));
    case 'cos': return Math.cos(await number(0));
    case 'atan2': return Math.atan2(await number(0), await number(1));
    case 'rand': return machine.t.process.machine.rng.next();
    case 'srand': return 0;
    case 'systime': return Math.floor(machine.t.process.machine.clock.unixMs() / 1000);
    case 'strftime': return strftime((await text(0)) || '%a %b %e %H:%M:%S UTC %Y', args[1] ? (await number(1)) * 1000 : machine.t.process.machine.clock.unixMs());
    case 'system': return await machine.system(await text(0));
    case 'close': return await machine.close(await text(0));
    case 'fflush': return 0;
    default: throw new AwkError(`function ${name} never defined`);
  }
}

async function split(machine: AwkMachine, args: readonly Expression[]): Promise<number> {
  const [source, target, separator] = args;
  if (!source || target?.kind !== 'variable') throw new AwkError('split: second argument is not an array');
  const text = await machine.text(source);
  const by = separator === undefined ? toText(machine.variable('FS')) : separator.kind === 'regexp' ? separator : await machine.text(separator);
  const parts = typeof by === 'string' ? machine.split(text, by) : text === '' ? [] : text.split(await machine.regexp(by));
  const array = machine.array(target.name);
  array.clear();
  for (const [index, part] of parts.entries()) array.set(String(index + 1), { text: part });
  return parts.length;
}

async function substitute(machine: AwkMachine, [pattern, replacement, target = { kind: 'field', index: { kind: 'number', value: 0 } }]: readonly Expression[], global: boolean): Promise<number> {
  const regexp = await machine.regexp(pattern!, global);
  const by = await machine.text(replacement!);
  let count = 0;
  const result = (await machine.text(target)).replace(regexp, (match: string) => {
    count++;
    return by.replace(/\\\\&|\\&|&/g, (mark) => (mark === '&' ? match : mark === '\\&' ? '&' : `\\${match}`));
  });
  if (count > 0) await machine.store(target, result);
  return count;
}
