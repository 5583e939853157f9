/**
 * Step 3: the nodes. Finds ours again and starts them when they stand still; never touches containers that are not
 * provably ours; never uses `--wait`, which cannot succeed before a network plugin is there. See `kind create cluster`.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { cidr, contains, networkOf } from '../../base/address.ts';
import { UserError } from '../../base/user-error.ts';
import type { Container, Engine } from '../engine.ts';
import type { KindFiles, KindRecord } from '../kind-files.ts';
import { kindConfig, POD_SUBNET, SERVICE_SUBNET } from '../kind-config.ts';
import { imageToUse } from './image.ts';
import type { Build, Step } from './step.ts';

export const create: Step = {
  id: 'create',
  title: 'Creating the nodes',
  limitMs: 15 * 60_000,
  async run(build) {
    const { engine, spec, files, tools, record } = build;
    const found = await engine.nodesOf(spec.name);
    if (record.nodes) return startOurs(record.nodes, found, build);
    if (found.length > 0) await removeLeftovers(found, build);
    files.write('kind.yaml', await kindConfig(build.options.root, spec, await imageToUse(build)));
    build.remember({ hasBegunNodes: true });
    await tools.must('kind', ['create', 'cluster', '--name', spec.name, '--config', files.config(), '--kubeconfig', files.kubeconfig()], { env: { KIND_EXPERIMENTAL_PROVIDER: engine.name }, onLine: build.show });
    const nodes = (await engine.nodesOf(spec.name)).map(({ name, id }) => ({ name, id }));
    if (nodes.length !== spec.workers + 1) throw new UserError(`kind made ${nodes.length} nodes, and ${spec.workers + 1} were wanted.`, `Remove them: cka cluster down --name ${spec.name}`);
    build.remember({ nodes });
    await refuseOverlap(engine);
  },
};

/** A container of this name that our record does not know. @throws UserError */
export function refuseForeign(name: string, found: readonly Container[]): void {
  if (found.length === 0) return;
  throw new UserError(`There is a kind cluster "${name}" that cka did not make (${found.map((container) => container.name).join(', ')}). It is left alone.`, 'Choose another --name. If you do not need it any more, remove it yourself: kind delete cluster --name ' + name);
}

/** The containers of this cluster when each is in the record under its name. @throws UserError */
export function requireOurs(nodes: NonNullable<KindRecord['nodes']>, found: readonly Container[], name: string): readonly Container[] {
  const stranger = found.find(({ id }) => !nodes.some((node) => node.id === id));
  if (stranger) refuseForeign(name, [stranger]);
  for (const node of nodes) {
    const container = found.find(({ id }) => id === node.id);
    if (!container) throw new UserError(`Node ${node.name} of cluster ${name} is gone: the cluster is half deleted.`, `Remove what is left, then make it anew: cka cluster down --name ${name}`);
    if (container.name !== node.name) throw new UserError(`The container of node ${node.name} was renamed to ${container.name}.`, `Give it its name back (rename ${container.name} ${node.name}), or remove the cluster: cka cluster down --name ${name}`);
  }
  return found;
}

/** After a reboot the containers stand still; a cluster with one control plane survives that. */
async function startOurs(nodes: NonNullable<KindRecord['nodes']>, found: readonly Container[], { engine, spec, say }: Build): Promise<void> {
  const still = requireOurs(nodes, found, spec.name).filter(({ isRunning }) => !isRunning);
  if (still.length === 0) return say('the nodes are there already');
  say(`starting ${still.map(({ name }) => name).join(', ')}`);
  // Who is paused cannot be started, and the other way round.
  for (const [verb, those] of [['unpause', still.filter(({ isPaused }) => isPaused)], ['start', still.filter(({ isPaused }) => !isPaused)]] as const) {
    if (those.length > 0) await engine.must([verb, ...those.map(({ name }) => name)]);
  }
}

/** What a build left behind that ended too suddenly to clean up. */
async function removeLeftovers(found: readonly Container[], build: Build): Promise<void> {
  if (!(await areFromOurBuild(found, build.record, build.files, build.engine))) refuseForeign(build.spec.name, found);
  build.say('removing what an interrupted build left behind');
  await deleteCluster(build);
}

/** A record is begun only when the name is free: containers made from then until our last word to the log are ours. */
export async function areFromOurBuild(found: readonly Container[], record: KindRecord, files: KindFiles, engine: Engine): Promise<boolean> {
  const lastWord = Math.max(record.begunAt, ...['2-image.log', '3-create.log'].map((log) => statSync(join(files.folder, 'logs', log), { throwIfNoEntry: false })?.mtimeMs ?? 0));
  const made = await engine.createdAt(found.map(({ id }) => id));
  return made.length === found.length && made.every((at) => at >= record.begunAt - CLOCK_SKEW_MS && at <= lastWord + LEFT_ALONE_MS);
}

/** An engine in a virtual machine has a clock of its own. */
const CLOCK_SKEW_MS = 60_000;
/** kind may have gone on for a while without us. */
const LEFT_ALONE_MS = 10 * 60_000;

/** `kind delete`, and a look whether it really did. @throws UserError when containers stay */
export async function deleteCluster({ engine, spec, files, tools }: Pick<Build, 'engine' | 'spec' | 'files' | 'tools'>): Promise<void> {
  await tools.run('kind', ['delete', 'cluster', '--name', spec.name, '--kubeconfig', files.kubeconfig()], { env: { KIND_EXPERIMENTAL_PROVIDER: engine.name }, timeoutMs: 180_000 });
  const left = await engine.nodesOf(spec.name);
  if (left.length > 0) throw new UserError(`Containers of cluster ${spec.name} stay: ${left.map(({ name }) => name).join(', ')}.`, `Look why with \`${engine.name} logs\`, then run again: cka cluster down --name ${spec.name}`);
}

/** An engine that was about to make a container when kind was stopped makes it after its cluster has gone. */
export async function deleteLate(build: Parameters<typeof deleteCluster>[0]): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, LATE_MS));
  if ((await build.engine.nodesOf(build.spec.name)).length > 0) await deleteCluster(build);
}

const LATE_MS = 2_000;

/** The engine gives its network any free range, and ours must not be in it. */
export async function refuseOverlap(engine: Engine): Promise<void> {
  const ran = await engine.run(['network', 'inspect', 'kind']);
  const subnets = [...ran.stdout.matchAll(/"[Ss]ubnet":\s*"(\d+\.\d+\.\d+\.\d+\/\d+)"/g)].map(([, subnet]) => subnet!);
  for (const subnet of subnets) {
    for (const own of [POD_SUBNET, SERVICE_SUBNET]) {
      if (!overlap(subnet, own)) continue;
      throw new UserError(`The network "kind" of ${engine.name} uses ${subnet}, and the cluster's pods and Services need ${own}.`, `Remove it when no kind cluster runs (${engine.name} network rm kind) and make it anew elsewhere: ${engine.name} network create --subnet 172.18.0.0/16 kind`);
    }
  }
}

function overlap(one: string, other: string): boolean {
  const [a, b] = [cidr(one), cidr(other)];
  return contains(a, networkOf(b)) || contains(b, networkOf(a));
}
