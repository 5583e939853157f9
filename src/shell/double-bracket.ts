/** `[[ … ]]`: patterns, regular expressions and file tests without word splitting. See "Conditional Constructs" in bash's manual. */
import type { TestExpression } from 'unbash';
import { posixToRegExp } from '../base/posix-regex.ts';
import { evaluate } from './arithmetic.ts';
import { binaryTest, isBinary, unaryTest } from './builtins/test.ts';
import { ShellError } from './control.ts';
import { expandPattern, expandText, withCommands } from './expand.ts';
import { parseArithmetic } from './parse.ts';
import { patternToRegExp } from './pattern.ts';
import type { Shell } from './shell.ts';

export async function runTestExpression(shell: Shell, expression: TestExpression): Promise<number> {
  if (shell.dialect === 'dash') {
    await shell.complain('[[: not found');
    return 127;
  }
  return (await holds(shell, expression)) ? 0 : 1;
}

async function holds(shell: Shell, expression: TestExpression): Promise<boolean> {
  switch (expression.type) {
    case 'TestGroup':
      return await holds(shell, expression.expression);
    case 'TestNot':
      return (await holds(shell, expression.operand)) !== (expression.negations.length % 2 === 1);
    case 'TestLogical': {
      for (const operand of expression.operands) {
        const yes = await holds(shell, operand);
        if (yes !== (expression.operator === '&&')) return yes;
      }
      return expression.operator === '&&';
    }
    case 'TestUnary':
      return unaryTest(shell, expression.operator, await expandText(shell, expression.operand));
    case 'TestBinary':
      return await binary(shell, expression);
  }
}

async function binary(shell: Shell, { operator, left, right }: Extract<TestExpression, { type: 'TestBinary' }>): Promise<boolean> {
  const text = await expandText(shell, left);
  const ignoreCase = shell.options.has('nocasematch');
  if (operator === '=' || operator === '==' || operator === '!=') {
    return patternToRegExp(await expandPattern(shell, right), { extended: true, ignoreCase }).test(text) !== (operator === '!=');
  }
  if (operator === '=~') {
    const match = posixToRegExp(regexpText(await expandPattern(shell, right)), { extended: true, ignoreCase }).exec(text);
    shell.variables.define('BASH_REMATCH', { value: undefined, items: new Map((match ?? []).map((part, index) => [String(index), part ?? ''])) });
    return match !== null;
  }
  const other = await expandText(shell, right);
  if (/^-(?:eq|ne|lt|le|gt|ge)$/.test(operator)) {
    const number = (source: string) => withCommands(shell, (memo) => evaluate(parseArithmetic(source), shell.arithmetic(memo), source));
    return binaryTest(shell, String(await number(text)), operator, String(await number(other)));
  }
  if (!isBinary(operator)) throw new ShellError(`conditional binary operator expected`, 2, false);
  return binaryTest(shell, text, operator, other);
}

/** Quoted characters are ordinary in a regular expression, too; unquoted pattern characters keep their meaning. */
function regexpText(pattern: string): string {
  return pattern.replace(/\\([@+!()|])/g, (whole, c: string) => ('@!'.includes(c) ? c : whole));
}
