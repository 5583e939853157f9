/**
 * The container network interface, as containerd sees it: a configuration list on the node's disk names a plugin, the
 * plugin's binary lies in /opt/cni/bin. No list, no network; a missing binary, a failed sandbox. See the CNI specification.
 */
import type { Ipv4 } from '../../base/address.ts';
import type { Machine } from '../../machine/machine.ts';
import type { NetNamespace } from '../../net/namespace.ts';
import { mapPorts, unmapPorts, type Mapped, type PortMapping } from './portmap.ts';

export interface PodReference {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Ports of the node that lead to it, and the sandbox that they are made for. */
  readonly mapped?: { readonly id: string; readonly ports: readonly PortMapping[] } | undefined;
}

/** One entry of a conflist's `plugins`, as written. */
export type PluginConfiguration = Readonly<Record<string, unknown>> & { readonly type: string };

/** A main plugin: makes the pod's interface. `portmap` and the like only follow it. */
export interface CniPlugin {
  readonly type: string;
  /** Binaries besides its own that it calls. */
  readonly delegates: readonly string[];
  /** @throws CniError */
  add(pod: PodReference, netns: NetNamespace, configuration: PluginConfiguration): { readonly ip: Ipv4 };
  /** Never throws for what is already gone. */
  remove(pod: PodReference): void;
}

interface ConfigurationList {
  readonly name: string;
  readonly plugins: readonly [PluginConfiguration, ...PluginConfiguration[]];
}

/** What the kubelet shows behind `failed to setup network for sandbox …`. */
export class CniError extends Error {
  override readonly name = 'CniError';
}

const CONFIGURATIONS = '/etc/cni/net.d';
const BINARIES = '/opt/cni/bin';

/** Containerd's side of CNI on one node. */
export class CniRuntime {
  readonly #plugins: ReadonlyMap<string, CniPlugin>;
  readonly #attached = new Map<string, { readonly plugin: CniPlugin; readonly mapped: Mapped | undefined }>();

  constructor(
    private readonly node: Machine,
    plugins: readonly CniPlugin[],
  ) {
    this.#plugins = new Map(plugins.map((plugin) => [plugin.type, plugin]));
  }

  /** Whether a usable configuration list is there: what makes the node Ready. */
  get ready(): boolean {
    return this.#list() !== undefined;
  }

  /** @throws CniError in the plugin's words */
  attach(pod: PodReference, netns: NetNamespace): { readonly ip: Ipv4 } {
    const list = this.#list();
    if (!list) throw new CniError('cni plugin not initialized');
    const [configuration] = list.plugins;
    const binary = (name: string) => {
      if (!this.node.files.exists(`${BINARIES}/${name}`)) throw new CniError(`plugin type="${configuration.type}" failed (add): failed to find plugin "${name}" in path [${BINARIES}]`);
    };
    if (!this.node.files.exists(`${BINARIES}/${configuration.type}`)) throw new CniError(`failed to find plugin "${configuration.type}" in path [${BINARIES}]`);
    const plugin = this.#plugins.get(configuration.type);
    if (!plugin) throw new CniError(`plugin type="${configuration.type}" failed (add): fork/exec ${BINARIES}/${configuration.type}: exec format error`);
    for (const name of plugin.delegates) binary(name);
    const result = plugin.add(pod, netns, configuration);
    this.#attached.set(pod.uid, { plugin, mapped: this.#mapPorts(pod, result.ip, list) });
    return result;
  }

  detach(pod: PodReference): void {
    const { plugin, mapped } = this.#attached.get(pod.uid) ?? {};
    if (mapped) unmapPorts(this.node.netns, mapped);
    plugin?.remove(pod);
    this.#attached.delete(pod.uid);
  }

  /** Host ports are for the list's `portmap`; a list without one leaves them out, as containerd does. */
  #mapPorts({ mapped }: PodReference, ip: Ipv4, { name, plugins }: ConfigurationList): Mapped | undefined {
    const portmap = plugins.find(({ type }) => type === 'portmap');
    if (!portmap || !mapped || mapped.ports.length === 0) return undefined;
    if (!this.node.files.exists(`${BINARIES}/portmap`)) throw new CniError(`failed to find plugin "portmap" in path [${BINARIES}]`);
    // Both manifests of today ask for it, and it is the default.
    const all = { network: name, id: mapped.id, ip, ports: mapped.ports, snat: portmap['snat'] !== false };
    mapPorts(this.node.netns, all);
    return all;
  }

  /** The first list in name order counts, as containerd reads the folder. */
  #list(): ConfigurationList | undefined {
    if (!this.node.files.exists(CONFIGURATIONS)) return undefined;
    for (const file of [...this.node.files.list(CONFIGURATIONS)].sort()) {
      if (!/\.(conf|conflist|json)$/.test(file)) continue;
      try {
        const content = JSON.parse(this.node.files.read(`${CONFIGURATIONS}/${file}`)) as { name?: string; plugins?: PluginConfiguration[]; type?: string };
        const first = content.plugins?.[0] ?? (content as PluginConfiguration);
        if (typeof first.type === 'string') return { name: content.name ?? '', plugins: [first, ...(content.plugins ?? []).slice(1)] };
      } catch {
        // A list that does not parse is passed over, as containerd does: the node stays NotReady if it was the only one.
      }
    }
    return undefined;
  }
}
