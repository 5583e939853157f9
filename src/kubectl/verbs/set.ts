/** `kubectl set image|env|resources|selector|serviceaccount|subject`. See kubectl/pkg/cmd/set. */
import type { Verb } from '../command.ts';
import { each } from '../each.ts';
import type { Flag } from '../flags.ts';
import { plainError } from '../io.ts';
import { fetch, namedObjects, pathTo } from '../named.ts';
import type { KubeObject } from '../object.ts';
import { containersAt, nest } from '../podspec.ts';
import { dryRunOf, printResult } from '../result.ts';
import { fits, patchEach, SET_FLAGS, splitSpecs } from './set-each.ts';
import { setEnv } from './set-env.ts';
import { setSubject } from './set-subject.ts';

const CONTAINERS: Flag = { name: 'containers', short: 'c', type: 'string', value: '*', help: 'The names of containers in the selected pod templates to change, all containers are selected by default - may use wildcards' };

const image: Verb = {
  name: 'image', short: 'Update the image of a pod template', long: 'Update existing container image(s) of resources.',
  examples: "# Set a deployment's nginx container image to 'nginx:1.9.1', and its busybox container image to 'busybox'\nkubectl set image deployment/nginx busybox=busybox nginx=nginx:1.9.1",
  usage: 'set image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N [options]', flags: SET_FLAGS,
  run: async (run) => {
    const { targets, specs } = splitSpecs(run.args);
    if (targets.length === 0 && run.flags.list('filename').length === 0) await namedObjects(run, [], { many: true });
    if (specs.length === 0) throw plainError('at least one image update is required');
    const images = specs.map((spec) => [spec.slice(0, spec.indexOf('=')), spec.slice(spec.indexOf('=') + 1)] as const);
    if (images.length > 1 && images.some(([name]) => name === '*')) throw plainError('all containers are already specified by *, but saw more than one container_name=container_image pairs');
    return patchEach(run, await namedObjects(run, targets, { many: true }), 'image updated', 'image update to pod template:', (object, path) => {
      const patch: Record<string, { name: string; image: string }[]> = {};
      for (const [name, value] of images) {
        let found = false;
        for (const field of ['initContainers', 'containers'] as const) {
          for (const container of containersAt(object, path, field)) {
            if (name !== '*' && container.name !== name) continue;
            found = true;
            if (container.image !== value) (patch[field] ??= []).push({ name: container.name, image: value });
          }
        }
        if (!found) throw plainError(`unable to find container named "${name}"`);
      }
      return Object.keys(patch).length === 0 ? undefined : nest(path, patch);
    });
  },
};

const resources: Verb = {
  name: 'resources', short: 'Update resource requests/limits on objects with pod templates', long: 'Specify compute resource requirements (CPU, memory) for any resource that defines a pod template.',
  examples: "# Set a deployments nginx container cpu limits to \"200m\" and memory to \"512Mi\"\nkubectl set resources deployment nginx -c=nginx --limits=cpu=200m,memory=512Mi",
  usage: 'set resources (-f FILENAME | TYPE NAME) ([--limits=LIMITS & --requests=REQUESTS]) [options]',
  flags: [
    ...SET_FLAGS, CONTAINERS,
    { name: 'limits', type: 'string', value: '', help: "The resource requirement requests for this container.  For example, 'cpu=100m,memory=256Mi'." },
    { name: 'requests', type: 'string', value: '', help: "The resource requirement requests for this container.  For example, 'cpu=100m,memory=256Mi'." },
  ],
  run: async (run) => {
    const { flags } = run;
    if (!flags.text('limits') && !flags.text('requests')) throw plainError('you must specify an update to requests or limits (in the form of --requests/--limits)');
    const of = (name: 'limits' | 'requests') => (flags.text(name) ? { [name]: Object.fromEntries(flags.text(name).split(',').map((pair) => {
      const parts = pair.split('=');
      if (parts.length !== 2) throw plainError(`Invalid argument syntax ${pair}, expected <resource>=<value>`);
      return parts as [string, string];
    })) } : {});
    const wanted = { ...of('limits'), ...of('requests') };
    return patchEach(run, await namedObjects(run, run.args, { many: true }), 'resource requirements updated', 'resources update to pod template', (object, path) => {
      const chosen = containersAt(object, path).filter((one) => fits(one.name, flags.text('containers')));
      if (chosen.length === 0) throw plainError(`unable to find container named ${flags.text('containers')}`);
      return nest(path, { containers: chosen.map((one) => ({ name: one.name, resources: wanted })) });
    });
  },
};

const selector: Verb = {
  name: 'selector', short: 'Set the selector on a resource', long: 'Set the selector on a resource. Note that the new selector will overwrite the old selector if the resource had one prior to the invocation of \'set selector\'.',
  examples: '# Set the labels and selector before creating a deployment/service pair\nkubectl set selector service my-svc environment=qa', usage: 'set selector (-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version] [options]',
  flags: [...SET_FLAGS, { name: 'resource-version', type: 'string', value: '', help: 'If non-empty, the selectors update will only succeed if this is the current resource-version for the object.' }],
  run: async (run) => {
    const { targets, specs } = splitSpecs(run.args);
    if (specs.length !== 1) throw plainError(specs.length === 0 ? 'one or more resources must be specified as <resource> <name> or <resource>/<name>' : 'only one selector is allowed');
    const labels = Object.fromEntries(specs[0]!.split(',').map((pair) => pair.split(/==?/) as [string, string]));
    const dryRun = dryRunOf(run);
    return each(run, await namedObjects(run, targets, { many: true }), async (one) => {
      const object = await fetch(run, one);
      if (one.resource.plural !== 'services') throw plainError(`setting a selector is only supported for Services`);
      const spec = { ...(object['spec'] as object), selector: labels };
      if (dryRun === 'client' || run.flags.bool('local')) return printResult(run, { ...object, spec }, 'selector updated', dryRun);
      // The whole map is replaced: a merge would keep the old keys.
      const body = [{ op: 'add', path: '/spec/selector', value: labels }];
      printResult(run, await run.client.json<KubeObject>('PATCH', `${pathTo(one)}?fieldManager=${run.flags.text('field-manager')}${dryRun === 'server' ? '&dryRun=All' : ''}`, { body, contentType: 'application/json-patch+json' }), 'selector updated', dryRun);
    });
  },
};

const serviceaccount: Verb = {
  name: 'serviceaccount', aliases: ['sa'], short: 'Update the service account of a resource', long: 'Update the service account of pod template resources.',
  examples: "# Set deployment nginx-deployment's service account to serviceaccount1\nkubectl set serviceaccount deployment nginx-deployment serviceaccount1", usage: 'set serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT [options]', flags: SET_FLAGS,
  run: async (run) => {
    if (run.args.length === 0) throw plainError('serviceaccount is required');
    const account = run.args.at(-1)!;
    return patchEach(run, await namedObjects(run, run.args.slice(0, -1), { many: true }), 'serviceaccount updated', 'ServiceAccountName', (_object, path) => nest(path, { serviceAccountName: account, serviceAccount: account }));
  },
};

export const set: Verb = {
  name: 'set', short: 'Set specific features on objects', helpTo: 'stderr', long: 'Configure application resources.\n\nThese commands help you make changes to existing application resources.', examples: '',
  usage: 'set SUBCOMMAND [options]', flags: [], verbs: [setEnv, image, resources, selector, serviceaccount, setSubject],
};
