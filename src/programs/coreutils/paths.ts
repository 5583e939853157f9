/** What tools over many paths share: going on after a failure, going down a tree. */
import { joined } from './names.ts';
import { type Tool, reason } from './tool.ts';

/** Do something to every operand, going on after those that fail; quietly where `-f` asks for that. */
export async function each(t: Tool, act: (operand: string, path: string) => void | Promise<void>, words: (operand: string) => string, isQuiet = false): Promise<number> {
  if (t.operands.length === 0) return await t.usage(t.gnu && t.name === 'touch' ? 'missing file operand' : 'missing operand');
  let status = 0;
  for (const operand of t.operands) {
    try {
      await act(operand, t.path(operand));
    } catch (error) {
      const cause = reason(error);
      if (!isQuiet) await t.complain(`${words(operand)}: ${cause}`);
      status = 1;
    }
  }
  return status;
}

/** Every path at and below one, for the recursive tools. */
export function* below(t: Tool, path: string): Generator<string> {
  yield path;
  const { files } = t.process;
  if (files.lstat(path).type === 'directory') for (const name of files.list(path)) yield* below(t, joined(path, name));
}
