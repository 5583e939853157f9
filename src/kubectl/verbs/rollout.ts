/** `kubectl rollout`: pause, restart, resume; status, history and undo have files of their own. See kubectl/pkg/cmd/rollout. */
import type { Run, Verb } from '../command.ts';
import { each } from '../each.ts';
import { FILE_FLAGS } from '../files.ts';
import type { Flag } from '../flags.ts';
import { plainError } from '../io.ts';
import { fetch, namedObjects, pathTo } from '../named.ts';
import { dig, type KubeObject } from '../object.ts';
import { qualified } from '../resources.ts';
import { printResult, RESULT_FLAGS } from '../result.ts';
import { managerFlag } from '../send.ts';
import { history, undo } from './rollout-history.ts';
import { status } from './rollout-status.ts';

export const ROLLOUT_FLAGS: readonly Flag[] = [
  ...FILE_FLAGS, ...RESULT_FLAGS, managerFlag('kubectl-rollout'),
  { name: 'selector', short: 'l', type: 'string', value: '', help: 'Selector (label query) to filter on' },
];

interface Act {
  readonly done: string;
  readonly already: string;
  readonly kinds: readonly string[];
  readonly refusal: string;
  /** The patch, or undefined when nothing is left to do. @throws KubectlError */
  patch(object: KubeObject, called: string): object | undefined;
}

async function act(run: Run, what: Act): Promise<number> {
  return each(run, await namedObjects(run, run.args, { many: true, missing: 'error: required resource not specified' }), async (named) => {
    const object = await fetch(run, named);
    if (!what.kinds.includes(object.kind ?? '')) throw plainError(`${qualified(named.resource)} ${JSON.stringify(named.name)} ${what.refusal}`);
    const called = `${qualified(named.resource)} ${JSON.stringify(named.name)}`;
    const body = what.patch(object, called);
    if (body === undefined) throw plainError(`${called} ${what.already}`);
    printResult(run, await run.client.json<KubeObject>('PATCH', `${pathTo(named)}?fieldManager=${run.flags.text('field-manager')}`, { body, contentType: 'application/strategic-merge-patch+json' }), what.done);
  });
}

const pause: Verb = {
  name: 'pause', short: 'Mark the provided resource as paused', long: 'Mark the provided resource as paused.\n\nPaused resources will not be reconciled by a controller. Use "kubectl rollout resume" to resume a paused resource. Currently only deployments support being paused.',
  examples: '# Mark the nginx deployment as paused\nkubectl rollout pause deployment/nginx', usage: 'rollout pause RESOURCE [options]', flags: ROLLOUT_FLAGS,
  run: (run) => act(run, { done: 'paused', already: 'is already paused', kinds: ['Deployment'], refusal: 'pausing is not supported', patch: (object) => (dig(object, 'spec', 'paused') === true ? undefined : { spec: { paused: true } }) }),
};

const resume: Verb = {
  name: 'resume', short: 'Resume a paused resource', long: 'Resume a paused resource.\n\nPaused resources will not be reconciled by a controller. By resuming a resource, we allow it to be reconciled again. Currently only deployments support being resumed.',
  examples: '# Resume an already paused deployment\nkubectl rollout resume deployment/nginx', usage: 'rollout resume RESOURCE [options]', flags: ROLLOUT_FLAGS,
  run: (run) => act(run, { done: 'resumed', already: 'is not paused', kinds: ['Deployment'], refusal: 'resuming is not supported', patch: (object) => (dig(object, 'spec', 'paused') === true ? { spec: { paused: null } } : undefined) }),
};

const restart: Verb = {
  name: 'restart', short: 'Restart a resource', long: 'Restart a resource.\n\nResource rollout will be restarted.', examples: '# Restart a deployment\nkubectl rollout restart deployment/nginx', usage: 'rollout restart RESOURCE [options]', flags: ROLLOUT_FLAGS,
  run: (run) => act(run, {
    done: 'restarted', already: '', kinds: ['Deployment', 'DaemonSet', 'StatefulSet'], refusal: 'restarting is not supported',
    patch: (object, called) => {
      if (dig(object, 'spec', 'paused') === true) throw plainError(`${called} can't restart paused deployment (run rollout resume first)`);
      return { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': localTime(new Date()) } } } } };
    },
  }),
};

/** RFC 3339 in the local zone, without fractions. */
function localTime(date: Date): string {
  const offset = -date.getTimezoneOffset();
  if (offset === 0) return `${date.toISOString().slice(0, 19)}Z`;
  const two = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, '0');
  return `${new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19)}${offset < 0 ? '-' : '+'}${two(offset / 60)}:${two(offset % 60)}`;
}

export const rollout: Verb = {
  name: 'rollout', short: 'Manage the rollout of a resource', helpTo: 'stdout', // The line of blanks is kubectl's.
  long: 'Manage the rollout of one or many resources.\n        \n Valid resource types include:\n\n  *  deployments\n  *  daemonsets\n  *  statefulsets',
  examples: '# Rollback to the previous deployment\nkubectl rollout undo deployment/abc\n\n# Check the rollout status of a daemonset\nkubectl rollout status daemonset/foo\n\n# Restart a deployment\nkubectl rollout restart deployment/abc\n\n# Restart deployments with the \'app=nginx\' label\nkubectl rollout restart deployment --selector=app=nginx', usage: 'rollout SUBCOMMAND [options]', flags: [],
  verbs: [history, pause, restart, resume, status, undo],
};
