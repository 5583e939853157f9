/** `kubectl create deployment|job|cronjob|poddisruptionbudget`. See kubectl/pkg/cmd/create. */
import type { Run } from '../../command.ts';
import { plainError, usageError } from '../../io.ts';
import type { KubeObject } from '../../object.ts';
import { pathOf } from '../../resources.ts';
import { parseIntOrString } from '../../values.ts';
import { CREATED, generatorVerb } from './generator.ts';

const JOBS = { group: 'batch', version: 'v1', plural: 'jobs', namespaced: true };

export const deployment = generatorVerb({
  name: 'deployment', aliases: ['deploy', 'dep'], short: 'Create a deployment with the specified name', noun: 'deployment',
  usage: 'deployment NAME --image=image -- [COMMAND] [args...]',
  examples: '# Create a deployment named my-dep that runs the busybox image\nkubectl create deployment my-dep --image=busybox\n\n# Create a deployment named my-dep that runs the nginx image with 3 replicas\nkubectl create deployment my-dep --image=nginx --replicas=3',
  place: { group: 'apps', version: 'v1', plural: 'deployments', namespaced: true }, required: ['image'],
  flags: [
    { name: 'image', type: 'strings', help: 'Image names to run. A deployment can have multiple images set for multi-container pod.' },
    { name: 'port', type: 'int', value: '-1', help: 'The containerPort that this deployment exposes.' },
    { name: 'replicas', short: 'r', type: 'int', value: '1', help: 'Number of replicas to create. Default is 1.' },
  ],
  build: ({ flags }, name, command) => {
    const images = flags.list('image');
    const port = flags.int('port');
    if (images.length > 1 && command.length > 0) throw plainError('cannot specify multiple --image options and command');
    if (flags.has('port') && (port < 1 || port > 65535)) throw plainError('invalid port: must be between 1 and 65535, inclusive');
    const labels = { app: name };
    return {
      kind: 'Deployment', apiVersion: 'apps/v1', metadata: { name, ...CREATED, labels },
      spec: {
        replicas: flags.int('replicas'), selector: { matchLabels: labels },
        template: { metadata: { ...CREATED, labels }, spec: { containers: images.map((image) => ({ name: containerName(image), image, ...(command.length > 0 ? { command } : {}), ...(port >= 0 ? { ports: [{ containerPort: port }] } : {}), resources: {} })) } },
        strategy: {},
      },
      status: {},
    };
  },
});

/** The last part of an image's path without tag or digest. */
function containerName(image: string): string {
  const last = image.split('/').at(-1)!.split('@')[0]!.split(':')[0]!;
  // Names that several images would share are told apart by chance there; here the image alone decides.
  return last.toLowerCase().replace(/_/g, '-').replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
}

export const job = generatorVerb({
  name: 'job', short: 'Create a job with the specified name', noun: 'job', usage: 'job NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]',
  examples: '# Create a job with a command\nkubectl create job my-job --image=busybox -- date\n\n# Create a job from a cron job named "a-cronjob"\nkubectl create job test-job --from=cronjob/a-cronjob', place: JOBS,
  flags: [
    { name: 'image', type: 'string', value: '', help: 'Image name to run.' },
    { name: 'from', type: 'string', value: '', help: 'The name of the resource to create a Job from (only cronjob is supported).' },
  ],
  build: async (run, name, command) => {
    const { flags } = run;
    if (!flags.text('image') && !flags.text('from')) throw plainError('either --image or --from must be specified');
    if (flags.text('image') && flags.text('from')) throw plainError('either --image or --from must be specified');
    if (command.length > 0 && flags.text('from')) throw plainError('cannot specify --from and command');
    if (flags.text('from')) return fromCronJob(run, name);
    return { kind: 'Job', apiVersion: 'batch/v1', metadata: { name, ...CREATED }, spec: { template: templateOf(name, flags.text('image'), command, 'Never') }, status: {} };
  },
});

async function fromCronJob(run: Run, name: string): Promise<KubeObject> {
  const [type, source] = run.flags.text('from').split('/') as [string, string | undefined];
  const resource = (await run.resources()).need(source === undefined ? 'cronjob' : type);
  if (resource.plural !== 'cronjobs') throw plainError(`from must be an existing cronjob`);
  const cron = await run.client.json<KubeObject & { spec: { jobTemplate: { metadata?: KubeObject['metadata']; spec: unknown } } }>('GET', pathOf(resource, run.namespace, source ?? type));
  const template = cron.spec.jobTemplate;
  return {
    kind: 'Job', apiVersion: 'batch/v1',
    metadata: {
      name, ...CREATED, ...(template.metadata?.labels ? { labels: template.metadata.labels } : {}), annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...template.metadata?.annotations },
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: cron.metadata?.name ?? '', uid: cron.metadata?.uid ?? '', controller: true }],
    },
    spec: template.spec, status: {},
  };
}

function templateOf(name: string, image: string, command: readonly string[], restartPolicy: string) {
  return { metadata: { ...CREATED }, spec: { containers: [{ name, image, ...(command.length > 0 ? { command } : {}), resources: {} }], restartPolicy } };
}

export const cronjob = generatorVerb({
  name: 'cronjob', aliases: ['cj'], short: 'Create a cron job with the specified name', noun: 'cronjob', usage: "cronjob NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...]",
  examples: '# Create a cron job with a command\nkubectl create cronjob my-job --image=busybox --schedule="*/1 * * * *" -- date', place: { group: 'batch', version: 'v1', plural: 'cronjobs', namespaced: true }, required: ['image', 'schedule'],
  flags: [
    { name: 'image', type: 'string', value: '', help: 'Image name to run.' },
    { name: 'schedule', type: 'string', value: '', help: 'A schedule in the Cron format the job should be run with.' },
    { name: 'restart', type: 'string', value: '', help: "job's restart policy. supported values: OnFailure, Never" },
  ],
  build: ({ flags }, name, command) => ({
    kind: 'CronJob', apiVersion: 'batch/v1', metadata: { name, ...CREATED },
    spec: { schedule: flags.text('schedule'), jobTemplate: { metadata: { name, ...CREATED }, spec: { template: templateOf(name, flags.text('image'), command, flags.text('restart') || 'OnFailure') } } },
    status: {},
  }),
});

export const poddisruptionbudget = generatorVerb({
  name: 'poddisruptionbudget', aliases: ['pdb'], short: 'Create a pod disruption budget with the specified name', noun: 'poddisruptionbudget', usage: 'poddisruptionbudget NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]',
  examples: '# Create a pod disruption budget named my-pdb that requires at least one of the pods with the app=rails label to be available\nkubectl create poddisruptionbudget my-pdb --selector=app=rails --min-available=1', place: { group: 'policy', version: 'v1', plural: 'poddisruptionbudgets', namespaced: true },
  flags: [
    { name: 'min-available', type: 'string', value: '', help: 'The minimum number or percentage of available pods this budget requires.' },
    { name: 'max-unavailable', type: 'string', value: '', help: 'The maximum number or percentage of unavailable pods this budget requires.' },
    { name: 'selector', type: 'string', value: '', help: 'A label selector to use for this budget. Only equality-based selector requirements are supported.' },
  ],
  build: (run, name) => {
    const { flags } = run;
    const [min, max, selector] = [flags.text('min-available'), flags.text('max-unavailable'), flags.text('selector')];
    if (!selector) throw plainError('a selector must be specified');
    if (!min && !max) throw plainError('one of min-available or max-unavailable must be specified');
    if (min && max) throw plainError('min-available and max-unavailable cannot be both specified');
    return {
      kind: 'PodDisruptionBudget', apiVersion: 'policy/v1', metadata: { name, ...CREATED },
      spec: { ...(min ? { minAvailable: parseIntOrString(min) } : {}), selector: { matchLabels: equalities(run, selector) }, ...(max ? { maxUnavailable: parseIntOrString(max) } : {}) },
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    };
  },
});

/** `a=b,c=d` */
function equalities(run: Run, selector: string): Record<string, string> {
  return Object.fromEntries(selector.split(',').map((pair) => {
    const match = /^([^=!]+)==?([^=]*)$/.exec(pair);
    if (!match) throw usageError(run.command, `"${pair}" is not a valid label selector`);
    return [match[1]!, match[2]!];
  }));
}
