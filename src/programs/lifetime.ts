/**
 * What a process has open ends with it: exit(2) closes sockets however the process ends. A program says what it holds,
 * and the registry wraps every program so that it is let go.
 */
import type { Disposer } from '../base/clock.ts';
import type { Task } from '../machine/processes.ts';
import type { Process, Program } from '../machine/program.ts';
import type { SocketOwner } from '../net/in-flight.ts';
import type { TcpConnection } from '../net/sockets.ts';

const held = new WeakMap<Process, Set<() => void>>();

/** Call `close` when the process ends, unless it is let go before. */
export function untilExit(process: Process, close: () => void): Disposer {
  const closers = held.get(process) ?? new Set();
  held.set(process, closers);
  closers.add(close);
  return () => void closers.delete(close);
}

/** The program, with everything that it holds closed when it ends, is killed, or fails. */
export function closingWhatItHolds(program: Program): Program {
  return {
    name: program.name,
    async run(process) {
      try {
        return await program.run(process);
      } finally {
        for (const close of held.get(process) ?? []) close();
        held.delete(process);
      }
    },
  };
}

/** A process's listening socket; closed with the process. @throws NetError EADDRINUSE and friends */
export function listenTcp(process: Process, options: Omit<Parameters<Process['netns']['sockets']['listenTcp']>[0], 'owner'>): { readonly port: number; close(): void } {
  const listener = process.netns.sockets.listenTcp({ ...options, owner: ownerOf(process), onConnection: (connection) => options.onConnection(holding(process, connection)) });
  untilExit(process, () => listener.close());
  return listener;
}

/** An outgoing connection of the process. Rejects with NetError, or with the signal's reason. */
export async function connectTcp(process: Process, options: Omit<Parameters<Process['netns']['sockets']['connectTcp']>[0], 'owner'>, signal: AbortSignal = process.signal): Promise<TcpConnection> {
  return holding(process, await process.netns.sockets.connectTcp({ ...options, owner: ownerOf(process) }, signal));
}

/** A UDP socket of the process. @throws NetError */
export function bindUdp(process: Process, options: Omit<Parameters<Process['netns']['sockets']['bindUdp']>[0], 'owner'>): ReturnType<Process['netns']['sockets']['bindUdp']> {
  const socket = process.netns.sockets.bindUdp({ ...options, owner: ownerOf(process) });
  const release = untilExit(process, () => socket.close());
  return {
    ...socket,
    close: () => {
      release();
      socket.close();
    },
  };
}

/** As `ss -p` names who holds a socket. */
export function ownerOf(process: Process): SocketOwner {
  const owner = { pid: process.pid, uid: process.user.uid, gid: process.user.gid, program: process.argv[0]?.split('/').at(-1)?.replace(/^nginx: .*/, 'nginx') ?? '' };
  const task = process.machine.processes.get(process.pid);
  if (task) tasks.set(owner, task);
  return owner;
}

const tasks = new WeakMap<object, Task>();

/** The number under which `process` sees the owner of a socket: a container's server has another one on its node, and none next door. */
export function pidSeenBy(process: Process, owner: { readonly pid: number } | undefined): number | undefined {
  const task = owner && tasks.get(owner);
  return task ? process.machine.processes.pidOf(task) : owner?.pid;
}

function holding(process: Process, connection: TcpConnection): TcpConnection {
  const release = untilExit(process, () => connection.close());
  void connection.closed.then(release, release);
  return connection;
}
