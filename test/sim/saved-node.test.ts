/** What was done on nodes is there again after the simulator was started anew: files, units, modules, routes, rules. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Json } from '../../src/api/object.ts';
import type { SavedNode } from '../../src/sim/saved-node.ts';
import type { Simulation } from '../../src/sim/simulation.ts';
import { bootForTest, run } from '../support/simulation.ts';

// Booting a cluster has its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const restarted = (sim: Simulation): Promise<Simulation> => bootForTest({ snapshot: structuredClone(sim.snapshot()), unixMs: sim.clock.unixMs() + 60_000 });

const ROWS: readonly (readonly [what: string, change: string, look: string, seen: string])[] = [
  ['a file with its mode', 'mkdir -p /opt/notes && echo one > /opt/notes/a && chmod 600 /opt/notes/a', 'stat -c "%a %n" /opt/notes/a; cat /opt/notes/a', '600 /opt/notes/a\none\n'],
  ['but no file of more than a mebibyte', 'head -c 1048577 /dev/zero > /opt/big; head -c 1048576 /dev/zero > /opt/large', 'ls /opt | grep -e big -e large', 'large\n'],
  ['a symbolic link', 'ln -s /etc/hostname /opt/name', 'readlink /opt/name', '/etc/hostname\n'],
  ['a file of the image that was changed', 'echo "10.0.0.9 files" >> /etc/hosts', 'grep files /etc/hosts', '10.0.0.9 files\n'],
  ['a file of the image that was removed', 'rm /root/.bashrc', 'ls -A /root', '.profile\n'],
  ['a file of kubeadm that was removed', 'rm /var/lib/kubelet/kubeadm-flags.env', 'ls /var/lib/kubelet | grep -c flags', '0\n'],
  ['a file that a pod brought and somebody moved', 'mv /etc/cni/net.d/calico-kubeconfig /opt/', 'ls /opt/calico-kubeconfig', '/opt/calico-kubeconfig\n'],
  ['a unit that was disabled', 'systemctl disable containerd 2>/dev/null', 'systemctl is-active containerd; systemctl is-enabled containerd', 'active\ndisabled\n'],
  ['a unit that was stopped', 'systemctl stop kubelet', 'systemctl is-active kubelet; systemctl is-enabled kubelet', 'inactive\nenabled\n'],
  ['a module', 'modprobe ip_vs', 'lsmod | grep -c "^ip_vs "', '1\n'],
  ['a sysctl', 'sysctl -w net.ipv4.icmp_echo_ignore_all=1 >/dev/null', 'sysctl net.ipv4.icmp_echo_ignore_all', 'net.ipv4.icmp_echo_ignore_all = 1\n'],
  ['a route', 'ip route add 192.0.2.0/24 via 172.18.0.1', 'ip route show 192.0.2.0/24', '192.0.2.0/24 via 172.18.0.1 dev eth0 \n'],
  ['a route that was removed', 'ip route del default', 'ip route show default', ''],
  ['a rule and a policy', 'iptables -A INPUT -p tcp --dport 9 -j DROP; iptables -P FORWARD DROP', 'iptables -S | grep -e "^-P FORWARD" -e "--dport 9 "', '-P FORWARD DROP\n-A INPUT -p tcp -m tcp --dport 9 -j DROP\n'],
];

describe('a node after a restart of the simulator has what somebody changed', () => {
  let after: Simulation;
  beforeAll(async () => {
    const before = await bootForTest();
    for (const [, change] of ROWS) await run(before, 'node:cka-lab-worker', change);
    after = await restarted(before);
  });

  test.each(ROWS)('%s', async (_what, _change, look, seen) => {
    expect((await run(after, 'node:cka-lab-worker', look)).stdout).toBe(seen);
  });
});

test('where nothing was changed, nothing is', async () => {
  const before = await bootForTest();
  const after = await restarted(before);
  const nodesOf = (sim: Simulation) => (sim.snapshot() as unknown as { readonly nodes: Readonly<Record<string, SavedNode>> }).nodes;
  const lasting = (sim: Simulation) => Object.values(nodesOf(sim)).map(({ files, rules, ...rest }) => ({ ...rest, rules: rules.replaceAll(/\[\d+:\d+\]/g, ''), files: files.changed.map(({ path }) => path).toSorted(), removed: files.removed }));
  expect(after.isReady()).toBe(true);
  expect(lasting(after)).toEqual(lasting(before));
});

test('what a later version writes on its nodes is there after an update, and what was removed before is not', async () => {
  const before = await bootForTest();
  await run(before, 'node:cka-lab-control-plane', 'rm /etc/kubernetes/manifests/kube-scheduler.yaml');
  const snapshot = structuredClone(before.snapshot()) as unknown as { readonly nodes: Readonly<Record<string, { files: { changed: readonly { readonly path: string }[]; made: readonly string[] } }>> };
  const isLater = (path: string) => path.startsWith('/var/lib/kubelet/');
  for (const { files } of Object.values(snapshot.nodes)) {
    files.changed = files.changed.filter(({ path }) => !isLater(path));
    files.made = files.made.filter((path) => !isLater(path));
  }
  const after = await bootForTest({ snapshot: snapshot as unknown as Json, unixMs: before.clock.unixMs() + 60_000 });
  const { stdout } = await run(after, 'node:cka-lab-control-plane', 'ls /var/lib/kubelet | grep config; systemctl is-active kubelet; ls /etc/kubernetes/manifests');
  expect(stdout).toBe('config.yaml\nactive\netcd.yaml\nkube-apiserver.yaml\nkube-controller-manager.yaml\n');
});
