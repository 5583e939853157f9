/** `/proc/sys`: the knobs of the kernel. Those of the network belong to a namespace, the others to the machine. See sysctl(8). */
import type { NetNamespace } from '../net/namespace.ts';
import { type ComputedNode } from './computed-files.ts';
import { FileError } from './file-error.ts';
import type { Machine } from './machine.ts';

/** The path of a knob below /proc/sys, as a list of names: device names may contain dots. */
export function knobPath(name: string): readonly string[] {
  const perDevice = /^(net\.ipv[46]\.(?:conf|neigh))\.(.+)\.([^.]+)$/.exec(name);
  return perDevice ? [...perDevice[1]!.split('.'), perDevice[2]!, perDevice[3]!] : name.split('.');
}

/** Knobs outside the network, read-only here. */
function machineKnobs(machine: Machine): readonly (readonly [string, string])[] {
  return [
    ['kernel.hostname', machine.hostname],
    ['kernel.osrelease', machine.kernelRelease],
    ['kernel.ostype', 'Linux'],
    ['kernel.pid_max', '4194304'],
    ['fs.file-max', '9223372036854775807'],
    ['vm.overcommit_memory', '1'],
    ['vm.swappiness', '60'],
  ];
}

export function sysctlEntries(machine: Machine, netns: NetNamespace): ReadonlyMap<string, ComputedNode> {
  const root = new Map<string, Branch | ComputedNode>();
  for (const [name, value] of machineKnobs(machine)) put(root, name, { read: () => `${value}\n` });
  for (const [name] of netns.sysctl.list()) {
    put(root, name, { read: () => `${netns.sysctl.get(name) ?? ''}\n`, write: (bytes) => setKnob(netns, name, bytes) });
  }
  return entries(root);
}

type Branch = Map<string, Branch | ComputedNode>;

function put(root: Branch, name: string, node: ComputedNode): void {
  const names = knobPath(name);
  let branch = root;
  for (const part of names.slice(0, -1)) {
    const next = branch.get(part);
    if (next instanceof Map) branch = next;
    else {
      const made: Branch = new Map();
      branch.set(part, made);
      branch = made;
    }
  }
  branch.set(names.at(-1)!, node);
}

function entries(branch: Branch): ReadonlyMap<string, ComputedNode> {
  return new Map([...branch].map(([name, node]) => [name, node instanceof Map ? { entries: () => entries(node) } : node]));
}

function setKnob(netns: NetNamespace, name: string, bytes: string): void {
  try {
    netns.sysctl.set(name, bytes.trim());
  } catch {
    throw new FileError('EINVAL', name);
  }
}
