/** Files of a node go back to how they were, by the script that a node runs: here in a folder that stands for its root. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test as anywhere } from 'vitest';
import { KEEP, RESTORE } from '../../src/cluster/node-files.ts';

/** A node is a Debian: its sed and its tar are GNU's. */
const test = anywhere.skipIf(process.platform !== 'linux');

const home = mkdtempSync(join(tmpdir(), 'cka node files '));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const START = {
  'etc/kubernetes/manifests/kube-apiserver.yaml': '--advertise-address=172.18.0.2\n--etcd-servers=https://127.0.0.1:2379\n',
  'etc/kubernetes/controller-manager.conf': 'server: https://172.18.0.2:6443\n',
  'etc/kubernetes/pki/apiserver.crt': 'for 172.18.0.2\n',
  'etc/kubernetes/pki/apiserver.key': 'first\n',
  'var/lib/kubelet/config.yaml': 'clusterDNS: [10.96.0.10]\n',
  'var/lib/kubelet/kubeadm-flags.env': '--node-ip=172.18.0.2\n',
  'etc/cni/net.d/10-calico.conflist': '{}\n',
  'kind/old-ipv4': '172.18.0.2',
} as const;

class Node {
  readonly root = mkdtempSync(join(home, 'node '));

  constructor() {
    mkdirSync(join(this.root, 'tmp'));
    this.write(START);
    mkdirSync(join(this.root, 'bin'));
    writeFileSync(join(this.root, 'bin', 'systemctl'), `#!/bin/sh\necho "$*" >>'${join(this.root, 'services')}'\n`);
    chmodSync(join(this.root, 'bin', 'systemctl'), 0o755);
    mkdirSync(join(this.root, 'var/lib/cka-trainer'));
    this.#run(KEEP.replace('mkdir -p /var/lib/cka-trainer && cd / && ', ''), []);
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, name)), { recursive: true });
      writeFileSync(join(this.root, name), text);
    }
  }

  read = (name: string): string | undefined => (existsSync(join(this.root, name)) ? readFileSync(join(this.root, name), 'utf8') : undefined);

  remove = (name: string): void => rmSync(join(this.root, name));

  restore(): { readonly said: readonly string[]; readonly restarted: boolean } {
    rmSync(join(this.root, 'services'), { force: true });
    const said = this.#run(RESTORE, ['--', this.root]).split('\n').filter((line) => line !== '');
    return { said, restarted: this.read('services')?.includes('restart containerd kubelet') ?? false };
  }

  #run = (script: string, args: readonly string[]): string => execFileSync('sh', ['-s', ...args], { cwd: this.root, input: script, encoding: 'utf8', env: { PATH: `${join(this.root, 'bin')}:/usr/bin:/bin` } });
}

test('a node that nobody touched is left as it is', () => {
  expect(new Node().restore()).toEqual({ said: [], restarted: false });
});

test('what was changed, added and removed is as it was', () => {
  const node = new Node();
  node.write({ 'var/lib/kubelet/config.yaml': 'clusterDNS: [10.96.0.99]\n', 'etc/kubernetes/manifests/web.yaml': 'kind: Pod\n', 'etc/cni/net.d/calico-kubeconfig': 'renewed\n' });
  node.remove('etc/kubernetes/pki/apiserver.key');
  expect(node.restore()).toEqual({ said: ['restored: removed etc/kubernetes/manifests/web.yaml', 'restored: contents'], restarted: true });
  expect([node.read('var/lib/kubelet/config.yaml'), node.read('etc/kubernetes/manifests/web.yaml'), node.read('etc/kubernetes/pki/apiserver.key'), node.read('etc/cni/net.d/calico-kubeconfig')]).toEqual(['clusterDNS: [10.96.0.10]\n', undefined, 'first\n', 'renewed\n']);
  expect(node.restore()).toEqual({ said: [], restarted: false });
});

test('a node that was started again with another address keeps that one, and its certificate', () => {
  const node = new Node();
  // As the entry point of kind's nodes does it after a reboot.
  node.write({
    'kind/old-ipv4': '172.18.0.20', 'etc/kubernetes/manifests/kube-apiserver.yaml': '--advertise-address=172.18.0.20\n--etcd-servers=https://127.0.0.1:2379\n', 'etc/kubernetes/controller-manager.conf': 'server: https://172.18.0.20:6443\n',
    'var/lib/kubelet/kubeadm-flags.env': '--node-ip=172.18.0.20\n', 'etc/kubernetes/pki/apiserver.crt': 'for 172.18.0.20\n', 'etc/kubernetes/pki/apiserver.key': 'second\n',
    // And this is the learner's.
    'var/lib/kubelet/config.yaml': 'clusterDNS: []\n',
  });
  node.restore();
  expect(Object.keys(START).map(node.read)).toEqual([
    '--advertise-address=172.18.0.20\n--etcd-servers=https://127.0.0.1:2379\n', 'server: https://172.18.0.20:6443\n', 'for 172.18.0.20\n', 'second\n', 'clusterDNS: [10.96.0.10]\n', '--node-ip=172.18.0.20\n', '{}\n', '172.18.0.20',
  ]);
  expect(node.restore()).toEqual({ said: [], restarted: false });
});
