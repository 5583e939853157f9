/**
 * Looks which pods stand behind a Service, and on which port: the resolved one, so that a target port given by name
 * counts as much as one given by number. Reads EndpointSlices, as kube-proxy does.
 */
import { type Checker, Params } from '../src/lab/checker.ts';
import { conditionOf, nameOf, textAt, valuesAt } from './path.ts';

interface EndpointsParams {
  readonly service: string;
  readonly namespace: string;
  /** Exactly the ready pods with these labels. */
  readonly pods: string;
  readonly port: number;
  /** At least so many. */
  readonly count: number;
  readonly nudge: string | undefined;
}

export const endpoints: Checker<EndpointsParams> = {
  name: 'endpoints',

  parse(value) {
    const params = new Params(value);
    const parsed = {
      service: params.text('service'),
      namespace: params.text('namespace'),
      pods: params.text('pods'),
      port: params.optionalNumber('port') ?? 80,
      count: params.optionalNumber('count') ?? 1,
      nudge: params.optionalText('nudge'),
    };
    params.done();
    return parsed;
  },

  title: ({ service, pods, port }) => `Service ${service} leads to the pods labelled ${pods} on port ${port}`,

  async run({ service, namespace, pods: selector, port, count, nudge }, cluster) {
    const hint = nudge === undefined ? {} : { nudge };
    const [object, slices, pods] = await Promise.all([
      cluster.get('services', service, namespace),
      cluster.list('endpointslices.discovery.k8s.io', namespace, `kubernetes.io/service-name=${service}`),
      cluster.list('pods', namespace, selector),
    ]);
    const wanted = pods.filter((pod) => conditionOf(pod, 'Ready')?.status === 'True').map((pod) => `${textAt(pod, 'status.podIP')}:${port}`).toSorted();
    const expected = wanted.length < count ? `at least ${count} ready pods labelled ${selector} behind the Service, on port ${port}` : `the endpoints ${wanted.join(', ')} (the ready pods labelled ${selector})`;
    if (!object) return { status: 'fail', expected, saw: `${nameOf('services', service, namespace)} does not exist` };
    const found = [...new Set(slices.flatMap(readyAddresses))].toSorted();
    const saw = found.length === 0 ? `Service ${service} has no endpoints` : `the endpoints ${found.join(', ')}`;
    const right = wanted.length >= count && found.join() === wanted.join();
    return right ? { status: 'pass', saw } : { status: 'fail', expected, saw, ...hint };
  },
};

function readyAddresses(slice: unknown): readonly string[] {
  const ports = valuesAt(slice, 'ports[*].port');
  const ready = (valuesAt(slice, 'endpoints[*]') as readonly { readonly addresses: readonly string[]; readonly conditions?: { readonly ready?: boolean } }[])
    // An unset condition means ready: see discovery/v1 EndpointConditions.
    .filter((endpoint) => endpoint.conditions?.ready !== false);
  return ready.flatMap((endpoint) => endpoint.addresses.flatMap((address) => ports.map((port) => `${address}:${String(port)}`)));
}
