/** `kubectl debug`: a container beside those of a pod, in a copy of it, or on a node. See kubectl/pkg/cmd/debug/debug.go. */
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import type { JsonMap } from '../apply/three-way.ts';
import { StatusError } from '../client.ts';
import type { Run, Verb } from '../command.ts';
import { copyOf, ephemeralContainer, losesGrants, podOnNode, type Made, type Wish } from '../debug/pods.ts';
import { PROFILES } from '../debug/profiles.ts';
import { targetsOfFiles } from '../files.ts';
import type { Flag } from '../flags.ts';
import { isImageReference } from '../image-reference.ts';
import { KubectlError, plainError } from '../io.ts';
import { dig, type KubeObject } from '../object.ts';
import type { Container } from '../podspec.ts';
import { podPath, PODS } from '../pods.ts';
import { pathOf, type Resource } from '../resources.ts';
import { notFound, watchUntil } from '../watch-until.ts';
import { attachTo } from './attach.ts';

const COPY_ONLY = "(This flag only works when used with '--copy-to')";
const bool = (name: string, help: string, value = false, short?: string): Flag => ({ name, type: 'bool', value, help, ...(short ? { short } : {}) });
const text = (name: string, help: string, value = '', short?: string): Flag => ({ name, type: 'string', value, help, ...(short ? { short } : {}) });

export const debug: Verb = {
  name: 'debug', short: 'Create debugging sessions for troubleshooting workloads and nodes',
  long: 'Look into what runs, with tools that its image lacks.\n\n  *  A pod that runs gets one more container, an ephemeral one; nothing restarts.\n  *  With --copy-to a copy of the pod is made, with a container more, or with other images or commands.\n  *  On a node a pod is made that shares the namespaces of the host and sees its files under /host.',
  examples: '# A shell beside the containers of a pod, that sees the processes of one of them\nkubectl debug mypod -it --image=busybox --target=app\n\n# A copy of the pod with a container more\nkubectl debug mypod -it --image=busybox --copy-to=my-debugger\n\n# A copy in which one container runs a shell instead of its command\nkubectl debug mypod -it --copy-to=my-debugger --container=app -- sh\n\n# A copy with other images\nkubectl debug mypod --copy-to=my-debugger --set-image=*=busybox\n\n# A shell on a node\nkubectl debug node/mynode -it --image=busybox',
  usage: 'debug (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]',
  flags: [
    bool('arguments-only', 'If specified, everything after -- will be passed to the new container as Args instead of Command.'),
    bool('attach', "If true, wait for the container to start running, and then attach as if 'kubectl attach ...' were called.  Default false, unless '-i/--stdin' is set, in which case the default is true."),
    text('container', 'Container name to use for debug container.', '', 'c'), text('copy-to', 'Create a copy of the target Pod with this name.'),
    text('custom', 'Path to a JSON or YAML file containing a partial container spec to customize built-in debug profiles.'),
    { name: 'env', type: 'array', help: 'Environment variables to set in the container.' }, { name: 'filename', short: 'f', type: 'strings', help: 'identifying the resource to debug' },
    text('image', 'Container image to use for debug container.'), text('image-pull-policy', 'The image pull policy for the container. If left empty, this value will not be specified by the client and defaulted by the server.'),
    bool('keep-annotations', `If true, keep the original pod annotations.${COPY_ONLY}`), bool('keep-init-containers', `Run the init containers for the pod. Defaults to true.${COPY_ONLY}`, true),
    bool('keep-labels', `If true, keep the original pod labels.${COPY_ONLY}`), bool('keep-liveness', `If true, keep the original pod liveness probes.${COPY_ONLY}`),
    bool('keep-readiness', `If true, keep the original pod readiness probes.${COPY_ONLY}`), bool('keep-startup', `If true, keep the original startup probes.${COPY_ONLY}`),
    text('profile', 'Options are "legacy", "general", "baseline", "netadmin", "restricted" or "sysadmin".', 'general'), bool('quiet', 'If true, suppress informational messages.', false, 'q'),
    bool('replace', "When used with '--copy-to', delete the original Pod."), bool('same-node', "When used with '--copy-to', schedule the copy of target Pod on the same node."),
    { name: 'set-image', type: 'strings', help: "When used with '--copy-to', a list of name=image pairs for changing container images, similar to how 'kubectl set image' works." },
    bool('share-processes', "When used with '--copy-to', enable process namespace sharing in the copy.", true), bool('stdin', 'Keep stdin open on the container(s) in the pod, even if nothing is attached.', false, 'i'),
    text('target', 'When using an ephemeral container, target processes in this container name.'), bool('tty', 'Allocate a TTY for the debugging container.', false, 't'),
  ],
  run: async (run) => {
    const { flags } = run;
    const names = run.dashAt >= 0 ? run.args.slice(0, run.dashAt) : run.args;
    const wish = wishOf(run);
    refuseContradictions(run, names, wish);
    const attaches = flags.has('attach') ? flags.bool('attach') : wish.stdin;
    for (const { object, resource } of await targets(run, names)) {
      const made = resource.plural === 'nodes' ? await onNode(run, object, wish) : resource.plural === 'pods' ? await onPod(run, object, wish) : undefined;
      if (!made) throw plainError(`"${resource.group ? `${resource.group}/` : '/'}${resource.version}, Kind=${resource.kind}" not supported by debug`);
      if (attaches && made.container !== undefined) await follow(run, made.pod, made.container, wish);
    }
    return 0;
  },
};

function wishOf(run: Run): Wish {
  const { flags } = run;
  const profile = PROFILES[flags.text('profile')];
  if (!profile) throw plainError(`unknown profile: ${flags.text('profile')}`);
  const env = flags.list('env').map((pair) => {
    const at = pair.indexOf('=');
    if (at <= 0) throw plainError(`invalid env: ${pair}`);
    return { name: pair.slice(0, at), value: pair.slice(at + 1) };
  });
  return {
    profile, env, container: flags.text('container'), image: flags.text('image'), pullPolicy: flags.text('image-pull-policy'), words: run.dashAt >= 0 ? run.args.slice(run.dashAt) : [],
    argumentsOnly: flags.bool('arguments-only'), stdin: flags.bool('stdin'), tty: flags.bool('tty'), target: flags.text('target'), custom: customOf(run),
    copy: {
      name: flags.text('copy-to'), sameNode: flags.bool('same-node'), shareProcesses: flags.has('share-processes') ? flags.bool('share-processes') : undefined,
      images: new Map(flags.list('set-image').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])),
      keeps: { labels: flags.bool('keep-labels'), annotations: flags.bool('keep-annotations'), liveness: flags.bool('keep-liveness'), readiness: flags.bool('keep-readiness'), startup: flags.bool('keep-startup'), initContainers: flags.bool('keep-init-containers') },
    },
    // The letters of names that the API server makes up: no vowels, so that no word comes out.
    suffix: () => Array.from({ length: 5 }, () => 'bcdfghjklmnpqrstvwxz2456789'[randomInt(27)]).join(''),
    say: (words) => void (flags.bool('quiet') || run.out(words)),
  };
}

function customOf(run: Run): JsonMap | undefined {
  const path = run.flags.text('custom');
  if (!path) return undefined;
  const custom = parse(readFileSync(resolve(run.io.cwd, path), 'utf8')) as JsonMap | null;
  if (['name', 'command', 'image', 'lifecycle', 'volumeDevices'].some((field) => custom?.[field] !== undefined)) throw plainError('name, command, image, lifecycle and volume devices are not modifiable via custom profile');
  return custom ?? {};
}

/** In the order in which kubectl looks. @throws KubectlError */
function refuseContradictions({ flags }: Run, names: readonly string[], wish: Wish): void {
  const refuse = (is: boolean, message: string) => {
    if (is) throw plainError(message);
  };
  const { copy, image, container, words, target } = wish;
  refuse(flags.has('attach') && flags.bool('attach') && !image && !container, 'you must specify --container or create a new container using --image in order to attach.');
  refuse(copy.name !== '' && !image && copy.images.size === 0 && words.length === 0, 'you must specify --image, --set-image or command arguments.');
  refuse(copy.name !== '' && words.length > 0 && !container && !image, 'you must specify an existing container or a new image when specifying args.');
  if (copy.name === '') {
    refuse(flags.bool('replace'), '--replace may only be used with --copy-to.');
    refuse(copy.sameNode, '--same-node may only be used with --copy-to.');
    refuse(copy.images.size > 0, '--set-image may only be used with --copy-to.');
    refuse(!image, 'you must specify --image when not using --copy-to.');
  }
  refuse(image !== '' && !isImageReference(image), `invalid image name ${JSON.stringify(image)}: invalid reference format`);
  refuse(names.length === 0 && flags.list('filename').length === 0, 'NAME or filename is required for debug');
  refuse(!['', 'Always', 'IfNotPresent', 'Never'].includes(wish.pullPolicy), `invalid image pull policy: ${wish.pullPolicy}`);
  for (const [name, other] of copy.images) refuse(!isImageReference(other), `invalid image name ${JSON.stringify(other)} for container ${JSON.stringify(name)}: invalid reference format`);
  refuse(target !== '' && copy.name !== '', '--target is incompatible with --copy-to. Use --share-processes instead.');
  if (target) wish.say(`Targeting container ${JSON.stringify(target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`);
  refuse(wish.tty && !wish.stdin, '-i/--stdin is required for containers with -t/--tty=true');
}

async function targets(run: Run, names: readonly string[]): Promise<readonly { readonly resource: Resource; readonly object: KubeObject }[]> {
  const fromFiles = run.flags.list('filename').length > 0 ? await targetsOfFiles(run) : [];
  const resources = await run.resources();
  const wanted = [...fromFiles.map(({ resource, name, namespace }) => ({ resource, name, namespace })), ...names.map((word) => {
    const [type, name] = word.includes('/') ? (word.split('/') as [string, string]) : ['pods', word];
    return { resource: resources.need(type), name, namespace: undefined };
  })];
  return Promise.all(wanted.map(async ({ resource, name, namespace }) => ({ resource, object: await run.client.json<KubeObject>('GET', pathOf(resource, namespace ?? run.namespace, name)) })));
}

async function onNode(run: Run, node: KubeObject, wish: Wish): Promise<Made> {
  const { pod, container } = podOnNode(node, wish);
  return { pod: await run.client.json('POST', pathOf(PODS, run.namespace), { body: pod }), container };
}

async function onPod(run: Run, pod: KubeObject, wish: Wish): Promise<Made> {
  const namespace = pod.metadata?.namespace ?? run.namespace;
  const name = pod.metadata?.name ?? '';
  if (wish.copy.name) {
    const copy = copyOf(pod, wish);
    warn(run, copy.pod, (dig(copy.pod, 'spec', 'containers') as Container[]).find((one) => one.name === copy.container));
    const created = await run.client.json<KubeObject>('POST', pathOf(PODS, namespace), { body: copy.pod });
    if (run.flags.bool('replace')) await run.client.json('DELETE', podPath(namespace, name), { body: { gracePeriodSeconds: 0 } });
    return { pod: created, container: copy.container };
  }
  const container = ephemeralContainer(pod, wish);
  warn(run, pod, container);
  const known = (dig(pod, 'spec', 'ephemeralContainers') as Container[] | undefined) ?? [];
  const patch = { spec: { '$setElementOrder/ephemeralContainers': [...known, container].map((one) => ({ name: one.name })), ephemeralContainers: [container] } };
  const changed = await run.client.json<KubeObject>('PATCH', podPath(namespace, name, 'ephemeralcontainers'), { body: patch, contentType: 'application/strategic-merge-patch+json' });
  return { pod: changed, container: container.name };
}

function warn(run: Run, pod: KubeObject, container: Container | undefined): void {
  if (losesGrants(pod, container)) run.err('Warning: Non-root user is configured for the entire target Pod, and some capabilities granted by debug profile may not work. Please consider using "--custom" with a custom profile that specifies "securityContext.runAsUser: 0".\n');
}

/** Until the container runs: attach; when it has ended already: its log. */
async function follow(run: Run, pod: KubeObject, container: string, wish: Wish): Promise<void> {
  const namespace = pod.metadata?.namespace ?? run.namespace;
  const name = pod.metadata?.name ?? '';
  const log = async () => run.io.stdout((await run.client.send('GET', `${podPath(namespace, name, 'log')}?container=${container}`, { accept: 'application/json, */*' })).text);
  const started = await untilStarted(run, namespace, name, container);
  if (dig(statusOf(started, container), 'state', 'terminated') !== undefined) return log();
  try {
    await attachTo(run, started, container, { stdin: wish.stdin, tty: wish.tty, quiet: run.flags.bool('quiet') });
  } catch (error) {
    if (!(error instanceof KubectlError || error instanceof StatusError) || run.io.signal.aborted) throw error;
    run.err(`warning: couldn't attach to pod/${name}, falling back to streaming logs: ${error.message}\n`);
    await log();
  }
}

async function untilStarted(run: Run, namespace: string, name: string, container: string): Promise<KubeObject> {
  let told = '';
  const isStarted = (pod: KubeObject) => {
    const state = dig(statusOf(pod, container), 'state');
    const waits = dig(state, 'waiting', 'message') as string | undefined;
    if (waits && waits !== told && !run.flags.bool('quiet')) run.err(`Warning: container ${container}: ${(told = waits)}\n`);
    return dig(state, 'running') !== undefined || dig(state, 'terminated') !== undefined;
  };
  const watched = { resource: PODS, namespace, name };
  const started = await watchUntil(run, watched, undefined, ({ object, wentAway }) => {
    if (!object) throw notFound(wentAway ? { ...watched, name: '' } : watched);
    return isStarted(object) ? object : undefined;
  });
  return started!;
}

function statusOf(pod: KubeObject, container: string): unknown {
  const all = ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'].flatMap((field) => (dig(pod, 'status', field) as { name: string }[] | undefined) ?? []);
  return all.find((one) => one.name === container);
}
