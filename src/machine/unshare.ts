/**
 * New namespaces for a process, and what happens to them when nobody is in them any more. See unshare(2), namespaces(7).
 * Network, mount, UTS and PID namespaces are real here; of the others only the number changes.
 */
import type { NetNamespace } from '../net/namespace.ts';
import type { Machine, MachineOptions } from './machine.ts';

/** Namespaces without a name: they end with their last process. */
const unnamed = new WeakSet<NetNamespace>();

/** A network with nothing but a loopback that is down. */
export function newNetwork(machine: Machine): NetNamespace {
  const namespace = machine.netns.world.createNamespace(`${machine.hostname}/unshare`, { inherit: machine.netns });
  unnamed.add(namespace);
  return namespace;
}

/** A PID namespace inside a machine's: its first process is number 1. Everything else is the outer machine's. */
export function innerMachine(outer: Machine, make: (options: MachineOptions) => Machine): Machine {
  const inner = make({
    hostname: outer.hostname, files: outer.files, netns: outer.netns, clock: outer.clock, rng: outer.rng, programs: outer.programs,
    host: outer, modules: outer.modules, capabilities: outer.capabilities, filesAsTheyAre: true,
  });
  return inner;
}

/** Called when a process has ended. */
export function forgetUnused(namespace: NetNamespace, machine: Machine): void {
  if (!unnamed.has(namespace)) return;
  let outermost = machine;
  while (outermost.host) outermost = outermost.host;
  const inside = outermost.processes.list().some((task) => task.options.netns === namespace);
  const named = [...outermost.namespaces.values()].includes(namespace);
  if (!inside && !named) namespace.world.destroyNamespace(namespace);
}
