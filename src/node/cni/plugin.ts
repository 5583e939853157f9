/**
 * The container network interface, as containerd sees it: a configuration list on the node's disk names a plugin, the
 * plugin's binary lies in /opt/cni/bin. No list, no network; a missing binary, a failed sandbox. See the CNI specification.
 */
import type { Ipv4 } from '../../base/address.ts';
import type { Machine } from '../../machine/machine.ts';
import type { NetNamespace } from '../../net/namespace.ts';

export interface PodReference {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
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

/** What the kubelet shows behind `failed to setup network for sandbox …`. */
export class CniError extends Error {
  override readonly name = 'CniError';
}

const CONFIGURATIONS = '/etc/cni/net.d';
const BINARIES = '/opt/cni/bin';

/** Containerd's side of CNI on one node. */
export class CniRuntime {
  readonly #plugins: ReadonlyMap<string, CniPlugin>;
  readonly #attached = new Map<string, CniPlugin>();

  constructor(
    private readonly node: Machine,
    plugins: readonly CniPlugin[],
  ) {
    this.#plugins = new Map(plugins.map((plugin) => [plugin.type, plugin]));
  }

  /** Whether a usable configuration list is there: what makes the node Ready. */
  get ready(): boolean {
    return this.#configuration() !== undefined;
  }

  /** @throws CniError in the plugin's words */
  attach(pod: PodReference, netns: NetNamespace): { readonly ip: Ipv4 } {
    const configuration = this.#configuration();
    if (!configuration) throw new CniError('cni plugin not initialized');
    const binary = (name: string) => {
      if (!this.node.files.exists(`${BINARIES}/${name}`)) throw new CniError(`plugin type="${configuration.type}" failed (add): failed to find plugin "${name}" in path [${BINARIES}]`);
    };
    if (!this.node.files.exists(`${BINARIES}/${configuration.type}`)) throw new CniError(`failed to find plugin "${configuration.type}" in path [${BINARIES}]`);
    const plugin = this.#plugins.get(configuration.type);
    if (!plugin) throw new CniError(`plugin type="${configuration.type}" failed (add): fork/exec ${BINARIES}/${configuration.type}: exec format error`);
    for (const name of plugin.delegates) binary(name);
    const result = plugin.add(pod, netns, configuration);
    this.#attached.set(pod.uid, plugin);
    return result;
  }

  detach(pod: PodReference): void {
    this.#attached.get(pod.uid)?.remove(pod);
    this.#attached.delete(pod.uid);
  }

  /** The first list in name order counts, as containerd reads the folder. */
  #configuration(): PluginConfiguration | undefined {
    if (!this.node.files.exists(CONFIGURATIONS)) return undefined;
    for (const file of [...this.node.files.list(CONFIGURATIONS)].sort()) {
      if (!/\.(conf|conflist|json)$/.test(file)) continue;
      try {
        const content = JSON.parse(this.node.files.read(`${CONFIGURATIONS}/${file}`)) as { plugins?: PluginConfiguration[]; type?: string };
        const first = content.plugins?.[0] ?? (content as PluginConfiguration);
        if (typeof first.type === 'string') return first;
      } catch {
        // A list that does not parse is passed over, as containerd does: the node stays NotReady if it was the only one.
      }
    }
    return undefined;
  }
}
