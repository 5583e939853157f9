/** Configuration files of a node, kept on the node itself when a cluster is new, and put back by a reset. Knows no objects. */
import type { Engine } from './engine.ts';

/** What labs let learners change: static pods, the kubelet, the network plugin's configuration, name resolution. */
const KEPT = ['etc/kubernetes', 'var/lib/kubelet/config.yaml', 'var/lib/kubelet/kubeadm-flags.env', 'etc/cni/net.d', 'etc/containerd/config.toml', 'etc/crictl.yaml'];
const ARCHIVE = '/var/lib/cka-trainer/start.tar';

export async function keepNodeFiles(engine: Engine, node: string): Promise<void> {
  // Calico renews the token in its kubeconfig: an old one put back would lock it out.
  await engine.mustExec(node, ['sh', '-c', `mkdir -p /var/lib/cka-trainer && cd / && tar --exclude=calico-kubeconfig -cf ${ARCHIVE} $(ls -d ${KEPT.join(' ')} 2>/dev/null)`]);
}

/** @returns whether something had to be put back: then the node's services were restarted */
export async function restoreNodeFiles(engine: Engine, node: string): Promise<boolean> {
  const { stdout } = await engine.exec(node, ['sh', '-s'], { input: RESTORE });
  return stdout.includes('restored');
}

/** Files that were added to those folders go; then everything is as in the archive, and who reads it starts anew. */
const RESTORE = `cd / && [ -f ${ARCHIVE} ] || exit 0
folders='etc/kubernetes etc/cni/net.d'
tar -tf ${ARCHIVE} | grep -v '/$' | sort >/tmp/cka-start.txt
find $folders -type f ! -name calico-kubeconfig -o -type l | sort | while read -r file; do
  grep -qxF "$file" /tmp/cka-start.txt || { rm -f "$file"; echo "restored: removed $file"; }
done
if ! tar -df ${ARCHIVE} >/dev/null 2>&1; then
  tar -xf ${ARCHIVE} && echo 'restored: contents'
  systemctl restart containerd kubelet
fi
systemctl is-active --quiet kubelet || { systemctl start kubelet && echo 'restored: kubelet'; }
systemctl is-active --quiet containerd || { systemctl start containerd && echo 'restored: containerd'; }
`;
