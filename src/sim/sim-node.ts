/** One node, switched on: machine, systemd units, kubelet, CNI, and the programs that only a cluster's pods run. */
import type { Clock, Disposer } from '../base/clock.ts';
import type { Rng } from '../base/rng.ts';
import { findImage } from '../images/index.ts';
import type { Registry } from '../kinds/registry.ts';
import type { FileSystem } from '../machine/files.ts';
import type { Machine, ProgramTable } from '../machine/machine.ts';
import type { Task } from '../machine/processes.ts';
import type { Program } from '../machine/program.ts';
import type { Lan } from '../net/device/lan.ts';
import type { World } from '../net/world.ts';
import { calicoPlugin } from '../node/cni/calico/plugin.ts';
import { calicoPrograms } from '../node/cni/calico/programs.ts';
import type { CalicoIpam } from '../node/cni/calico/ipam.ts';
import { flanneld } from '../node/cni/flannel/flanneld.ts';
import { flannelPlugin } from '../node/cni/flannel/plugin.ts';
import { CniRuntime } from '../node/cni/plugin.ts';
import type { Component } from '../node/component.ts';
import type { ApiDoor } from '../node/api-door.ts';
import { controlPlanePrograms } from '../node/control-plane.ts';
import { coredns } from '../node/coredns/program.ts';
import { kubeProxy } from '../node/kube-proxy/program.ts';
import { makeRecorder } from '../controllers/events.ts';
import { Kubelet } from '../node/kubelet/kubelet.ts';
import { launch } from '../node/kubelet/launch.ts';
import { programs } from '../programs/index.ts';
import { stringify } from 'yaml';
import { writeKubeadmFiles } from './kubeadm-files.ts';
import { makeNodeMachine } from './node-machine.ts';
import { madeOnTop } from './saved-files.ts';
import { restoreNode, type SavedNode, saveNode } from './saved-node.ts';
import { staticPods } from './system/control-plane.ts';
import { KUBERNETES_VERSION, type NodePlan, type TopologyOptions } from './topology.ts';

export interface SimNode {
  readonly name: string;
  readonly plan: NodePlan;
  readonly machine: Machine;
  readonly kubelet: Kubelet;
  /** What must outlive this process, beside what etcd holds. */
  save(): SavedNode;
}

export interface NodeOptions {
  readonly plan: NodePlan;
  readonly topology: TopologyOptions;
  readonly image: FileSystem;
  readonly ipam: CalicoIpam;
  readonly world: World;
  readonly lan: Lan;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly registry: Registry;
  readonly door: ApiDoor;
  /** Certificates in PEM: the authority's, and the API server's own. */
  readonly certificates: { readonly authority: string; readonly server: string };
  /** The control plane's node. */
  readonly apiServer: NodePlan;
  /** What kubeadm issued for a node: content by path. */
  readonly credentials?: ((plan: NodePlan) => Readonly<Record<string, string>>) | undefined;
  /** What `save` gave before the simulator was started again. */
  readonly saved?: SavedNode;
  runControllers(): Disposer;
  runScheduler(): Disposer;
}

export function startNode(options: NodeOptions): SimNode {
  const { plan, clock, rng, registry } = options;
  const machine = makeNodeMachine({ plan, image: options.image, world: options.world, lan: options.lan, clock, rng, programs, ipvs: options.topology.proxyMode === 'ipvs' });
  const component: Component = { nodeName: plan.name, registry, clock, rng };
  const kubelet = new Kubelet({
    nodeName: plan.name,
    machine,
    registry,
    clock,
    rng,
    record: makeRecorder(registry, clock, rng),
    images: findImage,
    network: new CniRuntime(machine, [calicoPlugin({ name: plan.name, machine, ipam: options.ipam }), flannelPlugin({ machine, rng })]),
    launch: () => launch(machine.files, { host: options.apiServer.name, address: options.apiServer.address, port: 6443 }),
    onExit: (exit) => {
      const unit = machine.units.get('kubelet');
      if (unit) machine.units.ended(unit, exit);
    },
    systemPrograms: table([
      kubeProxy(component),
      coredns(component),
      flanneld(component, machine),
      ...calicoPrograms(component, machine, options.ipam),
      ...controlPlanePrograms({ runControllers: () => options.runControllers(), runScheduler: () => options.runScheduler(), nodeAddress: plan.address, door: options.door }),
    ]),
    nodeIp: plan.address,
    certificate: options.certificates.server,
    registration: {
      version: KUBERNETES_VERSION,
      providerId: `kind://docker/${options.topology.name}/${plan.name}`,
      ...(plan.role === 'control-plane'
        ? {
            labels: { 'node-role.kubernetes.io/control-plane': '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' },
            taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' as const }],
          }
        : {}),
    },
  });
  const { authority } = options.certificates;
  writeKubeadmFiles(machine.files, { plan, cluster: options.topology.name, server: `https://${options.apiServer.name}:6443`, authority, credentials: options.credentials?.(plan) ?? {} });
  if (plan.role === 'control-plane') {
    machine.files.write('/etc/kubernetes/pki/apiserver.crt', options.certificates.server, { mode: 0o644 });
    for (const pod of staticPods(options.topology, plan)) machine.files.write(`/etc/kubernetes/manifests/${pod.metadata.name}.yaml`, stringify(pod), { mode: 0o600 });
  }
  const made = madeOnTop(options.image, machine.files);
  startUnits(machine, kubelet, options);
  return { name: plan.name, plan, machine, kubelet, save: () => saveNode(machine, options.image, made) };
}

function startUnits(machine: Machine, kubelet: Kubelet, { saved }: NodeOptions): void {
  let runtime: Task | undefined;
  const containerd = machine.units.add({
    name: 'containerd.service', description: 'containerd container runtime', path: '/etc/systemd/system/containerd.service', command: ['/usr/local/bin/containerd'], docs: 'https://containerd.io',
    restartAfterMs: 1000,
    onStart: () => {
      const task = machine.register(['/usr/local/bin/containerd']);
      runtime = task;
      void task.exited.then((exit) => {
        if (runtime === task) machine.units.ended(containerd, exit);
      });
      return task.pid;
    },
    onStop: () => {
      const task = runtime;
      runtime = undefined;
      task?.end({ code: 0 });
    },
  });
  const unit = machine.units.add({
    name: 'kubelet.service', description: 'kubelet: The Kubernetes Node Agent', path: '/etc/systemd/system/kubelet.service',
    command: ['/usr/bin/kubelet', '--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf', '--kubeconfig=/etc/kubernetes/kubelet.conf', '--config=/var/lib/kubelet/config.yaml'],
    docs: 'http://kubernetes.io/docs/',
    restartAfterMs: 1000,
    isSimple: true,
    onStart: () => kubelet.start(),
    onStop: () => kubelet.stop(),
  });
  if (saved) restoreNode(machine, saved);
  for (const one of [containerd, unit]) {
    const before = saved?.units.find(({ name }) => name === one.options.name);
    one.enabled = before?.enabled ?? true;
    if (before?.active ?? true) machine.units.start(one);
  }
}

function table(all: readonly Program[]): ProgramTable {
  const byName = new Map(all.map((program) => [program.name, program]));
  return { get: (name) => byName.get(name) };
}
