/**
 * The images of the control plane and of node add-ons. Each is little more than one program, named as the binary in the
 * real image; those programs act on a cluster, so they come from `node`, through the machine's program table.
 */
import type { FileSystem } from '../machine/files.ts';
import { programFile } from '../machine/machine.ts';
import { alpine } from './bases/alpine.ts';
import { skeleton, write } from './bases/debian.ts';
import { DEFAULT_PATH, type ImageRecipe } from './image.ts';

interface SystemImage {
  readonly repository: string;
  readonly tags: RegExp;
  /** Where the binary is, and by which name the program table knows it. */
  readonly binary: string;
  readonly program: string;
  /** Further binaries: path to program. */
  readonly more?: Readonly<Record<string, string>>;
  /** Built on Alpine: has a shell and BusyBox; the others have neither. */
  readonly onAlpine?: true;
  readonly entrypoint?: readonly string[];
  readonly user?: string;
  readonly sizeBytes: number;
}

const KUBERNETES = /^v1\.(2\d|3[0-9])\.\d+$/;
const CALICO = /^v3\.(2\d|3[0-9])\.\d+$/;

const IMAGES: readonly SystemImage[] = [
  ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'].map((name) => ({
    repository: `registry.k8s.io/${name}`, tags: KUBERNETES, binary: `/usr/local/bin/${name}`, program: name, sizeBytes: 27_000_000,
  })),
  { repository: 'registry.k8s.io/etcd', tags: /^3\.\d+\.\d+-\d+$/, binary: '/usr/local/bin/etcd', program: 'etcd', sizeBytes: 23_000_000 },
  { repository: 'registry.k8s.io/coredns/coredns', tags: /^v1\.\d+\.\d+$/, binary: '/coredns', program: 'coredns', entrypoint: ['/coredns'], sizeBytes: 22_400_000 },
  { repository: 'quay.io/calico/node', tags: CALICO, binary: '/bin/calico-node', program: 'calico-node', entrypoint: ['/bin/calico-node', '-felix'], sizeBytes: 160_000_000 },
  { repository: 'quay.io/calico/cni', tags: CALICO, binary: '/opt/cni/bin/install', program: 'calico-cni-install', more: { '/opt/cni/bin/calico-ipam': 'calico-ipam' }, sizeBytes: 72_000_000 },
  { repository: 'quay.io/calico/kube-controllers', tags: CALICO, binary: '/usr/bin/kube-controllers', program: 'calico-kube-controllers', more: { '/usr/bin/check-status': 'check-status' }, entrypoint: ['/usr/bin/kube-controllers'], user: '999', sizeBytes: 53_000_000 },
  { repository: 'ghcr.io/flannel-io/flannel', tags: /^v0\.\d+\.\d+$/, binary: '/opt/bin/flanneld', program: 'flanneld', onAlpine: true, entrypoint: ['/opt/bin/flanneld'], sizeBytes: 32_000_000 },
  { repository: 'ghcr.io/flannel-io/flannel-cni-plugin', tags: /^v1\.\d+\.\d+-flannel\d+$/, binary: '/flannel', program: 'flannel-cni', onAlpine: true, sizeBytes: 4_800_000 },
  { repository: 'docker.io/kindest/local-path-provisioner', tags: /^v\d{8}-[0-9a-f]+$/, binary: '/usr/bin/local-path-provisioner', program: 'local-path-provisioner', sizeBytes: 20_600_000 },
];

/** One recipe per image of the table above. */
export const systemImages: readonly ImageRecipe[] = IMAGES.map((image) => ({
  repository: image.repository,
  tags: (tag) => image.tags.test(tag),
  files: (files) => writeFiles(files, image),
  ...(image.entrypoint ? { entrypoint: image.entrypoint } : {}),
  ...(image.user ? { user: image.user } : {}),
  env: { PATH: DEFAULT_PATH },
  sizeBytes: image.sizeBytes,
}));

function writeFiles(files: FileSystem, image: SystemImage): void {
  if (image.onAlpine) alpine(files, '3.22.1');
  else skeleton(files);
  for (const [path, program] of Object.entries({ [image.binary]: image.program, ...image.more })) write(files, { [path]: programFile(program) }, 0o755);
  if (image.onAlpine) return;
  write(files, {
    '/etc/passwd': 'root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n',
    '/etc/group': 'root:x:0:\nnobody:x:65534:\nnonroot:x:65532:\n',
    '/etc/os-release': 'PRETTY_NAME="Distroless"\nNAME="Debian GNU/Linux"\nID="debian"\nVERSION_ID="12"\nVERSION="Debian GNU/Linux 12 (bookworm)"\nHOME_URL="https://github.com/GoogleContainerTools/distroless"\n',
  });
}

/** What holds a pod's namespaces open. */
export const pause: ImageRecipe = {
  repository: 'registry.k8s.io/pause',
  tags: (tag) => /^3\.([1-9]|10(\.\d)?)$/.test(tag) || tag === 'latest',
  files(files) {
    files.write('/pause', programFile('pause'), { mode: 0o755 });
  },
  entrypoint: ['/pause'],
  env: { PATH: DEFAULT_PATH },
  user: '65535:65535',
  sizeBytes: 320_368,
};
