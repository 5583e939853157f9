/** lsns: namespaces, and who is in them. One row for each, its oldest process with it. See lsns(8) of util-linux 2.38. */
import { namespaceLinks } from '../../machine/namespace-links.ts';
import type { Task } from '../../machine/processes.ts';
import type { Process } from '../../machine/program.ts';
import { type Tool, tool } from '../coreutils/tool.ts';

const TYPES = ['mnt', 'net', 'ipc', 'user', 'pid', 'uts', 'cgroup', 'time'];

interface Namespace {
  readonly id: string;
  readonly type: string;
  /** Oldest first. */
  readonly members: readonly { readonly pid: number; readonly task: Task }[];
}

interface Column {
  readonly right?: boolean;
  value(namespace: Namespace, process: Process): string;
}

const first = ({ members }: Namespace) => members[0]!;

const COLUMNS: Readonly<Record<string, Column>> = {
  NS: { right: true, value: ({ id }) => id },
  TYPE: { value: ({ type }) => type },
  NPROCS: { right: true, value: ({ members }) => String(members.length) },
  PID: { right: true, value: (namespace) => String(first(namespace).pid) },
  USER: { value: (namespace) => first(namespace).task.options.user.name },
  NETNSID: { right: true, value: () => 'unassigned' },
  NSFS: { value: (namespace, { machine }) => [...machine.namespaces].filter(([, netns]) => netns === first(namespace).task.options.netns).map(([name]) => `/run/netns/${name}`).join('') },
  COMMAND: { value: (namespace) => first(namespace).task.argv.join(' ') },
};

export const lsns = tool({
  name: 'lsns', short: 'lnruWp:t:o:', long: { list: 'l', noheadings: 'n', raw: 'r', notruncate: 'u', task: 'p', type: 't', output: 'o' }, absent: ['J', 'json', 'T', 'tree', 'P', 'persistent'],
  withoutEffect: { l: 'the list is the only form', W: 'a long line is cut, never wrapped' },
  async run(t) {
    const type = t.value('t');
    if (type !== undefined && !TYPES.includes(type)) return await t.refuse(`unknown namespace type: ${type}`);
    const [only] = t.operands;
    if (only !== undefined && !/^\d+$/.test(only)) return await t.refuse(`invalid namespace argument: '${only}'`);
    const task = t.value('p');
    if (task !== undefined && !/^\d+$/.test(task)) return await t.refuse(`invalid PID argument: '${task}'`);
    const names = t.value('o')?.toUpperCase().split(',') ?? ['NS', 'TYPE', 'NPROCS', 'PID', 'USER', ...(type === 'net' ? ['NETNSID', 'NSFS'] : []), 'COMMAND'];
    const unknown = names.find((name) => !(name in COLUMNS));
    if (unknown !== undefined) return await t.refuse(`unknown column: ${unknown}`);
    const rows = namespacesOf(t.process)
      .filter((one) => (type === undefined || one.type === type) && (only === undefined || one.id === only) && (task === undefined || one.members.some(({ pid }) => pid === Number(task))))
      .map((namespace) => names.map((name) => COLUMNS[name]!.value(namespace, t.process)));
    if (rows.length > 0) await t.write(table(t, names, rows));
    return 0;
  },
});

function namespacesOf({ machine: { processes } }: Process): readonly Namespace[] {
  const found = new Map<string, { pid: number; task: Task }[]>();
  for (const task of processes.list()) {
    for (const [name, link] of namespaceLinks(task)) {
      if (name.endsWith('_for_children')) continue;
      found.set(link, [...(found.get(link) ?? []), { pid: processes.pidOf(task)!, task }]);
    }
  }
  return [...found]
    .map(([link, members]) => {
      const [, type, id] = /^(\w+):\[(\d+)\]$/.exec(link)!;
      return { type: type!, id: id!, members: members.toSorted((a, b) => a.pid - b.pid) };
    })
    .toSorted((a, b) => Number(a.id) - Number(b.id));
}

/** Columns as wide as what is in them; the last one goes on, to the edge of a terminal. */
function table(t: Tool, names: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = t.has('n') ? rows : [names, ...rows];
  if (t.has('r')) return lines.map((cells) => `${cells.map((cell) => cell.replaceAll(' ', '\\x20')).join(' ')}\n`).join('');
  const widths = names.map((_, at) => Math.max(...lines.map((cells) => cells[at]!.length)));
  const edge = t.process.terminal && !t.has('u') ? t.process.terminal.columns : Number.POSITIVE_INFINITY;
  return lines.map((cells) => `${cells.map((cell, at) => (COLUMNS[names[at]!]!.right ? cell.padStart(widths[at]!) : at === names.length - 1 ? cell : cell.padEnd(widths[at]!))).join(' ').slice(0, edge)}\n`).join('');
}
