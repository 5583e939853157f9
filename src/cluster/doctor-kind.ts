/**
 * Can a kind cluster be made on this machine? One row per thing that hinders people in practice, with what to do. Looks
 * only. A failure means no kind cluster; the simulator works all the same. Rows about programs are here, those about the
 * machine and its network beside. See kind.sigs.k8s.io/docs/user/known-issues.
 */
import type { ClusterSpec } from './cluster.ts';
import { examineMachine, type KernelFolders } from './doctor-machine.ts';
import { firewall, proxies, subnets } from './doctor-network.ts';
import type { DoctorRow } from './doctor.ts';
import { type Engine, type EngineInfo, findEngine, wantedEngine } from './engine.ts';
import { findProgram } from './find-program.ts';
import { kubernetesMinor, nodeImageFor, OLDEST_KIND, parseKindVersion } from './pins.ts';
import type { Tools } from './tools.ts';

export interface Wish {
  /** What is to be made: then some warnings are failures. */
  readonly spec?: ClusterSpec;
  /** Elsewhere in tests. */
  readonly folders?: KernelFolders;
}

const KERNEL: KernelFolders = { proc: '/proc', lib: '/lib/modules' };

/** Rows in the order of their weight. Never throws, except when it is told to stop. */
export async function examineKind(tools: Tools, { spec, folders = KERNEL }: Wish = {}): Promise<readonly DoctorRow[]> {
  const engine = findEngine(tools);
  const kind = await kindRow(tools);
  const client = await kubectlRow(tools, kind.version);
  if (!engine) return [kind.row, { ...engineTitle, status: 'failure', ...noEngine(wantedEngine(tools)) }, client];
  const info = await engine.info();
  if ('refusal' in info) return [kind.row, silent(engine, info.refusal), client];
  const isOwnKernel = process.platform === 'linux' && !/desktop|orbstack|colima|rancher/i.test(info.operatingSystem);
  const [machine, clusters, ranges, wall] = await Promise.all([examineMachine({ info, isOwnKernel, folders, spec, kindVersion: kind.version }, engine), existing(engine, spec), subnets(engine), firewall(tools)]);
  return [kind.row, client, engineRow(engine, info), ...machine, clusters, ...[ranges, proxies(tools), wall].filter((row) => row !== undefined)];
}

const noEngine = (wanted: string | undefined) => (wanted === undefined
  ? { detail: 'none of docker, nerdctl and podman is installed', action: 'Install Docker: docs.docker.com/engine/install.' }
  : { detail: `KIND_EXPERIMENTAL_PROVIDER says ${wanted}, which is not installed`, action: 'Install it, or unset that variable.' });

const engineTitle = { id: 'engine', title: 'Container engine' } as const;

async function kindRow(tools: Tools): Promise<{ readonly row: DoctorRow; readonly version?: readonly [number, number] }> {
  const row = { id: 'kind', title: 'kind' };
  const ran = await tools.run('kind', ['version'], { timeoutMs: 10_000 });
  if (ran.exitCode === 127) return { row: { ...row, status: 'failure', detail: 'not installed', action: 'Install it: kind.sigs.k8s.io/docs/user/quick-start (one file, no root needed).' } };
  const version = parseKindVersion(ran.stdout);
  const detail = ran.stdout.trim().split('\n')[0] || 'does not tell its version';
  if (!version) return { row: { ...row, status: 'failure', detail, action: 'Look whether `kind version` works.' } };
  const [major, minor] = version;
  if (major === OLDEST_KIND[0] && minor < OLDEST_KIND[1]) return { version, row: { ...row, status: 'failure', detail: `${detail}, and at least v${OLDEST_KIND.join('.')}.0 is needed`, action: 'Install a newer kind: kind.sigs.k8s.io/docs/user/quick-start.' } };
  if (!nodeImageFor(version)) return { version, row: { ...row, status: 'warning', detail: `${detail}: no node image is pinned for it, so kind chooses`, action: 'Any kind from v0.27 to v0.33 has a pinned image.' } };
  return { version, row: { ...row, status: 'ok', detail } };
}

/** Within one minor version of the API server, which is as old as the kind that brings it. See kubernetes.io/releases/version-skew-policy. */
async function kubectlRow(tools: Tools, kind: readonly [number, number] | undefined): Promise<DoctorRow> {
  const row = { id: 'kind-kubectl', title: 'kubectl for kind' };
  if (!findProgram('kubectl', tools.env['PATH'])) return { ...row, status: 'ok', detail: 'not installed: the one inside the nodes is used' };
  const { stdout } = await tools.run('kubectl', ['version', '--client', '-o', 'json'], { timeoutMs: 10_000 });
  const version = /"gitVersion":\s*"(v1\.(\d+)[^"]*)"/.exec(stdout);
  if (!version) return { ...row, status: 'warning', detail: 'does not tell its version', action: 'Look whether `kubectl version --client` works.' };
  const server = kubernetesMinor(kind);
  if (Math.abs(Number(version[2]) - server) <= 1) return { ...row, status: 'ok', detail: version[1]! };
  return { ...row, status: 'warning', detail: `${version[1]}: more than one minor version from Kubernetes 1.${server}`, action: `Install kubectl 1.${server - 1}, 1.${server} or 1.${server + 1}; or go on: what labs use works all the same.` };
}

function silent(engine: Engine, refusal: string): DoctorRow {
  const last = refusal.split('\n').at(-1) ?? refusal;
  if (/permission denied/i.test(refusal)) return { ...engineTitle, status: 'failure', detail: `${engine.name}: permission denied`, action: 'Add yourself to its group (sudo usermod -aG docker $USER), then log in anew.' };
  return { ...engineTitle, status: 'failure', detail: `${engine.name} does not answer: ${last}`, action: engine.name === 'docker' ? 'Start it: sudo systemctl start docker, or open Docker Desktop.' : `Start it; \`${engine.name} info\` must work.` };
}

function engineRow(engine: Engine, info: EngineInfo): DoctorRow {
  const detail = `${engine.name} ${info.serverVersion}`;
  return engine.name === 'docker' ? { ...engineTitle, status: 'ok', detail } : { ...engineTitle, status: 'warning', detail: `${detail}: kind calls it experimental`, action: 'If something does not work, try Docker.' };
}

/** Those that stand here, and what is left of those that were never finished: kind itself leaves its nodes behind on Ctrl-C. */
async function existing(engine: Engine, spec: ClusterSpec | undefined): Promise<DoctorRow> {
  const row = { id: 'kind-clusters', title: 'kind clusters here' };
  const { stdout } = await engine.run(['ps', '-a', '--filter', 'label=io.x-k8s.kind.cluster', '--format', '{{.Names}}']);
  const nodes = stdout.split('\n').filter((name) => name !== '');
  const names = nodes.filter((name) => name.endsWith('-control-plane')).map((name) => name.replace(/-control-plane$/, ''));
  const lost = nodes.filter((name) => !names.includes(name.replace(/-(control-plane|worker\d*)$/, '')));
  if (lost.length > 0) return { ...row, status: 'warning', detail: `${lost.join(', ')}: nodes without a control plane`, action: `If nobody needs them: kind delete cluster --name ${lost[0]!.replace(/-worker\d*$/, '')}.` };
  const others = names.filter((name) => name !== spec?.name);
  return others.length > 1 ? { ...row, status: 'warning', detail: names.join(', '), action: 'Each takes memory. cka never touches those that it did not make.' } : { ...row, status: 'ok', detail: names.join(', ') || 'none' };
}
