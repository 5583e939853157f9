/**
 * A cluster for tests: a registry with controllers, and nodes whose pods share one flat bridge instead of a CNI.
 * Time jumps from event to event; `pass` lets it go on and lets promises settle in between.
 */
import { ipv4, cidr, nth, type Ipv4 } from '../../../src/base/address.ts';
import { EventClock } from '../../../src/base/clock.ts';
import { seededRng } from '../../../src/base/rng.ts';
import type { KubeObject, Stored } from '../../../src/api/object.ts';
import { Store } from '../../../src/api/store.ts';
import { controllers, scheduler } from '../../../src/controllers/index.ts';
import { ControllerRunner } from '../../../src/controllers/runner.ts';
import { Registry } from '../../../src/kinds/registry.ts';
import { FileSystem } from '../../../src/machine/files.ts';
import { Machine } from '../../../src/machine/machine.ts';
import { createBridge } from '../../../src/net/device/bridge.ts';
import { createVeth } from '../../../src/net/device/veth.ts';
import type { NetNamespace } from '../../../src/net/namespace.ts';
import { World } from '../../../src/net/world.ts';
import { Kubelet, type PodNetwork } from '../../../src/node/kubelet/kubelet.ts';
import { drain, pass } from '../../support/box.ts';
import { actors, findTestImage } from './actor.ts';

export interface TestCluster {
  readonly registry: Registry;
  readonly clock: EventClock;
  readonly kubelets: ReadonlyMap<string, Kubelet>;
  pass(milliseconds: number): Promise<void>;
  /** Let time pass until it holds, at most a minute. */
  until(what: string, holds: () => boolean, limitMs?: number): Promise<void>;
  apply(manifest: object): Stored<KubeObject>;
  get<T = Loose>(kind: string, name: string, namespace?: string): T;
  list<T = Loose>(kind: string, namespace?: string): readonly T[];
  events(name: string): string[];
  close(): void;
}

// oxlint-disable-next-line typescript/no-explicit-any
export type Loose = any;

export function makeCluster(options: { nodes?: readonly string[]; taints?: boolean; store?: Store; networkReady?: () => boolean; node?: (machine: Machine) => void } = {}): TestCluster {
  const clock = new EventClock(Date.UTC(2026, 0, 1));
  const rng = seededRng(11);
  const registry = new Registry({ store: options.store ?? new Store(), clock, rng });
  const world = new World({ clock, rng });
  const make = (manifest: Loose) => registry.create(manifest.kind === 'Namespace' ? 'namespaces' : 'services', manifest, manifest.metadata.namespace ? { namespace: manifest.metadata.namespace } : {});
  if (!options.store) for (const name of ['default', 'kube-system', 'kube-node-lease']) make({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const runner = new ControllerRunner(registry, clock, rng, [...controllers, scheduler]);
  runner.start();
  clock.advanceTo(clock.now());
  const kubelets = new Map<string, Kubelet>();
  (options.nodes ?? ['worker']).forEach((name, index) => {
    const machine = makeNode(name, world, ipv4(`172.18.0.${index + 2}`), clock);
    options.node?.(machine);
    const kubelet = new Kubelet({
      nodeName: name, machine, registry, clock, rng, record: runner.record, images: findTestImage,
      systemPrograms: new Map(), network: bridgeNetwork(machine, index, options.networkReady ?? (() => true)),
      ...(name === 'control-plane' && options.taints !== false
        ? { registration: { labels: { 'node-role.kubernetes.io/control-plane': '' }, taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' as const }] } }
        : {}),
    });
    kubelet.start();
    kubelets.set(name, kubelet);
  });
  const kindOf = (manifest: Loose) => registry.kinds.find((one) => one.kind === manifest.kind)!;
  const cluster: TestCluster = {
    registry,
    clock,
    kubelets,
    pass: (milliseconds) => pass(clock, milliseconds),
    async until(what, holds, limitMs = 60_000) {
      const end = clock.now() + limitMs;
      for (;;) {
        await drain();
        if (holds()) return;
        const due = clock.nextDue();
        if (due === undefined || due > end) throw new Error(`${what} did not happen within ${limitMs} ms: ${JSON.stringify(registry.list('pods').items.map((pod: Loose) => [pod.metadata.name, pod.status, cluster.events(pod.metadata.name)]), undefined, 1)}`);
        clock.advanceTo(due);
      }
    },
    apply: (manifest) => registry.create(kindOf(manifest), structuredClone(manifest) as KubeObject, kindOf(manifest).namespaced ? { namespace: (manifest as Loose).metadata.namespace ?? 'default' } : {}),
    get: (kind, name, namespace = 'default') => registry.get(kind, name, ['nodes', 'namespaces'].includes(kind) ? undefined : namespace) as Loose,
    list: (kind, namespace = 'default') => registry.list(kind, { namespace }).items as Loose,
    events: (name) =>
      (registry.list('events').items as unknown as Loose[])
        .filter((event) => event.involvedObject.name === name)
        .map((event) => `${event.type} ${event.reason}${(event.count ?? event.series?.count ?? 1) > 1 ? ` x${event.count ?? event.series.count}` : ''} ${event.message}`),
    close: () => runner.stop(),
  };
  return cluster;
}

function makeNode(name: string, world: World, address: Ipv4, clock: EventClock): Machine {
  const netns = world.createNamespace(name);
  netns.devices.setUp('lo', true);
  createBridge(netns, 'eth0');
  netns.devices.setUp('eth0', true);
  netns.addAddress('eth0', { address, prefix: 16 });
  const files = new FileSystem();
  for (const folder of ['/etc', '/tmp', '/root', '/var/log', '/usr/bin']) files.mkdir(folder, { recursive: true });
  files.write('/etc/passwd', 'root:x:0:0:root:/root:/bin/bash\n');
  files.write('/etc/group', 'root:x:0:\n');
  files.write('/etc/hosts', `127.0.0.1\tlocalhost\n${address}\t${name}\n`);
  files.write('/etc/resolv.conf', 'nameserver 172.18.0.1\noptions ndots:0\n');
  return new Machine({ hostname: name, files, netns, clock, rng: world.rng, programs: actors });
}

function bridgeNetwork(machine: Machine, index: number, ready: () => boolean): PodNetwork {
  const subnet = cidr(`10.244.${index}.0/24`);
  let next = 2;
  createBridge(machine.netns, 'cni0');
  machine.netns.addAddress('cni0', { address: nth(subnet, 1), prefix: 24 });
  machine.netns.devices.setUp('cni0', true);
  return {
    get ready() {
      return ready();
    },
    attach(_pod, netns: NetNamespace) {
      const ip = nth(subnet, next++);
      createVeth({ ns: netns, name: 'eth0' }, { ns: machine.netns, name: `veth${next}` });
      netns.addAddress('eth0', { address: ip, prefix: 24 });
      netns.devices.setUp('eth0', true);
      netns.routes.add({ destination: cidr('0.0.0.0/0'), via: nth(subnet, 1), device: 'eth0' });
      machine.netns.devices.setMaster(`veth${next}`, 'cni0');
      machine.netns.devices.setUp(`veth${next}`, true);
      return { ip };
    },
    detach: () => undefined,
  };
}

export const isReady = (pod: Loose): boolean => pod.status?.conditions?.some((one: Loose) => one.type === 'Ready' && one.status === 'True') ?? false;
