/** Configuration files of a node, kept on the node itself when a cluster is new, and put back by a reset. Knows no objects. */
import type { Engine } from './engine.ts';

/** What labs let learners change: static pods, the kubelet, the network plugin's configuration, name resolution. */
const KEPT = ['etc/kubernetes', 'var/lib/kubelet/config.yaml', 'var/lib/kubelet/kubeadm-flags.env', 'etc/cni/net.d', 'etc/containerd/config.toml', 'etc/crictl.yaml'];

/** Names are seen from the root of the node. */
const FOLDER = 'var/lib/cka-trainer';
const ARCHIVE = `${FOLDER}/start.tar`;
const ADDRESS = `${FOLDER}/start.address`;
/** Where the entry point of kind's nodes keeps the address that it has put into their files. */
const KINDS_ADDRESS = 'kind/old-ipv4';

const EXISTING = `$(ls -d ${KEPT.join(' ')} 2>/dev/null)`;

/** Calico renews the token in its kubeconfig: an old one put back would lock it out. */
export const KEEP = `mkdir -p /${FOLDER} && cd / && tar --exclude=calico-kubeconfig -cf ${ARCHIVE} ${EXISTING} && if [ -f ${KINDS_ADDRESS} ]; then cat ${KINDS_ADDRESS} >${ADDRESS}; fi`;

export async function keepNodeFiles(engine: Engine, node: string): Promise<void> {
  await engine.mustExec(node, ['sh', '-c', KEEP]);
}

/** @returns whether something had to be put back: then the node's services were restarted */
export async function restoreNodeFiles(engine: Engine, node: string): Promise<boolean> {
  const { stdout } = await engine.exec(node, ['sh', '-s'], { input: RESTORE });
  return stdout.includes('restored');
}

/**
 * Files that were added to those folders go; then everything is as in the archive, and who reads it starts anew. A node
 * that was started again may have another address, which kind has put into its files and its API server's certificate:
 * the archive follows first, or it would bring back an address that is somebody else's now.
 */
export const RESTORE = `cd "\${1:-/}" && [ -f ${ARCHIVE} ] || exit 0
now=$(cat ${KINDS_ADDRESS} 2>/dev/null)
was=$(cat ${ADDRESS} 2>/dev/null)
if [ -n "$was" ] && [ -n "$now" ] && [ "$was" != "$now" ]; then
  start=$(mktemp -d)
  tar -xpf ${ARCHIVE} -C "$start"
  pattern=$(printf %s "$was" | sed 's/[.]/\\\\./g')
  for file in etc/kubernetes/manifests/*.yaml etc/kubernetes/*.conf var/lib/kubelet/kubeadm-flags.env; do
    if grep -qs "$pattern" "$start/$file"; then sed -i "s/\\\\b$pattern\\\\b/$now/g" "$start/$file"; fi
  done
  for file in etc/kubernetes/pki/apiserver.crt etc/kubernetes/pki/apiserver.key; do
    if [ -f "$file" ] && [ -f "$start/$file" ]; then cp -p "$file" "$start/$file"; fi
  done
  (cd "$start" && tar -cf start.tar ${EXISTING}) && mv "$start/start.tar" ${ARCHIVE} && printf %s "$now" >${ADDRESS}
  rm -rf "$start"
fi
folders='etc/kubernetes etc/cni/net.d'
tar -tf ${ARCHIVE} | grep -v '/$' | sort >tmp/cka-start.txt
find $folders -type f ! -name calico-kubeconfig -o -type l | sort | while read -r file; do
  grep -qxF "$file" tmp/cka-start.txt || { rm -f "$file"; echo "restored: removed $file"; }
done
if ! tar -df ${ARCHIVE} >/dev/null 2>&1; then
  tar -xf ${ARCHIVE} && echo 'restored: contents'
  systemctl restart containerd kubelet
fi
systemctl is-active --quiet kubelet || { systemctl start kubelet && echo 'restored: kubelet'; }
systemctl is-active --quiet containerd || { systemctl start containerd && echo 'restored: containerd'; }
`;
