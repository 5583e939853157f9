/** The numbers of a machine's pseudo-terminals: the lowest that is free, as devpts gives them. See pts(4). */
import type { Machine } from './machine.ts';

const inUse = new WeakMap<Machine, Set<number>>();

/** Take a name, `pts/0`, and give it back with `close` when its session is over. */
export function openPts(machine: Machine): { readonly name: string; close(): void } {
  const taken = inUse.get(machine) ?? new Set<number>();
  inUse.set(machine, taken);
  let number = 0;
  while (taken.has(number)) number++;
  taken.add(number);
  return { name: `pts/${number}`, close: () => void taken.delete(number) };
}
