/**
 * Asks a simulated cluster to follow a packet, and what a packet can be followed between. Speaks to the cluster as everybody
 * does; a real one cannot be asked, and says so.
 */
import { UserError } from '../base/user-error.ts';
import type { Cluster } from './cluster.ts';
import type { Trace, TraceWish } from './trace.ts';

export type { TraceWish } from './trace.ts';

/** Names as `cka trace` understands them. */
export interface TraceEnds {
  readonly sources: readonly string[];
  readonly targets: readonly string[];
}

/** @throws UserError when an end does not exist, or the cluster is real */
export async function followPacket(cluster: Cluster, { from, to, namespace }: TraceWish): Promise<Trace> {
  refuseReal(cluster);
  const query = new URLSearchParams({ from, to, ...(namespace === undefined ? {} : { namespace }) });
  const { status, body } = await cluster.request('GET', `/cka/v1/trace?${query.toString()}`);
  if (status === 200) return body as Trace;
  throw new UserError((body as { readonly message?: string }).message ?? `The simulator answered ${status}.`, 'Name a running pod, a node, a machine, a Service or an address.', 2);
}

/** Everything that a packet can come from or go to, the given namespaces first. */
export async function traceEnds(cluster: Cluster, namespaces: readonly string[]): Promise<TraceEnds> {
  refuseReal(cluster);
  const [pods, services] = await Promise.all([list<PodLike>(cluster, 'pods'), list<ServiceLike>(cluster, 'services')]);
  const near = <T extends Named>(objects: readonly T[]) => {
    const rank = ({ metadata }: T) => (namespaces.includes(metadata.namespace) ? 0 : metadata.namespace === 'default' ? 1 : 2);
    return objects.toSorted((a, b) => rank(a) - rank(b) || full(a).localeCompare(full(b)));
  };
  const running = near(pods.filter(({ status, spec }) => status?.phase === 'Running' && spec.hostNetwork !== true)).map(full);
  const machines = [...cluster.info.nodes, ...(cluster.info.machines ?? [])];
  const reachable = near(services.filter(({ spec }) => /^\d/.test(spec.clusterIP ?? ''))).flatMap((service) => (service.spec.ports ?? []).map(({ port, protocol }) => `${full(service)}:${port}${protocol === 'UDP' ? '/udp' : ''}`));
  return { sources: [...running, ...machines], targets: [...reachable, ...running, ...machines] };
}

interface Named {
  readonly metadata: { readonly name: string; readonly namespace: string };
}
interface PodLike extends Named {
  readonly spec: { readonly hostNetwork?: boolean };
  readonly status?: { readonly phase?: string };
}
interface ServiceLike extends Named {
  readonly spec: { readonly clusterIP?: string; readonly ports?: readonly { readonly port: number; readonly protocol?: string }[] };
}

const full = ({ metadata: { namespace, name } }: Named): string => `${namespace}/${name}`;

async function list<T>(cluster: Cluster, resource: string): Promise<readonly T[]> {
  const { body } = await cluster.request('GET', `/api/v1/${resource}`);
  return (body as { readonly items?: readonly T[] }).items ?? [];
}

function refuseReal({ info }: Cluster): void {
  if (info.backend !== 'simulator') throw new UserError(`Cluster ${info.name} is real: nobody can follow a packet through it from outside.`, 'On its nodes, tcpdump and the TRACE target of iptables show the way.');
}
