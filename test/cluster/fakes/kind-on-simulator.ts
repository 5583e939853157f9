/**
 * kind and docker by name, with a simulated cluster behind them: `kind create` boots it, `docker exec` runs on its nodes.
 * So the whole driver, its waits, probes and resets meet a real kubectl and an API that answers. Images are names only.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { sha256 } from '../../../src/cluster/artifacts.ts';
import type { Cluster, ClusterBackend, ClusterSpec } from '../../../src/cluster/cluster.ts';
import { findProgram } from '../../../src/cluster/find-program.ts';
import { kindBackend } from '../../../src/cluster/kind.ts';
import type { Plugin } from '../../../src/cluster/pins.ts';
import { clusterFolder } from '../../../src/cluster/paths.ts';
import { simulatorBackend } from '../../../src/cluster/simulator.ts';
import { runSimulator, type RunningSimulator } from '../../../src/cluster/simulator-process.ts';
import { commandLine } from '../../../src/lab/shell/quote.ts';
import { ownCommand } from '../../support/self.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Sends its name, its arguments and, where asked for it, its input to whoever plays it. */
const TOOL = (socket: string) => `#!${process.execPath}
const argv = [process.argv[1].split('/').pop(), ...process.argv.slice(2)];
import('node:http').then(({ request }) => {
  const asked = request({ socketPath: ${JSON.stringify(socket)}, method: 'POST', headers: { argv: encodeURIComponent(JSON.stringify(argv)) } }, (answer) => {
    let text = '';
    answer.on('data', (chunk) => (text += chunk)).on('end', () => {
      const { stdout, stderr, exitCode } = JSON.parse(text);
      process.stdout.write(stdout);
      process.stderr.write(stderr);
      process.exitCode = exitCode;
    });
  });
  if (argv.includes('-i')) process.stdin.pipe(asked); else asked.end();
});
`;

/** The simulator has no server-side apply; what the driver sends by it is understood by the other kind too. */
const KUBECTL = (command: readonly string[]) => `#!/bin/sh
for word in "$@"; do
  shift
  case $word in --server-side | --force-conflicts) ;; *) set -- "$@" "$word" ;; esac
done
exec ${commandLine(command)} "$@"
`;

/** Of the plugin that the simulator brings: one setting that the driver changes, and one range that it requires. */
const MANIFESTS = {
  calico: 'kind: DaemonSet\napiVersion: apps/v1\nmetadata: {name: calico-node, namespace: kube-system}\nspec: {template: {spec: {containers: [{name: calico-node, env: [{name: CALICO_IPV4POOL_VXLAN, value: CrossSubnet}]}]}}}\n',
  flannel: 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: kube-flannel-cfg, namespace: kube-flannel}\ndata:\n  net-conf.json: \'{"Network": "10.244.0.0/16", "Backend": {"Type": "vxlan"}}\'\n',
} as const;

/** A wait of ten seconds is one of ours. */
const SPEED = 10;

interface Played {
  readonly cluster: Cluster;
  readonly simulator: RunningSimulator;
}

interface Answer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}

export class KindOnSimulator {
  readonly home = mkdtempSync(join(tmpdir(), 'cka-kos-'));
  /** For the driver: our tools first, the system's small ones behind them. */
  readonly env = { PATH: `${join(this.home, 'bin')}:/usr/bin:/bin`, HOME: this.home };
  readonly #cni: ClusterSpec['cni'];
  readonly #clusters = new Map<string, Played>();
  readonly #loaded = new Set<string>();
  readonly #server: Server;

  private constructor(cni: ClusterSpec['cni']) {
    this.#cni = cni;
    this.#server = createServer((request, response) => {
      void this.#heard(request).then(
        ({ stdout = '', stderr = '', exitCode = 0 }) => response.end(JSON.stringify({ stdout, stderr, exitCode })),
        (error: Error) => response.end(JSON.stringify({ stdout: '', stderr: `${error.message}\n`, exitCode: 1 })),
      );
    });
  }

  static async start(cni: ClusterSpec['cni'] = 'calico'): Promise<KindOnSimulator> {
    const made = new KindOnSimulator(cni);
    const bin = join(made.home, 'bin');
    mkdirSync(bin);
    const socket = join(made.home, 'tools');
    for (const name of ['kind', 'docker']) writeFileSync(join(bin, name), TOOL(socket), { mode: 0o755 });
    const kubectl = findProgram('kubectl', process.env['PATH']);
    writeFileSync(join(bin, 'kubectl'), KUBECTL(kubectl === undefined ? [...ownCommand(), 'kubectl'] : [kubectl]), { mode: 0o755 });
    await new Promise<void>((resolve) => made.#server.listen(socket, resolve));
    return made;
  }

  /** kind's own driver, as users have it, on these tools. */
  backend(): ClusterBackend {
    const text = MANIFESTS[this.#cni];
    writeFileSync(join(this.home, 'manifest.yaml'), text);
    const plugin: Plugin = { version: 'of the simulator', manifests: [{ file: 'manifest.yaml', url: 'https://example.invalid/manifest.yaml', sha256: sha256(Buffer.from(text)) }], images: [] };
    return kindBackend({ data: join(this.home, 'data'), cache: join(this.home, 'cache') }, { root: ROOT, env: this.env, plugin, given: [this.home] });
  }

  async stop(): Promise<void> {
    for (const name of [...this.#clusters.keys()]) await this.#delete(name);
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.home, { recursive: true, force: true });
  }

  async #heard(request: IncomingMessage): Promise<Answer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [tool, ...args] = JSON.parse(decodeURIComponent(String(request.headers['argv']))) as [string, ...string[]];
    return tool === 'kind' ? this.#kind(args) : this.#docker(args, Buffer.concat(chunks).toString('latin1'));
  }

  async #kind([verb, , , name = '', , config = '', , kubeconfig = '']: readonly string[]): Promise<Answer> {
    if (verb === 'version') return { stdout: 'kind v0.31.0 go1.25.0 linux/amd64\n' };
    if (verb === 'delete') return this.#delete(name);
    const { nodes, networking } = parse(readFileSync(config, 'utf8')) as { readonly nodes: readonly { readonly role: string }[]; readonly networking: { readonly kubeProxyMode: ClusterSpec['proxyMode'] } };
    const spec: ClusterSpec = { name, workers: nodes.length - 1, cni: this.#cni, proxyMode: networking.kubeProxyMode };
    const behind = { data: join(this.home, 'behind'), cache: join(this.home, 'cache'), run: join(this.home, 'run') };
    const simulator = await runSimulator({ ...spec, folder: clusterFolder(behind, name), idleHours: 0, rehearsalSpeed: SPEED, log: () => undefined });
    this.#clusters.set(name, { simulator, cluster: await simulatorBackend(behind).up(spec) });
    writeFileSync(kubeconfig, readFileSync(simulator.kubeconfig));
    return { stderr: ' • Preparing nodes ...\n ✓ Preparing nodes\n' };
  }

  async #delete(name: string): Promise<Answer> {
    await this.#clusters.get(name)?.simulator.stop();
    this.#clusters.delete(name);
    return {};
  }

  async #docker(args: readonly string[], input: string): Promise<Answer> {
    const call = args.join(' ');
    if (call.startsWith('info ')) return { stdout: JSON.stringify({ ServerVersion: '28.2.2', CgroupVersion: '2', MemTotal: 16 * 2 ** 30, NCPU: 8, Driver: 'overlay2', OperatingSystem: 'Docker Desktop' }) };
    if (call.startsWith('ps ')) return { stdout: this.#ps(/kind\.cluster=(\S+)/.exec(call)?.[1], call.includes('.ID')) };
    if (call.startsWith('network inspect')) return { stdout: '[{"IPAM":{"Config":[{"Subnet":"172.18.0.0/16"}]}}]' };
    if (/^(image inspect|pull|tag|save|start) /.test(call)) return {};
    if (args[0] === 'exec') return this.#exec(args.slice(args.findIndex((word, at) => at > 0 && !word.startsWith('-'))), input);
    return { stderr: `docker: '${call}' is not played here\n`, exitCode: 125 };
  }

  #ps(name: string | undefined, isLong: boolean): string {
    const nodes = [...this.#clusters].filter(([known]) => name === undefined || known === name).flatMap(([, { simulator }]) => simulator.nodes);
    return nodes.map((node) => (isLong ? `id-of-${node}\t${node}\tUp 2 minutes\n` : `${node}\n`)).join('');
  }

  async #exec([node = '', ...command]: readonly string[], input: string): Promise<Answer> {
    const played = [...this.#clusters.values()].find(({ simulator }) => simulator.nodes.includes(node));
    if (!played) return { stderr: `Error response from daemon: No such container: ${node}\n`, exitCode: 1 };
    // Nodes of the simulator have no containerd to ask: what was imported counts as there.
    if (command[0] === 'ctr') return {};
    if (command[0] === 'crictl') return { exitCode: this.#isNew(`${node} ${command.at(-1)}`) ? 1 : 0 };
    // Containers of one machine share its kernel.
    if (command[0] === 'modprobe') for (const other of played.simulator.nodes) if (other !== node) await played.cluster.exec({ node: other }, command);
    const { stdout, stderr, exitCode } = await played.cluster.exec({ node }, command, { stdin: input });
    return { stdout, stderr, exitCode };
  }

  #isNew(image: string): boolean {
    const isNew = !this.#loaded.has(image);
    this.#loaded.add(image);
    return isNew;
  }
}
