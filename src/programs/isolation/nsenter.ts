/** nsenter: run a program in the namespaces of a process. See nsenter(1). */
import type { NetNamespace } from '../../net/namespace.ts';
import type { Task } from '../../machine/processes.ts';
import { type Process, type SpawnOptions } from '../../machine/program.ts';
import { type Tool, isGnu, tool } from '../coreutils/tool.ts';
import { orFailedStart, ownShell, waitFor } from './failed-start.ts';

/** In the order in which util-linux opens them. */
const KINDS: readonly (readonly [letter: string, name: string])[] = [['U', 'user'], ['C', 'cgroup'], ['i', 'ipc'], ['u', 'uts'], ['n', 'net'], ['p', 'pid'], ['m', 'mnt'], ['T', 'time']];

export const nsenter = tool({
  name: 'nsenter', short: 'at:m::u::i::n::p::C::U::T::r::w::F', absent: ['S', 'setuid', 'G', 'setgid', 'Z', 'follow-context', 'e', 'env', 'W', 'wdns', 'preserve-credentials'], stopAtOperand: true,
  long: { all: 'a', target: 't', mount: 'm', uts: 'u', ipc: 'i', net: 'n', pid: 'p', cgroup: 'C', user: 'U', time: 'T', root: 'r', wd: 'w', 'no-fork': 'F' },
  async run(t) {
    const { process } = t;
    const pid = t.value('t');
    if (pid !== undefined && !/^\d+$/.test(pid)) return await fail(t, isGnu(process) ? `failed to parse pid: '${pid}'` : `invalid number '${pid}'`);
    const letters = clustered(t);
    if (letters === undefined) return 1;
    const wanted = KINDS.filter(([letter]) => letters.has('a') || letters.has(letter));
    const unknown = wanted.find(([letter]) => pid === undefined && !t.value(letter)?.startsWith('/'));
    if (unknown && !letters.has('a')) return await fail(t, isGnu(process) ? `neither filename nor target pid supplied for ns/${unknown[1]}` : `neither filename nor target pid supplied`);
    if (letters.has('a') && pid === undefined) return await fail(t, 'no target PID specified for --all');
    const target = pid === undefined ? undefined : process.machine.processes.get(Number(pid));
    // With --all it compares namespaces first, and the user namespace is the first of them.
    if (pid !== undefined && !target && letters.has('a') && isGnu(process)) return await fail(t, `stat of /proc/${pid}/ns/user failed: No such file or directory`);
    if (pid !== undefined && !target && wanted.length > 0) return await fail(t, `${isGnu(process) ? 'cannot' : "can't"} open ${quoted(process, `/proc/${pid}/ns/${wanted[0]![1]}`)}: No such file or directory`);
    if (process.user.uid !== 0 || (!process.machine.privileged && wanted.length > 0)) return await fail(t, `reassociate to namespace 'ns/${wanted.at(-1)?.[1] ?? 'net'}' failed: Operation not permitted`);
    const named = t.value('n')?.startsWith('/') ? namedNetwork(process, t.value('n')!) : undefined;
    if (t.value('n')?.startsWith('/') && !named) return await fail(t, process.files.exists(t.value('n')!) ? "reassociate to namespace 'ns/net' failed: Invalid argument" : `cannot open ${t.value('n')}: No such file or directory`);
    const options = entering(t, new Set(wanted.map(([letter]) => letter)), target, named);
    const command = t.operands.length > 0 ? t.operands : [ownShell(process)];
    const inside = target && wanted.some(([letter]) => letter === 'p') && target.options.machine !== process.machine ? { machine: target.options.machine } : undefined;
    return await orFailedStart(process, 'nsenter', async () => {
      if (inside && !letters.has('F')) return await waitFor(process, process.spawn(command, { ...options, ...inside }));
      return await process.exec(command, { ...options, ...(inside ? { childrenOf: inside.machine } : {}) });
    });
  },
});

async function fail(t: Tool, words: string): Promise<number> {
  await t.complain(words);
  return 1;
}

const quoted = (process: Process, path: string): string => (isGnu(process) ? path : `'${path}'`);

/** `-mnp` looks like an option with a value; a value that is no path is more letters. */
function clustered(t: Tool): ReadonlySet<string> | undefined {
  const letters = new Set<string>();
  for (const letter of [...'amuinpCUTrwF']) if (t.has(letter)) letters.add(letter);
  for (const [letter] of KINDS) {
    const value = t.value(letter);
    if (value && !value.startsWith('/')) for (const more of value) letters.add(more);
  }
  return letters;
}

function entering(t: Tool, kinds: ReadonlySet<string>, target: Task | undefined, named: NetNamespace | undefined): SpawnOptions {
  const there = target?.options;
  const into = kinds.has('m') && there ? { files: there.files.unlocked(), cwd: '/' } : {};
  const rooted = t.has('r') && there ? { files: there.files, cwd: '/' } : {};
  const working = t.has('w') && there ? { cwd: t.value('w') || there.cwd } : {};
  const netns = named ?? (kinds.has('n') ? there?.netns : undefined);
  const uts = kinds.has('u') && there ? { uts: there.uts ?? utsOf(there.machine) } : {};
  return { ...into, ...rooted, ...working, ...(netns ? { netns } : {}), ...uts };
}

/** A machine's own host name, as something that can be entered. */
function utsOf(machine: Task['options']['machine']): { hostname: string } {
  return {
    get hostname() {
      return machine.hostname;
    },
    set hostname(name) {
      machine.hostname = name;
    },
  };
}

/** `--net=/run/netns/NAME`, `/var/run/netns/NAME`, `/proc/PID/ns/net`. */
function namedNetwork(process: Process, path: string): NetNamespace | undefined {
  const name = /^(?:\/var)?\/run\/netns\/([^/]+)$/.exec(path)?.[1];
  if (name !== undefined) return process.machine.namespaces.get(name);
  const pid = /^\/proc\/(\d+|self)\/ns\/net$/.exec(path)?.[1];
  return pid === 'self' ? process.netns : process.machine.processes.get(Number(pid))?.options.netns;
}
