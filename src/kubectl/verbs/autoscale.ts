/** `kubectl autoscale`. See kubectl/pkg/cmd/autoscale/autoscale.go. */
import type { Verb } from '../command.ts';
import { each } from '../each.ts';
import { FILE_FLAGS } from '../files.ts';
import { plainError } from '../io.ts';
import { fetch, namedObjects } from '../named.ts';
import { qualified } from '../resources.ts';
import { dryRunOf } from '../result.ts';
import { CREATE_FLAGS, managerFlag, sendNew } from '../send.ts';

export const autoscale: Verb = {
  name: 'autoscale', short: 'Auto-scale a deployment, replica set, stateful set, or replication controller',
  long: 'Creates an autoscaler that automatically chooses and sets the number of pods that run in a Kubernetes cluster.', examples: '# Auto scale a deployment "foo", with the number of pods between 2 and 10, no target CPU utilization specified so a default autoscaling policy will be used\nkubectl autoscale deployment foo --min=2 --max=10',
  usage: 'autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu-percent=CPU] [options]', required: ['max'],
  flags: [
    ...FILE_FLAGS, ...CREATE_FLAGS.filter((flag) => !['validate', 'field-manager'].includes(flag.name)), managerFlag('kubectl-autoscale'),
    { name: 'min', type: 'int', value: '-1', help: 'The lower limit for the number of pods that can be set by the autoscaler. If it\'s not specified or negative, the server will apply a default value.' },
    { name: 'max', type: 'int', value: '-1', help: 'The upper limit for the number of pods that can be set by the autoscaler. Required.' },
    { name: 'cpu-percent', type: 'int', value: '-1', help: 'The target average CPU utilization (represented as a percent of requested CPU) over all the pods. If it\'s not specified or negative, a default autoscaling policy will be used.' },
    { name: 'name', type: 'string', value: '', help: 'The name for the newly created object. If not specified, the name of the input resource will be used.' },
  ],
  run: async (run) => {
    const { flags } = run;
    const [min, max, cpu] = [flags.int('min'), flags.int('max'), flags.int('cpu-percent')];
    if (max < 1) throw plainError(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
    if (max < min) throw plainError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
    const dryRun = dryRunOf(run);
    return each(run, await namedObjects(run, run.args, { many: false }), async (one) => {
      const object = await fetch(run, one);
      if (!['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController'].includes(object.kind ?? '')) throw plainError(`cannot autoscale a ${object.kind}: ${qualified(one.resource)}`);
      await sendNew(run, { group: 'autoscaling', version: 'v1', plural: 'horizontalpodautoscalers', namespaced: true }, {
        kind: 'HorizontalPodAutoscaler', apiVersion: 'autoscaling/v1', metadata: { name: flags.text('name') || one.name, creationTimestamp: null },
        spec: { scaleTargetRef: { kind: object.kind, name: one.name, apiVersion: object.apiVersion }, ...(min > 0 ? { minReplicas: min } : {}), maxReplicas: max, ...(cpu >= 0 ? { targetCPUUtilizationPercentage: cpu } : {}) },
        status: { currentReplicas: 0, desiredReplicas: 0 },
      }, dryRun, 'autoscaled');
    });
  },
};
