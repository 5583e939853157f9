/**
 * A node over a restart of the simulator, which its user must not notice: files that were changed on it, units that were
 * stopped or disabled, modules, sysctls, routes and firewall rules that somebody added. Whatever kube-proxy, the network
 * plugin and the kubelet make, they make again by themselves; pods are the API's affair. Knows no store.
 *
 * Differs from Linux: a route or a rule that a component of the cluster made, and that somebody removed, is there again;
 * so are interfaces and addresses. What a component keeps, it looks after only while it runs.
 */
import type { FileSystem } from '../machine/files.ts';
import type { Machine } from '../machine/machine.ts';
import { NetError } from '../net/errors.ts';
import type { Netfilter } from '../net/netfilter/netfilter.ts';
import type { Route } from '../net/routes.ts';
import { restore, save } from '../programs/iptables/restore.ts';
import { changeAgain, changesSince, type SavedFiles } from './saved-files.ts';

export interface SavedNode {
  readonly files: SavedFiles;
  readonly units: readonly { readonly name: string; readonly active: boolean; readonly enabled: boolean }[];
  readonly modules: readonly string[];
  readonly sysctls: readonly (readonly [name: string, value: string])[];
  readonly routes: readonly Route[];
  readonly rules: string;
}

/** @param made what `madeOnTop` said when the machine was new */
export function saveNode(machine: Machine, image: FileSystem, made: readonly string[]): SavedNode {
  const { netns } = machine;
  return {
    files: { ...changesSince(image, machine.files), made },
    units: machine.units.list().map(({ options, state, enabled }) => ({ name: options.name, active: state === 'active' || state === 'activating', enabled })),
    modules: [...machine.modules],
    sysctls: netns.sysctl.list().filter(([name]) => !OF_A_DEVICE.test(name)),
    routes: netns.routes.list().filter(isTyped),
    rules: rulesOfNobody(netns.netfilter),
  };
}

/** Before its units start. */
export function restoreNode(machine: Machine, saved: SavedNode): void {
  const { netns } = machine;
  changeAgain(machine.files, saved.files);
  for (const name of machine.modules) if (!saved.modules.includes(name)) machine.modules.delete(name);
  for (const name of saved.modules) machine.modules.add(name);
  if (machine.modules.has('ip_vs')) netns.sysctl.loadIpvs();
  for (const [name, value] of saved.sysctls) if (netns.sysctl.get(name) !== undefined) netns.sysctl.set(name, value);
  netns.routes.removeWhere((route) => isTyped(route) && !saved.routes.some((kept) => JSON.stringify(kept) === JSON.stringify(route)));
  for (const route of saved.routes) replaceRoute(machine, route);
  restore(netns.netfilter, saved.rules, { noFlush: true });
}

/** Of a device, for all devices alike, or for those to come: made with the device, by whoever makes it. */
const OF_A_DEVICE = /^net\.ipv[46]\.(conf|neigh)\.(?!all\.)/;

/** Of a person, or of whoever made the machine: others follow from addresses, or lead through a network plugin's devices. */
const isTyped = ({ protocol, device }: Route): boolean => (protocol === 'boot' || protocol === 'static') && (device === undefined || device === 'eth0');

function replaceRoute({ netns }: Machine, route: Route): void {
  try {
    netns.routes.replace(route);
  } catch (error) {
    // Its gateway was reached by an address or another route that somebody had added, and that is no longer there.
    if (!(error instanceof NetError)) throw error;
  }
}

/** Chains and targets of those who write them anew. */
const SOMEBODYS = /KUBE-|cali|FLANNEL|CNI-/;

/** Every rule that no component of the cluster wrote, as `iptables-restore --noflush` takes it. */
function rulesOfNobody(netfilter: Netfilter): string {
  return save(netfilter).split('\n').filter((line) => !SOMEBODYS.test(line)).join('\n');
}
