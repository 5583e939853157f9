/**
 * The links of /proc/PID/ns, by which one sees whether two processes share a namespace. See namespaces(7).
 *
 * Differs from Linux: IPC, cgroup, user and time namespaces confine nothing here; a process in a PID namespace of its own
 * gets new numbers for the first two, as container runtimes give them.
 */
import type { Machine } from './machine.ts';
import type { Task } from './processes.ts';

/** The numbers that the kernel gives its own first namespaces: include/linux/proc_ns.h. */
const FIRST = { cgroup: 4026531835, ipc: 4026531839, mnt: 4026531841, pid: 4026531836, time: 4026531834, user: 4026531837, uts: 4026531838 } as const;

/** Later ones count up, from beyond the numbers that networks get. */
const LATER = 4026534000;
const numbers = new WeakMap<object, number>();
const counts = new WeakMap<object, number>();

export function namespaceLinks(task: Task): readonly (readonly [name: string, link: string])[] {
  const { machine, files, netns, uts } = task.options;
  const root = outermost(machine);
  const number = (own: object, first: object, name: keyof typeof FIRST, turn: number) => (own === first ? FIRST[name] : numberOf(own, root) + turn);
  const pid = number(machine.pidNamespace, root, 'pid', 0);
  return ([
    ['cgroup', number(machine, root, 'cgroup', 1)],
    ['ipc', number(machine, root, 'ipc', 2)],
    ['mnt', number(files.mountNamespace, root.files.mountNamespace, 'mnt', 0)],
    ['net', netns.id],
    ['pid', pid],
    ['pid_for_children', task.options.childrenOf ? numberOf(task.options.childrenOf, root) : pid],
    ['time', FIRST.time],
    ['time_for_children', FIRST.time],
    ['user', FIRST.user],
    ['uts', uts ? numberOf(uts, root) : number(machine, root, 'uts', 3)],
  ] as const).map(([name, id]) => [name, `${name.replace('_for_children', '')}:[${id}]`]);
}

function outermost(machine: Machine): Machine {
  let at = machine;
  while (at.host) at = at.host;
  return at;
}

/** Four numbers each: one object may stand for several kinds of namespaces. */
function numberOf(own: object, root: Machine): number {
  const known = numbers.get(own);
  if (known !== undefined) return known;
  const count = counts.get(root) ?? 0;
  counts.set(root, count + 4);
  numbers.set(own, LATER + count);
  return LATER + count;
}
