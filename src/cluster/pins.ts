/**
 * Which versions work together: node images per kind release, network plugins, CNI plugin archives, with digests. Images
 * are only promised to work with the kind release that built them. See the release notes of kind, Calico and Flannel.
 */

export interface NodeImage {
  readonly version: string;
  /** `name:tag@sha256:…`. */
  readonly reference: string;
}

export interface Artifact {
  /** The name in the cache, in `--manifest-dir` and in a bundle. */
  readonly file: string;
  readonly url: string;
  readonly sha256: string;
}

/** kube-proxy's nftables mode and Kubernetes 1.31 need at least this one. */
export const OLDEST_KIND = [0, 23] as const;

/** By minor version of kind 0.x: Kubernetes 1.35 where the release has it, since IPVS still works there. */
const NODE_IMAGES: Readonly<Record<number, readonly [version: string, digest: string]>> = {
  33: ['v1.35.8', '07b2536e30b803ed61d1677a79df6115f798ce64c80f9e22f6ed45afd09323c0'],
  32: ['v1.35.5', 'ce977ae6d65918d0b58a5f8b5e940429c2ce42fa3a5619ec2bbc60b949c0ac95'],
  31: ['v1.35.0', '452d707d4862f52530247495d180205e029056831160e22870e37e3f6c1ac31f'],
  30: ['v1.34.0', '7416a61b42b1662ca6ca89f02028ac133a309a2a30ba309614e8ec94d976dc5a'],
  29: ['v1.33.1', '050072256b9a903bd914c0b2866828150cb229cea0efe5892e2b644d5dd3b34f'],
  28: ['v1.33.1', '8d866994839cd096b3590681c55a6fa4a071fdaf33be7b9660e5697d2ed13002'],
  27: ['v1.32.2', 'f226345927d7e348497136874b6d207e0b32cc52154ad8323129352923a3142f'],
};

/** `[0, 27]` of `kind v0.27.0 go1.24.4 linux/amd64` or `kind version 0.27.0`. */
export function parseKindVersion(text: string): readonly [number, number] | undefined {
  const [, major, minor] = /\bv?(\d+)\.(\d+)\.\d+/.exec(text) ?? [];
  return major === undefined || minor === undefined ? undefined : [Number(major), Number(minor)];
}

/** The pinned image; undefined for a release that we do not know: then kind's own choice is the best one. */
export function nodeImageFor([major, minor]: readonly [number, number]): NodeImage | undefined {
  const [version, digest] = (major === 0 && NODE_IMAGES[minor]) || [];
  return version === undefined ? undefined : { version, reference: `kindest/node:${version}@sha256:${digest}` };
}

/** Of releases before those: what kind chooses when nobody does. */
const EARLIER_MINORS: Readonly<Record<number, number>> = { 23: 30, 24: 31, 25: 31, 26: 32 };

/** What nodes of that release run: 35 of 1.35, which is also taken for a release that we do not know. */
export function kubernetesMinor(kind: readonly [number, number] | undefined): number {
  const pinned = /^v1\.(\d+)/.exec((kind && nodeImageFor(kind)?.version) ?? '')?.[1];
  return Number(pinned ?? (kind?.[0] === 0 ? EARLIER_MINORS[kind[1]] : undefined) ?? 35);
}

export interface Plugin {
  readonly version: string;
  readonly manifests: readonly Artifact[];
  readonly images: readonly string[];
  /** Where `bridge` comes from, when not from the pinned archive. */
  readonly cniPlugins?: Artifact;
}

const CALICO = 'https://raw.githubusercontent.com/projectcalico/calico';

/** Calico 3.32 is tested on Kubernetes 1.34 to 1.36, 3.31 on 1.32 to 1.35. */
export function calicoFor(kubernetesMinor: number): Plugin {
  const [version, sha256] = kubernetesMinor >= 34
    ? ['v3.32.1', 'c2ab4f9a4ecde01d66e6f040d6745cd7f174d5ded573164c809ffb9f40a9d566']
    : ['v3.31.7', '324475bc90d0fc6b432092b91a011190fdaed47823fcc936762ea58507c6a5a3'];
  return {
    version,
    manifests: [{ file: `calico-vxlan-${version}.yaml`, url: `${CALICO}/${version}/manifests/calico-vxlan.yaml`, sha256 }],
    images: ['cni', 'node', 'kube-controllers'].map((name) => `quay.io/calico/${name}:${version}`),
  };
}

/** No checksum of its manifests is known to us: the tag is pinned, and from the first fetch on what came then. */
export const CALICO_OPERATOR = {
  version: 'v3.32.1',
  manifests: ['v1_crd_projectcalico_org.yaml', 'tigera-operator.yaml'].map((file) => ({ file: `${file.replace(/\.yaml$/, '')}-v3.32.1.yaml`, url: `${CALICO}/v3.32.1/manifests/${file}` })),
  images: ['quay.io/tigera/operator:v1.42.3', ...['apiserver', 'cni', 'csi', 'kube-controllers', 'node', 'node-driver-registrar', 'pod2daemon-flexvol', 'typha'].map((name) => `quay.io/calico/${name}:v3.32.1`)],
} as const;

export const FLANNEL: Plugin = {
  version: 'v0.28.9',
  manifests: [
    {
      file: 'kube-flannel-v0.28.9.yml',
      url: 'https://raw.githubusercontent.com/flannel-io/flannel/v0.28.9/Documentation/kube-flannel.yml',
      sha256: 'e875824be2f552b45711dbda91af81b17eb961d00025d914d9fef18fad8f09c0',
    },
  ],
  images: ['ghcr.io/flannel-io/flannel:v0.28.9', 'ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel3'],
};

/** Flannel delegates to `bridge`, which node images of kind do not have. */
export function cniPlugins(architecture: 'amd64' | 'arm64'): Artifact {
  const sha256 = { amd64: 'b98f74a0f8522f0a83867178729c1aa70f2158f90c45a2ca8fa791db1c76b303', arm64: '56171987d3947707c3563db2f4001bccaf50fd63468611b9f3cbecb1375ee7ec' }[architecture];
  const file = `cni-plugins-linux-${architecture}-v1.9.1.tgz`;
  return { file, url: `https://github.com/containernetworking/plugins/releases/download/v1.9.1/${file}`, sha256 };
}

/** What the probe of the network runs: a resolver that behaves (later busyboxes also ask for what is not there), and the server that labs run anyway. */
export const PROBE_IMAGES = { client: 'busybox:1.28', server: 'nginx:1.25' } as const;

/** Shares a node's network and brings tcpdump, ipvsadm, ipset and dig, which nodes of kind do not have. */
export const NETSHOOT_IMAGE = 'nicolaka/netshoot:v0.13';
