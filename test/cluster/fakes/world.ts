/** A machine with fakes of kind, a container engine and kubectl on its PATH, in a folder with a blank in its name. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { create } from 'tar';
import { sha256 } from '../../../src/cluster/artifacts.ts';
import type { ClusterBackend, ClusterSpec } from '../../../src/cluster/cluster.ts';
import { kindBackend, type KindOptions } from '../../../src/cluster/kind.ts';
import type { Plugin } from '../../../src/cluster/pins.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const TOOL = fileURLToPath(new URL('./tool.sh', import.meta.url));

export interface FakeOptions {
  readonly engine?: 'docker' | 'podman' | 'nerdctl';
  readonly kind?: string;
  readonly tools?: readonly string[];
  readonly info?: object;
}

const DOCKER_INFO = { ServerVersion: '28.2.2', CgroupVersion: '2', MemTotal: 16 * 2 ** 30, NCPU: 8, Driver: 'overlay2', DriverStatus: [], DockerRootDir: '/no/such/folder', SecurityOptions: ['name=seccomp'], OperatingSystem: 'Docker Desktop' };
const PODMAN_INFO = { host: { cgroupVersion: 'v2', memTotal: 16 * 2 ** 30, cpus: 8, security: { rootless: false }, distribution: { distribution: 'a virtual desktop' } }, store: { graphDriverName: 'overlay', graphRoot: '/no/such/folder' }, version: { Version: '5.4.0' } };

/** Small manifests of the same make as the pinned ones. */
const CALICO = `kind: ConfigMap
apiVersion: v1
metadata: {name: calico-config, namespace: kube-system}
---
kind: DaemonSet
apiVersion: apps/v1
metadata: {name: calico-node, namespace: kube-system}
spec: {template: {spec: {containers: [{name: calico-node, env: [{name: CALICO_IPV4POOL_VXLAN, value: CrossSubnet}]}]}}}
`;
const FLANNEL = `kind: ConfigMap
apiVersion: v1
metadata: {name: kube-flannel-cfg, namespace: kube-flannel}
data:
  net-conf.json: '{"Network": "10.244.0.0/16", "Backend": {"Type": "vxlan"}}'
`;
const KUBECONFIG = 'apiVersion: v1\nkind: Config\ncurrent-context: kind-lab\nclusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]\nusers: [{name: u, user: {token: t}}]\ncontexts: [{name: kind-lab, context: {cluster: c, user: u}}]\n';

export class FakeWorld {
  readonly home = mkdtempSync(join(tmpdir(), 'cka kind '));
  readonly state = join(this.home, 'state');
  readonly paths = { data: join(this.home, 'our data'), cache: join(this.home, 'cache') };
  readonly env: Record<string, string>;
  readonly userKubeconfig = join(this.home, '.kube', 'config');
  /** Titles of steps and how they ended. */
  readonly steps: string[] = [];

  constructor(options: FakeOptions = {}) {
    const engine = options.engine ?? 'docker';
    for (const folder of ['bin', 'state/nodes', '.kube', 'manifests']) mkdirSync(join(this.home, folder), { recursive: true });
    for (const tool of options.tools ?? ['kind', engine, 'kubectl']) {
      copyFileSync(TOOL, join(this.home, 'bin', tool));
      chmodSync(join(this.home, 'bin', tool), 0o755);
    }
    this.set('kind-version', `kind ${options.kind ?? 'v0.31.0'} go1.25.0 linux/amd64\n`);
    this.set('info', JSON.stringify(options.info ?? (engine === 'podman' ? PODMAN_INFO : DOCKER_INFO)));
    this.set('network', '[{"IPAM":{"Config":[{"Subnet":"172.18.0.0/16"}]}}]');
    this.set('kubeconfig', KUBECONFIG);
    this.set('images', '');
    writeFileSync(this.userKubeconfig, 'apiVersion: v1\nkind: Config\n# mine\n');
    writeFileSync(join(this.home, 'manifests', 'calico.yaml'), CALICO);
    writeFileSync(join(this.home, 'manifests', 'flannel.yaml'), FLANNEL);
    writeFileSync(join(this.home, 'bridge'), 'a program');
    create({ sync: true, gzip: true, file: join(this.home, 'manifests', 'plugins.tgz'), cwd: this.home }, ['./bridge']);
    // Fakes first; the system's small tools behind them, without its own docker and kubectl.
    this.env = { PATH: `${join(this.home, 'bin')}:/bin`, HOME: this.home, KUBECONFIG: this.userKubeconfig, FAKE_STATE: this.state, ...(options.engine === undefined ? {} : { KIND_EXPERIMENTAL_PROVIDER: engine }) };
  }

  set(file: string, text: string): void {
    writeFileSync(join(this.state, file), text);
  }

  unset(file: string): void {
    rmSync(join(this.state, file), { force: true });
  }

  has = (file: string): boolean => existsSync(join(this.state, file));

  /** From now on calls that match fail with these words. */
  fail(pattern: string, words = 'the injected failure'): void {
    this.set('fail', `${pattern}\n`);
    this.set('words', `${words}\n`);
  }

  nodes = (): readonly string[] => readdirSync(join(this.state, 'nodes')).toSorted();

  /** Every call so far, our own folders by a short name. */
  calls(): readonly string[] {
    if (!this.has('calls')) return [];
    return readFileSync(join(this.state, 'calls'), 'utf8').trimEnd().split('\n').map((line) => line.replaceAll(this.home, '<home>'));
  }

  forgetCalls = (): void => this.unset('calls');

  backend(options: Partial<KindOptions> = {}, cni: ClusterSpec['cni'] = 'calico'): ClusterBackend {
    const plugin: Plugin = { version: 'test', manifests: [{ file: `${cni}.yaml`, url: `https://example.invalid/${cni}.yaml`, sha256: sha256(Buffer.from(cni === 'calico' ? CALICO : FLANNEL)) }], images: [`registry.example/${cni}:1`], cniPlugins: { file: 'plugins.tgz', url: 'https://example.invalid/plugins.tgz', sha256: sha256(readFileSync(join(this.home, 'manifests', 'plugins.tgz'))) } };
    return kindBackend(this.paths, {
      root: ROOT, env: this.env, plugin, given: [join(this.home, 'manifests')],
      onStep: (event) => {
        if (event.type === 'end') this.steps.push(`${event.step.id} ${event.failed ? 'failed' : 'done'}`);
      },
      ...options,
    });
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
