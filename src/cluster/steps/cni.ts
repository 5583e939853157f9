/**
 * Step 6: the network plugin. Calico by its VXLAN manifest with every packet between nodes encapsulated, or by its
 * operator; Flannel by its manifest. Manifests are parsed and changed as YAML, never as text.
 */
import { UserError } from '../../base/user-error.ts';
import { sha256 } from '../artifacts.ts';
import { POD_SUBNET } from '../kind-config.ts';
import { CALICO_OPERATOR } from '../pins.ts';
import { followsKubeProxy, isByOperator, manifestText, pluginOf } from './pinned.ts';
import { type Build, kubectlOf, type Step } from './step.ts';

export const cni: Step = {
  id: 'cni',
  title: 'Installing the network plugin',
  limitMs: 5 * 60_000,
  async run(build) {
    if (isByOperator(build)) return byOperator(build);
    const plugin = pluginOf(build);
    build.say(`${build.spec.cni} ${plugin.version}`);
    for (const manifest of plugin.manifests) {
      const text = await manifestText(manifest, build);
      const tables = build.spec.proxyMode === 'nftables' && !followsKubeProxy(build.record) ? { FELIX_NFTABLESMODE: 'Enabled' } : {};
      const objects = build.spec.cni === 'calico' ? await encapsulateAlways(text, tables) : await requireSubnet(text);
      await kubectlOf(build).must(['apply', '--server-side', '--force-conflicts', '-f', '-'], { input: objects });
    }
  },
};

interface DaemonSet {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: { readonly template?: { readonly spec?: { readonly containers?: readonly { readonly name: string; readonly env?: { readonly name: string; value?: string }[] }[] } } };
}

/**
 * All nodes of kind are in one subnet, where `CrossSubnet` would never encapsulate anything and there would be no tunnel
 * to look at. `settings` of Felix come beside. @throws UserError when the manifest has no such setting
 */
export async function encapsulateAlways(text: string, settings: Readonly<Record<string, string>> = {}): Promise<string> {
  const { parseAllDocuments, stringify } = await import('yaml');
  const objects = parseAllDocuments(text).map((document) => document.toJS() as DaemonSet | null).filter((object) => object !== null);
  const node = objects.find(({ kind, metadata }) => kind === 'DaemonSet' && metadata?.name === 'calico-node');
  const environment = node?.spec?.template?.spec?.containers?.find(({ name }) => name === 'calico-node')?.env;
  const setting = environment?.find(({ name }) => name === 'CALICO_IPV4POOL_VXLAN');
  if (!environment || !setting) throw new UserError('The Calico manifest has no CALICO_IPV4POOL_VXLAN on its calico-node.', 'Use the manifest calico-vxlan.yaml of a Calico release.');
  setting.value = 'Always';
  for (const [name, value] of Object.entries(settings)) environment.push({ name, value });
  return objects.map((object) => stringify(object, { aliasDuplicateObjects: false })).join('---\n');
}

/** Flannel's own range must be that of the cluster; its manifest has the same default. @throws UserError */
export async function requireSubnet(text: string): Promise<string> {
  const { parseAllDocuments } = await import('yaml');
  const config = parseAllDocuments(text).map((document) => document.toJS() as DaemonSet | null).find((object) => object?.kind === 'ConfigMap' && object.data?.['net-conf.json'] !== undefined);
  const network = (JSON.parse(config?.data?.['net-conf.json'] ?? '{}') as { readonly Network?: string }).Network;
  if (network !== POD_SUBNET) throw new UserError(`The Flannel manifest gives pods ${network ?? 'no network'}, and the cluster's are in ${POD_SUBNET}.`, `Use a manifest whose net-conf.json says ${POD_SUBNET}.`);
  return text;
}

/** Its CRDs are too large for the annotation of a client-side apply. */
async function byOperator(build: Build): Promise<void> {
  build.say(`calico ${CALICO_OPERATOR.version}, by its operator`);
  const kubectl = kubectlOf(build);
  for (const manifest of CALICO_OPERATOR.manifests) {
    const text = await manifestText(manifest, build);
    build.say(`${manifest.file} is not pinned by a checksum; this one has ${sha256(Buffer.from(text))}`);
    await kubectl.must(['apply', '--server-side', '--force-conflicts', '-f', '-'], { input: text });
  }
  await kubectl.must(['wait', '--for=condition=Established', 'crd/installations.operator.tigera.io', '--timeout=60s']);
  await kubectl.must(['apply', '--server-side', '--force-conflicts', '-f', '-'], { input: INSTALLATION });
}

/** Pods in the range that kubeadm was told, and nothing beyond what labs use. */
const INSTALLATION = `apiVersion: operator.tigera.io/v1
kind: Installation
metadata:
  name: default
spec:
  calicoNetwork:
    ipPools:
    - name: default-ipv4-ippool
      blockSize: 26
      cidr: ${POD_SUBNET}
      encapsulation: VXLAN
      natOutgoing: Enabled
      nodeSelector: all()
---
apiVersion: operator.tigera.io/v1
kind: APIServer
metadata:
  name: default
spec: {}
`;
