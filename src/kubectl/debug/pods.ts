/**
 * The pods that `kubectl debug` makes: a pod with one more container, a copy of a pod, a pod on a node.
 * See kubectl/pkg/cmd/debug/debug.go. Talks to nobody.
 */
import { strategicMerge } from '../apply/strategic-merge.ts';
import type { JsonMap } from '../apply/three-way.ts';
import { plainError } from '../io.ts';
import { dig, type KubeObject } from '../object.ts';
import { containersAt, type Container, type EnvVar } from '../podspec.ts';
import { containersOf } from '../pods.ts';
import { granted, type DebugStyle, type Profile } from './profiles.ts';

/** What the command line asks of the container. */
export interface Wish {
  readonly profile: Profile;
  readonly container: string;
  readonly image: string;
  readonly pullPolicy: string;
  readonly env: readonly EnvVar[];
  readonly words: readonly string[];
  readonly argumentsOnly: boolean;
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly target: string;
  /** `--custom`: part of a container. */
  readonly custom: JsonMap | undefined;
  readonly copy: CopyWish;
  /** Five letters by chance. */
  suffix(): string;
  /** Told to the user, unless they want quiet. */
  say(text: string): void;
}

export interface CopyWish {
  readonly name: string;
  readonly sameNode: boolean;
  readonly shareProcesses: boolean | undefined;
  readonly images: ReadonlyMap<string, string>;
  readonly keeps: Readonly<Record<'labels' | 'annotations' | 'liveness' | 'readiness' | 'startup' | 'initContainers', boolean>>;
}

export interface Made {
  readonly pod: KubeObject;
  /** The one to attach to; none when only images were changed. */
  readonly container: string | undefined;
}

/** The container that joins a running pod. */
export function ephemeralContainer(pod: KubeObject, wish: Wish): Container {
  const name = nameFor(pod, wish);
  return finished({ name, ...base(wish), ...(wish.target ? { targetContainerName: wish.target } : {}) }, wish, 'ephemeral');
}

/** A pod of its own in the namespaces of a node. */
export function podOnNode(node: KubeObject, wish: Wish): Made {
  const container = wish.container || 'debugger';
  const name = `node-debugger-${node.metadata?.name}-${wish.suffix()}`;
  wish.say(`Creating debugging pod ${name} with container ${container} on node ${node.metadata?.name}.\n`);
  const { hostFiles, hostNamespaces } = wish.profile;
  const mounted = { name: container, ...base(wish), ...(hostFiles ? { volumeMounts: [{ mountPath: '/host', name: 'host-root' }] } : {}) };
  return {
    container,
    pod: {
      apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' } },
      spec: {
        containers: [finished(mounted, wish, 'node')], nodeName: node.metadata?.name, restartPolicy: 'Never', tolerations: [{ operator: 'Exists' }],
        ...(hostFiles ? { volumes: [{ name: 'host-root', hostPath: { path: '/' } }] } : {}), ...(hostNamespaces ? { hostNetwork: true, hostPID: true, hostIPC: true } : {}),
      },
    },
  };
}

/** @throws KubectlError when there is nothing to put into a new container */
export function copyOf(pod: KubeObject, wish: Wish): Made {
  const { copy, profile } = wish;
  const { ephemeralContainers: _, nodeName, initContainers, ...spec } = pod['spec'] as Record<string, unknown>;
  const kept = { ...spec, ...(copy.sameNode && nodeName !== undefined ? { nodeName } : {}), ...(initContainers !== undefined && (!profile.strips || copy.keeps.initContainers) ? { initContainers } : {}) };
  const containers = containersAt(pod, ['spec']).map((one) => ({ ...one, image: copy.images.get(one.name) ?? copy.images.get('*') ?? one.image }) as Container);
  const existing = containers.find((one) => one.name === wish.container);
  const isNew = existing === undefined && wish.image !== '';
  if (!existing && !isNew && copy.images.size === 0) throw plainError('you must specify image when creating new container');
  const name = existing?.name ?? (isNew ? nameFor(pod, wish) : undefined);
  const changed = name === undefined ? containers : [...containers, ...(isNew ? [{ name, terminationMessagePolicy: 'File' }] : [])].map((one) => (one.name === name ? { ...one, ...base(wish, one) } : one));
  const probed = profile.strips ? changed.map((one) => withoutProbes(one, copy.keeps)) : changed;
  const shares = copy.shareProcesses ?? (profile.strips && spec['shareProcessNamespace'] === undefined ? true : spec['shareProcessNamespace']);
  const { labels, annotations, namespace } = pod.metadata ?? {};
  return {
    container: name,
    pod: {
      apiVersion: 'v1', kind: 'Pod',
      metadata: { name: copy.name, ...(namespace ? { namespace } : {}), ...(labels && copy.keeps.labels ? { labels } : {}), ...(annotations && (copy.keeps.annotations || !profile.strips) ? { annotations } : {}) },
      spec: { ...kept, containers: probed.map((one) => (one.name === name ? finished(one, wish, 'copy') : one)), ...(shares === undefined ? {} : { shareProcessNamespace: shares }) },
    },
  };
}

/** What is said on the command line; for an existing container what is not said stays. */
function base(wish: Wish, existing?: Container): Partial<Container> {
  const { image, pullPolicy, env, words, argumentsOnly, stdin, tty } = wish;
  return {
    ...(existing ? {} : { terminationMessagePolicy: 'File' }),
    ...(image ? { image } : {}), ...(pullPolicy ? { imagePullPolicy: pullPolicy } : {}), ...(env.length > 0 ? { env } : {}),
    ...(words.length === 0 ? {} : argumentsOnly ? { args: words } : { command: words, ...(existing?.['args'] === undefined ? {} : { args: undefined }) }),
    ...(stdin || existing?.['stdin'] ? { stdin } : {}), ...(tty || existing?.['tty'] ? { tty } : {}),
  };
}

function finished(container: Container, wish: Wish, style: DebugStyle): Container {
  const with_ = granted(container, wish.profile, style);
  return wish.custom ? (strategicMerge(with_ as JsonMap, wish.custom, { newElements: 'last' }, ['spec', 'containers']) as unknown as Container) : with_;
}

function nameFor(pod: KubeObject, wish: Wish): string {
  if (wish.container) return wish.container;
  let name: string;
  do name = `debugger-${wish.suffix()}`;
  while (containersOf(pod).all.includes(name));
  wish.say(`Defaulting debug container name to ${name}.\n`);
  return name;
}

function withoutProbes(container: Container, keeps: CopyWish['keeps']): Container {
  const gone = [keeps.liveness ? '' : 'livenessProbe', keeps.readiness ? '' : 'readinessProbe', keeps.startup ? '' : 'startupProbe'];
  return Object.fromEntries(Object.entries(container).filter(([field]) => !gone.includes(field))) as Container;
}

/** Whether a user of the whole pod takes away what the profile grants. */
export function losesGrants(pod: KubeObject, container: Container | undefined): boolean {
  const isOther = (context: unknown) => (dig(context, 'runAsUser') as number | undefined) ?? 0;
  const own = container?.['securityContext'];
  return isOther(dig(pod, 'spec', 'securityContext')) !== 0 && own !== undefined && dig(own, 'runAsUser') !== 0 && (dig(own, 'privileged') === true || ((dig(own, 'capabilities', 'add') as unknown[] | undefined)?.length ?? 0) > 0);
}
