/**
 * What a node has, and what it has left for pods: `status.capacity` and `status.allocatable`.
 * See pkg/kubelet/cm/node_container_manager_linux.go. Differs from Kubernetes: nothing is held back for eviction, as kind configures it.
 */
import { milliValue } from '../../api/quantity.ts';
import type { Machine } from '../../machine/machine.ts';
import type { KubeletConfiguration } from './configuration.ts';

type Resources = Readonly<Record<string, string>>;

export function capacityOf(machine: Machine, { maxPods }: KubeletConfiguration): Resources {
  return {
    cpu: String(machine.cpus),
    'ephemeral-storage': '61255492Ki',
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: `${Math.floor(machine.memoryBytes / 1024)}Ki`,
    pods: String(maxPods),
  };
}

/** Capacity without what the configuration reserves. */
export function allocatableOf(capacity: Resources, { systemReserved, kubeReserved }: KubeletConfiguration): Resources {
  const reserved = [systemReserved, kubeReserved];
  return Object.fromEntries(Object.entries(capacity).map(([name, whole]) => {
    const held = reserved.reduce((sum, one) => sum + milliValue(String(one[name] ?? '0')), 0);
    return [name, held === 0 ? whole : left(name, milliValue(whole) - held)];
  }));
}

/** cpu in thousandths, memory in the unit that the capacity is told in. */
function left(name: string, milli: number): string {
  if (name === 'cpu') return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
  return milli % 1_024_000 === 0 ? `${milli / 1_024_000}Ki` : String(Math.floor(milli / 1000));
}
