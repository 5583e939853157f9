/**
 * The ends of a trace that are given as DNS names. The target is looked up as its sender would: in the pod's own /etc/hosts
 * and resolv.conf, by packets to the cluster's DNS. See resolv.conf(5).
 */
import { parseIpv4 } from '../base/address.ts';
import { FileSystem } from '../machine/files.ts';
import type { Process } from '../machine/program.ts';
import { lookupHost, resolve, resolverConfig } from '../programs/dns/resolver.ts';
import type { Simulation } from './simulation.ts';
import { DNS_SERVICE_IP } from './topology.ts';
import { findSource, splitPort, targetByAddress, targetByName, TraceRefusal, type TraceSource, type TraceTarget } from './trace-ends.ts';

export interface NamedTarget {
  readonly target: TraceTarget;
  /** What DNS had to do with it, where it had. */
  readonly said?: string;
  /** The name is not known yet, and the target is who was asked: what to say if that one does answer. */
  readonly unknown?: string;
}

/** The sender, by its name or address, or by a name that the cluster's DNS has for it. @throws TraceRefusal */
export async function namedSource(simulation: Simulation, words: string, namespace: string): Promise<TraceSource> {
  const found = findSource(simulation, words, namespace);
  if (found) return found;
  const refusal = new TraceRefusal(`No running pod, no node and no machine is called "${words}".`);
  const [node] = simulation.nodes.values();
  if (!words.includes('.') || !node) throw refusal;
  const config = { servers: [DNS_SERVICE_IP], search: [`${namespace}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local'], ndots: 5, timeoutMs: 1000, attempts: 1 };
  const answer = await asProcess({ kind: 'node', name: node.name, netns: node.machine.netns, machine: node.machine }, (process) => resolve(process, words, 'A', config));
  const addresses = answer.outcome === 'found' ? answer.records.flatMap((record) => (record.type === 'A' ? [record.address] : [])) : [];
  const owner = addresses.map((address) => findSource(simulation, address, namespace)).find((source) => source !== undefined);
  if (owner) return owner;
  throw addresses.length === 0 ? refusal : new TraceRefusal(`"${words}" is ${addresses.join(', ')}, which is nobody who could send: name a pod, a node or a machine.`);
}

/** The target; when nobody answers the question for its name, the server that was asked, so that the trace shows why. @throws TraceRefusal */
export async function namedTarget(simulation: Simulation, from: TraceSource, words: string, namespace: string): Promise<NamedTarget> {
  const { place, port } = splitPort(words);
  const address = parseIpv4(place);
  if (address) return { target: targetByAddress(simulation, address, port) };
  const target = targetByName(simulation, place, namespace, port);
  if (target) return { target };
  const sender = `${from.kind} ${from.namespace === undefined ? '' : `${from.namespace}/`}${from.name}`;
  const { looked, server } = await asProcess(from, async (process) => ({ looked: await lookupHost(process, place), server: resolverConfig(process.files).servers[0] ?? DNS_SERVICE_IP }));
  const unknown = `Nothing here is called "${place}", and ${server}, whom ${sender} asks, does not know that name.`;
  switch (looked.outcome) {
    case 'found': return { target: targetByAddress(simulation, looked.addresses[0]!, port), said: `${place} is ${looked.addresses.join(', ')} to ${sender}` };
    case 'not-found': throw new TraceRefusal(unknown);
    case 'try-again': return { target: targetByAddress(simulation, server, { word: '53', protocol: 'UDP' }), said: `${sender} could not find out what ${place} is: this is the way of its question`, unknown };
  }
}

/** What a process of the sender's would find out. */
async function asProcess<T>({ machine, netns, podFiles }: TraceSource, ask: (process: Process) => Promise<T>): Promise<T> {
  const files = podFiles ? new FileSystem() : machine.files;
  if (podFiles) files.mkdir('/etc');
  if (podFiles) for (const name of ['/hosts', '/resolv.conf']) files.write(`/etc${name}`, podFiles.read(name));
  let found: { readonly answer: T } | undefined;
  const run = async (process: Process): Promise<number> => {
    found = { answer: await ask(process) };
    return 0;
  };
  await machine.start(['cka-trace'], { netns, files, program: { name: 'cka-trace', run } }).exited;
  if (!found) throw new TraceRefusal('The sender ended before its question was answered.');
  return found.answer;
}
