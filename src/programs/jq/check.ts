/** Whether every name of a program means something, before it runs: jq compiles, and so it complains first. */
import { library } from './library.ts';
import { NATIVES } from './natives.ts';
import { SPECIALS } from './specials.ts';
import { CompileError, type Definition, type Node, namesOf, type Pattern } from './syntax.ts';

/** `$x`, `f/1`, `*label`. */
type Names = ReadonlySet<string>;

/** @throws CompileError */
export function checkNames(node: Node, names: Names): void {
  switch (node.kind) {
    case 'identity':
    case 'literal':
    case 'format':
      return;
    case 'string':
      return all(node.parts.filter((part) => typeof part !== 'string'), names);
    case 'index':
      return all([node.of, node.key], names);
    case 'slice':
      return all([node.of, node.from, node.to], names);
    case 'iterate':
      return checkNames(node.of, names);
    case 'binary':
      if (node.operator === '/' && isZero(node.right) && node.left.kind === 'literal') throw new CompileError('Division by zero?');
      return all([node.left, node.right], names);
    case 'pipe':
    case 'comma':
    case 'and':
    case 'or':
    case 'alternative':
    case 'assign':
      return all([node.left, node.right], names);
    case 'negate':
    case 'array':
      return all([node.body], names);
    case 'object':
      for (const [key] of node.entries) if (key.kind === 'literal' && typeof key.value === 'number') throw new CompileError(`Cannot use number (${key.value}) as object key`);
      return all(node.entries.flat(), names);
    case 'if':
      return all([node.condition, node.then, node.otherwise], names);
    case 'try':
      return all([node.body, node.handler], names);
    case 'reduce':
    case 'foreach':
      all([node.source, node.start], names);
      return all([node.update, node.kind === 'foreach' ? node.extract : undefined], withPattern(node.pattern, names));
    case 'bind':
      checkNames(node.source, names);
      return checkNames(node.body, node.patterns.reduce((inner, pattern) => withPattern(pattern, inner), names));
    case 'variable':
      if (node.name !== 'ENV' && !names.has(`$${node.name}`)) throw new CompileError(`$${node.name} is not defined`);
      return;
    case 'call':
      if (!isKnown(`${node.name}/${node.args.length}`, names)) throw new CompileError(`${node.name}/${node.args.length} is not defined`);
      return all(node.args, names);
    case 'define':
      checkDefinition(node.definition, names);
      return checkNames(node.body, new Set([...names, nameOf(node.definition)]));
    case 'label':
      return checkNames(node.body, new Set([...names, `*${node.name}`]));
    case 'break':
      if (!names.has(`*${node.name}`)) throw new CompileError(`$*label-${node.name} is not defined`);
  }
}

/** Every function there is, as `builtins` lists them. */
export function builtins(): readonly string[] {
  return [...SPECIALS.keys(), ...NATIVES.keys(), ...library().keys()].filter((name) => !name.startsWith('_'));
}

const all = (nodes: readonly (Node | undefined)[], names: Names): void => nodes.forEach((node) => node && checkNames(node, names));
const isZero = (node: Node): boolean => node.kind === 'literal' && node.value === 0;
const nameOf = ({ name, params }: Definition): string => `${name}/${params.length}`;
const isKnown = (name: string, names: Names): boolean => names.has(name) || SPECIALS.has(name) || NATIVES.has(name) || library().has(name);

function withPattern(pattern: Pattern, names: Names): Names {
  if (pattern.kind === 'object') for (const { key } of pattern.entries) checkNames(key, names);
  return new Set([...names, ...namesOf(pattern).map((name) => `$${name}`)]);
}

function checkDefinition(definition: Definition, names: Names): void {
  const params = definition.params.flatMap((param) => (param.startsWith('$') ? [param, `${param.slice(1)}/0`] : [`${param}/0`]));
  checkNames(definition.body, new Set([...names, nameOf(definition), ...params]));
}
