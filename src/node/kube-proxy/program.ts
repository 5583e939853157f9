/**
 * kube-proxy itself: reads its configuration file, watches Services and EndpointSlices, keeps the node's rules in step.
 * Knows nothing of packets. See cmd/kube-proxy/app/server_linux.go; log lines as of v1.35.
 */
import { parse } from 'yaml';
import { LOCALHOST } from '../../base/address.ts';
import type { Disposer } from '../../base/clock.ts';
import { FileError } from '../../machine/files.ts';
import type { Process, Program } from '../../machine/program.ts';
import type { Component } from '../component.ts';
import { klog, type Klog } from '../klog.ts';
import { serveText } from '../serve-text.ts';
import { untilStopped } from '../until-stopped.ts';
import { IptablesProxier } from './iptables-proxier.ts';

interface Configuration {
  readonly mode?: string;
  readonly clusterCIDR?: string;
  readonly healthzBindAddress?: string;
  readonly metricsBindAddress?: string;
  readonly iptables?: { readonly masqueradeAll?: boolean; readonly minSyncPeriod?: string };
}

const VERSION = 'v1.35.0';

export function kubeProxy(component: Component): Program {
  return {
    name: 'kube-proxy',
    run: (process) => {
      const log = klog(process);
      const configuration = readConfiguration(process, log);
      if (typeof configuration === 'number') return configuration;
      return configuration.cleanup ? cleanUp(process) : serve(process, component, configuration.config, log);
    },
  };
}

function readConfiguration(process: Process, log: Klog): { config: Configuration; cleanup: boolean } | number {
  let path: string | undefined;
  let cleanup = false;
  for (const argument of process.argv.slice(1)) {
    if (argument.startsWith('--config=')) path = argument.slice('--config='.length);
    else if (argument === '--cleanup') cleanup = true;
    else if (!argument.startsWith('--hostname-override=') && !/^-v=?\d+$|^--v=\d+$/.test(argument)) {
      void process.stderr.write(`Error: unknown flag: ${argument.split('=')[0]}\n`);
      return 1;
    }
  }
  if (cleanup || path === undefined) return { config: {}, cleanup };
  try {
    return { config: (parse(process.files.read(path)) as Configuration | null) ?? {}, cleanup };
  } catch (error) {
    const why = error instanceof FileError ? `open ${path}: no such file or directory` : `couldn't decode as KubeProxyConfiguration: ${(error as Error).message.split('\n')[0]}`;
    log('E', 'run.go:72', `"command failed" err="failed complete: ${why.replaceAll('"', '\\"')}"`);
    return 1;
  }
}

async function cleanUp(process: Process): Promise<number> {
  new IptablesProxier(process.netns, { clusterCidr: '', masqueradeAll: false }).cleanUp();
  return 0;
}

async function serve(process: Process, component: Component, config: Configuration, log: Klog): Promise<number> {
  const mode = config.mode || 'iptables';
  const node = component.registry.find('nodes', component.nodeName) as { status?: { addresses?: { type: string; address: string }[] } } | undefined;
  const nodeIp = node?.status?.addresses?.find((address) => address.type === 'InternalIP')?.address ?? '127.0.0.1';
  log('I', 'server_linux.go:53', `"Using ${mode} proxy"`);
  log('I', 'server.go:219', `"Successfully retrieved NodeIPs" NodeIPs=["${nodeIp}"]`);
  log('E', 'server.go:256', '"Kube-proxy configuration may be incomplete or incorrect" err="nodePortAddresses is unset; NodePort connections will be accepted on all local IPs. Consider using `--nodeport-addresses primary`"');
  log('I', 'server.go:265', '"kube-proxy running in dual-stack mode" primary ipFamily="IPv4"');
  const refusal = refusalOf(mode);
  if (refusal) {
    log('E', 'server.go:150', `"Error running ProxyServer" err="${refusal}"`);
    log('E', 'run.go:72', `"command failed" err="${refusal}"`);
    return 1;
  }
  log('I', 'server_linux.go:132', '"Using iptables Proxier"');

  const proxier = new IptablesProxier(process.netns, { clusterCidr: config.clusterCIDR ?? '', masqueradeAll: config.iptables?.masqueradeAll ?? false });
  const stop = [
    serveText(process, { port: portOf(config.healthzBindAddress, 10256), paths: { '/healthz': ok('{}'), '/livez': ok('{}') } }),
    serveText(process, { address: LOCALHOST, port: portOf(config.metricsBindAddress, 10249), paths: { '/proxyMode': ok(mode), '/healthz': ok('ok') } }),
    follow(component, proxier, seconds(config.iptables?.minSyncPeriod) ?? 1),
  ];
  log('I', 'server.go:527', `"Version info" version="${VERSION}"`);
  log('I', 'server.go:529', '"Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""');
  for (const [line, what] of [['200', 'service'], ['106', 'endpoint slice'], ['403', 'serviceCIDR'], ['309', 'node']]) log('I', `config.go:${line}`, `"Starting ${what} config controller"`);
  for (const what of ['service', 'endpoint slice', 'serviceCIDR', 'node']) log('I', 'shared_informer.go:356', `"Caches are synced" controller="${what} config"`);
  // The rules stay when the process ends: that is why a restart of kube-proxy does not cut connections.
  const code = await untilStopped(process, ['SIGINT'], 130);
  for (const dispose of stop) dispose();
  return code;
}

/** Modes that this node's kernel cannot do, in the proxier's words. There is no fallback to iptables. */
function refusalOf(mode: string): string | undefined {
  if (mode === 'iptables') return undefined;
  if (mode === 'ipvs') return "can't use the IPVS proxier: missing required kernel modules: [ip_vs ip_vs_rr ip_vs_wrr ip_vs_sh]";
  if (mode === 'nftables') return 'unable to create proxier: kernel version 6.1 is not new enough: nftables is not available';
  return `invalid configuration: Mode: Invalid value: \\"${mode}\\": must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])`;
}

/** Changes that belong together (a Service and its endpoints) arrive within this time and share a sync. */
const GATHER_MS = 30;
/** So many syncs may follow each other at once before `minSyncPeriod` holds. See BoundedFrequencyRunner. */
const BURST = 2;

/** Every change of a Service or slice asks for a sync; what a hand changed meanwhile is mended with the next sync. */
function follow(component: Component, proxier: IptablesProxier, minSeconds: number): Disposer {
  const { clock, registry, nodeName } = component;
  let tokens = BURST;
  let countedMs = clock.now();
  let waiting: Disposer | undefined;
  const refill = () => {
    tokens = Math.min(BURST, tokens + (clock.now() - countedMs) / (minSeconds * 1000));
    countedMs = clock.now();
  };
  const sync = () => {
    waiting = undefined;
    refill();
    tokens -= 1;
    proxier.sync(registry.list('services').items, registry.list('endpointslices.discovery.k8s.io').items, nodeName);
  };
  const ask = () => {
    refill();
    waiting ??= clock.schedule(Math.max(GATHER_MS, (1 - tokens) * minSeconds * 1000), sync);
  };
  const stops = [registry.watch('services', {}, ask), registry.watch('endpointslices.discovery.k8s.io', {}, ask)];
  ask();
  return () => {
    waiting?.();
    for (const stop of stops) stop();
  };
}

const ok = (body: string) => () => ({ status: 200, body });

function portOf(address: string | undefined, otherwise: number): number {
  const port = Number(address?.split(':').at(-1));
  return Number.isInteger(port) && port > 0 ? port : otherwise;
}

function seconds(duration: string | undefined): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(duration ?? '');
  if (!match) return undefined;
  return Number(match[1]) * (match[2] === 'ms' ? 0.001 : match[2] === 's' ? 1 : 60);
}
