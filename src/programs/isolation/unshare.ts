/**
 * unshare: run a program in new namespaces. See unshare(1).
 * Differs from Linux: IPC, cgroup, time and user namespaces confine nothing here; a new user namespace keeps its user.
 */
import { Machine } from '../../machine/machine.ts';
import { innerMachine, newNetwork } from '../../machine/unshare.ts';
import { procFiles } from '../../machine/proc-files.ts';
import { isGnu, tool } from '../coreutils/tool.ts';
import { orFailedStart, ownShell, waitFor } from './failed-start.ts';

export const unshare = tool({
  name: 'unshare', short: 'm::u::i::n::p::U::C::T::frM::R:w:cP:', stopAtOperand: true,
  long: { mount: 'm', uts: 'u', ipc: 'i', net: 'n', pid: 'p', user: 'U', cgroup: 'C', time: 'T', fork: 'f', 'map-root-user': 'r', 'mount-proc': 'M', root: 'R', wd: 'w', 'map-current-user': 'c', propagation: 'P' },
  async run(t) {
    const { process } = t;
    // Mounts are private in any case here: that is what a new mount namespace begins with.
    const propagation = t.value('P');
    if (propagation !== undefined && !['slave', 'private', 'shared', 'unchanged'].includes(propagation)) {
      return await t.refuse(`unsupported propagation mode: ${propagation}`);
    }
    const file = [...'muinpUCT'].find((letter) => t.value(letter));
    // `-Cunimpf` is a cluster of letters; only `--net=FILE` keeps a namespace alive under a name.
    const letters = new Set([...'muinpUCTfrMc'].filter((letter) => t.has(letter)));
    if (file !== undefined && t.value(file)!.startsWith('/')) {
      await t.complain(`${t.value(file)}: keeping a namespace alive in a file is not part of this simulator; see ip netns`);
      return 1;
    }
    if (file !== undefined) {
      for (const letter of t.value(file)!) {
        if (!'muinpUCTfrc'.includes(letter)) return await t.usage(isGnu(process) ? `invalid option -- '${letter}'` : `unrecognized option: ${letter}`);
        letters.add(letter);
      }
    }
    if (process.user.uid !== 0 || (!process.machine.privileged && !letters.has('U') && letters.size > 0)) {
      await t.complain(isGnu(process) ? 'unshare failed: Operation not permitted' : `unshare(0x${maskOf(letters).toString(16)}): Operation not permitted`);
      return 1;
    }
    const machine = letters.has('p') ? innerMachine(process.machine, (options) => new Machine(options)) : undefined;
    const forks = letters.has('f') && machine !== undefined;
    let files = letters.has('m') || letters.has('M') ? process.files.fork() : process.files;
    if (letters.has('M')) files.mount(t.value('M') || '/proc', procFiles(machine ?? process.machine), { type: 'proc', source: 'proc' });
    if (t.has('R')) files = files.chroot(t.path(t.value('R')!));
    const uts = letters.has('u') ? { uts: { hostname: process.hostname } } : {};
    const options = { files, ...(letters.has('n') ? { netns: newNetwork(process.machine) } : {}), ...uts, ...(t.has('w') ? { cwd: t.value('w')! } : t.has('R') ? { cwd: '/' } : {}) };
    const command = t.operands.length > 0 ? t.operands : [ownShell(process)];
    return await orFailedStart(process, 'unshare', async () => {
      if (forks) return await waitFor(process, process.spawn(command, { ...options, machine }));
      if (letters.has('f')) return await waitFor(process, process.spawn(command, options));
      return await process.exec(command, { ...options, ...(machine ? { childrenOf: machine } : {}) });
    });
  },
});

/** include/uapi/linux/sched.h: CLONE_NEW*. */
const BITS: Readonly<Record<string, number>> = { m: 0x20000, C: 0x2000000, u: 0x4000000, i: 0x8000000, U: 0x10000000, p: 0x20000000, n: 0x40000000 };

function maskOf(letters: ReadonlySet<string>): number {
  return [...letters].reduce((sum, letter) => sum + (BITS[letter] ?? 0), 0);
}
