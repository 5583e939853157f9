/**
 * What kube-proxy tells load balancers: its own health on port 10256, and for each Service with a health check node port
 * whether an endpoint of it is on this node. See pkg/proxy/healthcheck/proxy_health.go, service_health.go.
 * Differs from Kubernetes: a sync of ours never hangs, so kube-proxy is healthy as long as it runs.
 */
import type { Disposer } from '../../base/clock.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import type { EndpointSlice } from '../../kinds/endpointslice.ts';
import type { Service } from '../../kinds/service.ts';
import type { Process } from '../../machine/program.ts';
import { NetError } from '../../net/errors.ts';
import type { Component } from '../component.ts';
import type { Klog } from '../klog.ts';
import { serveText, type TextAnswer } from '../serve-text.ts';
import { servicePorts } from './service-ports.ts';

const JSON_HEADERS = [['Content-Type', 'application/json'], ['X-Content-Type-Options', 'nosniff']] as const;
/** Set by an autoscaler that is about to remove the node. */
const LEAVING = 'ToBeDeletedByClusterAutoscaler';

/** `/healthz`: the node may still be given new connections. `/livez`: kube-proxy is alive. */
export function proxyHealth(process: Process, component: Component): Readonly<Record<'/healthz' | '/livez', () => TextAnswer>> {
  const { clock } = process.machine;
  const startedMs = clock.now();
  const answer = (eligible: boolean, status: number) => {
    const now = goTime(clock.unixMs(), clock.now() - startedMs);
    return { status, headers: JSON_HEADERS, body: `{"lastUpdated": "${now}","currentTime": "${now}", "nodeEligible": ${eligible}}` };
  };
  const isEligible = () => {
    const node = component.registry.find('nodes', component.nodeName) as (Stored<KubeObject> & { spec?: { taints?: { key: string }[] } }) | undefined;
    return node !== undefined && node.metadata.deletionTimestamp === undefined && !node.spec?.taints?.some(({ key }) => key === LEAVING);
  };
  return {
    '/healthz': () => answer(isEligible(), isEligible() ? 200 : 503),
    '/livez': () => answer(isEligible(), 200),
  };
}

/** As Go prints a time that still has its monotonic reading. */
function goTime(unixMs: number, sinceStartMs: number): string {
  const [date, time] = new Date(unixMs).toISOString().slice(0, -1).split('T');
  return `${date} ${time!.replace(/\.?0+$/, '')} +0000 UTC m=+${(sinceStartMs / 1000).toFixed(9)}`;
}

interface Listening {
  readonly port: number;
  readonly stop: Disposer;
}

/** One listener for each Service that asks for one. */
export class HealthCheckPorts {
  readonly #listening = new Map<string, Listening>();
  readonly #endpoints = new Map<string, number>();

  constructor(
    private readonly process: Process,
    private readonly log: Klog,
  ) {}

  sync(services: readonly Stored<Service>[], slices: readonly Stored<EndpointSlice>[], nodeName: string): void {
    const asking = services.filter(({ spec }) => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local' && spec.healthCheckNodePort);
    const wanted = new Map(asking.map((service) => [`${service.metadata.namespace}/${service.metadata.name}`, service.spec.healthCheckNodePort!]));
    for (const [name, { port, stop }] of this.#listening) {
      if (wanted.get(name) === port) continue;
      stop();
      this.#listening.delete(name);
    }
    for (const service of asking) {
      const name = `${service.metadata.namespace}/${service.metadata.name}`;
      const ready = servicePorts([service], slices, nodeName).flatMap(({ readyHere }) => readyHere);
      this.#endpoints.set(name, new Set(ready).size);
      if (!this.#listening.has(name)) this.#listen(name, wanted.get(name)!);
    }
  }

  stop(): void {
    for (const { stop } of this.#listening.values()) stop();
    this.#listening.clear();
  }

  #listen(name: string, port: number): void {
    try {
      this.#listening.set(name, { port, stop: serveText(this.process, { port, paths: {}, otherwise: () => this.#answer(name) }) });
    } catch (error) {
      // Somebody else has the port; the Service works without.
      if (!(error instanceof NetError)) throw error;
      this.log('E', 'service_health.go:145', `"Failed to start healthcheck" err="listen tcp :${port}: bind: address already in use" node="${this.process.machine.hostname}" service="${name}" port=${port}`);
    }
  }

  #answer(name: string): TextAnswer {
    const [namespace, service] = name.split('/');
    const count = this.#endpoints.get(name) ?? 0;
    return {
      status: count > 0 ? 200 : 503,
      headers: [...JSON_HEADERS, ['X-Load-Balancing-Endpoint-Weight', String(count)]],
      body: `{\n\t"service": {\n\t\t"namespace": "${namespace}",\n\t\t"name": "${service}"\n\t},\n\t"localEndpoints": ${count},\n\t"serviceProxyHealthy": true\n}`,
    };
  }
}
