/**
 * kube-proxy itself: reads its configuration file, watches Services and EndpointSlices, keeps the node's rules in step.
 * Knows nothing of packets. See cmd/kube-proxy/app/server_linux.go; log lines as of v1.35.
 */
import { parse } from 'yaml';
import { LOCALHOST } from '../../base/address.ts';
import type { Disposer } from '../../base/clock.ts';
import { parseDuration } from '../../base/duration.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import type { EndpointSlice } from '../../kinds/endpointslice.ts';
import type { Service } from '../../kinds/service.ts';
import { FileError } from '../../machine/files.ts';
import type { Process, Program } from '../../machine/program.ts';
import { SCHEDULERS } from '../../net/ipvs/schedulers.ts';
import type { Component } from '../component.ts';
import { klog, type Klog } from '../klog.ts';
import { serveText } from '../serve-text.ts';
import { untilStopped } from '../until-stopped.ts';
import { HealthCheckPorts, proxyHealth } from './health.ts';
import { IptablesProxier } from './iptables-proxier.ts';
import type { ProxierConfig } from './iptables.ts';
import { IpvsProxier } from './ipvs-proxier.ts';
import { cleanUp } from './jumps.ts';

interface Configuration {
  readonly mode?: string;
  readonly clusterCIDR?: string;
  readonly healthzBindAddress?: string;
  readonly metricsBindAddress?: string;
  readonly iptables?: { readonly masqueradeAll?: boolean; readonly localhostNodePorts?: boolean | null; readonly minSyncPeriod?: string };
  readonly ipvs?: { readonly scheduler?: string; readonly strictARP?: boolean; readonly minSyncPeriod?: string; readonly tcpTimeout?: string; readonly tcpFinTimeout?: string; readonly udpTimeout?: string };
}

const VERSION = 'v1.35.0';

export function kubeProxy(component: Component): Program {
  return {
    name: 'kube-proxy',
    run: (process) => {
      const log = klog(process);
      const configuration = readConfiguration(process, log);
      if (typeof configuration === 'number') return configuration;
      if (!configuration.cleanup) return serve(process, component, configuration.config, log);
      cleanUp(process.netns);
      return 0;
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

async function serve(process: Process, component: Component, config: Configuration, log: Klog): Promise<number> {
  const mode = config.mode || 'iptables';
  const node = component.registry.find('nodes', component.nodeName) as { status?: { addresses?: { type: string; address: string }[] } } | undefined;
  const nodeIp = node?.status?.addresses?.find((address) => address.type === 'InternalIP')?.address ?? '127.0.0.1';
  log('I', 'server_linux.go:53', `"Using ${mode} proxy"`);
  log('I', 'server.go:219', `"Successfully retrieved NodeIPs" NodeIPs=["${nodeIp}"]`);
  log('E', 'server.go:256', '"Kube-proxy configuration may be incomplete or incorrect" err="nodePortAddresses is unset; NodePort connections will be accepted on all local IPs. Consider using `--nodeport-addresses primary`"');
  log('I', 'server.go:265', '"kube-proxy running in dual-stack mode" primary ipFamily="IPv4"');
  const refusal = refusalOf(mode, process, config);
  if (refusal) {
    log('E', 'server.go:150', `"Error running ProxyServer" err="${refusal}"`);
    log('E', 'run.go:72', `"command failed" err="${refusal}"`);
    return 1;
  }
  const common = { clusterCidr: config.clusterCIDR ?? '', masqueradeAll: config.iptables?.masqueradeAll ?? false };
  const proxier = mode === 'ipvs' ? ipvsProxier(process, config, { ...common, nodeIp }, log) : new IptablesProxier(process.netns, common);
  if (mode !== 'ipvs') {
    log('I', 'server_linux.go:132', '"Using iptables Proxier"');
    allowLocalhostNodePorts(process, config, log);
  }
  const healthChecks = new HealthCheckPorts(process, log);
  const stop = [
    () => healthChecks.stop(),
    serveText(process, { port: portOf(config.healthzBindAddress, 10256), paths: proxyHealth(process, component) }),
    serveText(process, { address: LOCALHOST, port: portOf(config.metricsBindAddress, 10249), paths: { '/proxyMode': ok(mode), '/healthz': ok('ok') } }),
    follow(component, { proxier, healthChecks }, seconds((mode === 'ipvs' ? config.ipvs : config.iptables)?.minSyncPeriod) ?? 1),
  ];
  log('I', 'server.go:527', `"Version info" version="${VERSION}"`);
  log('I', 'server.go:529', '"Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""');
  for (const [line, what] of [['200', 'service'], ['106', 'endpoint slice'], ['403', 'serviceCIDR'], ['309', 'node']]) log('I', `config.go:${line}`, `"Starting ${what} config controller"`);
  for (const what of ['service', 'endpoint slice', 'serviceCIDR', 'node']) log('I', 'shared_informer.go:356', `"Caches are synced" controller="${what} config"`);
  // The rules stay when the process ends: that is why a restart of kube-proxy does not cut connections.
  // It installs no handler; the Go runtime then ends the first process of a container with 2.
  const code = await untilStopped(process, ['SIGTERM', 'SIGINT'], 2);
  for (const dispose of stop) dispose();
  return code;
}

/** Node ports answer on 127.0.0.1 too, which the kernel by itself lets nobody be sent away from. */
function allowLocalhostNodePorts(process: Process, config: Configuration, log: Klog): void {
  if (config.iptables?.localhostNodePorts === false) return;
  log('I', 'proxier.go:242', '"Setting route_localnet=1 to allow node-ports on localhost; to change this either disable iptables.localhostNodePorts (--iptables-localhost-nodeports) or set nodePortAddresses (--nodeport-addresses) to filter loopback addresses" ipFamily="IPv4"');
  process.netns.sysctl.set('net.ipv4.conf.all.route_localnet', '1');
}

/** Modes that this node's kernel cannot do, in the proxier's words. There is no fallback to iptables. */
function refusalOf(mode: string, process: Process, config: Configuration): string | undefined {
  if (mode === 'iptables') return undefined;
  if (mode === 'ipvs') return ipvsRefusal(process, config.ipvs?.scheduler || 'rr');
  // Differs from Kubernetes: the image has no nft, so that mode is refused as it would be without: nothing here reads its rules.
  if (mode === 'nftables') return 'unable to create proxier: could not find nftables binary: exec: \\"nft\\": executable file not found in $PATH';
  return `invalid configuration: Mode: Invalid value: \\"${mode}\\": must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])`;
}

/**
 * What comes of the dummy virtual server that the proxier adds to see whether the kernel takes it. The module of the
 * balancer must be there; that of a scheduler the kernel loads by itself.
 */
function ipvsRefusal(process: Process, scheduler: string): string | undefined {
  const { modules } = process.machine;
  if (!modules.has('ip_vs')) {
    const time = new Date(process.machine.clock.unixMs()).toISOString().slice(0, 19);
    void process.stderr.write(
      `time="${time}Z" level=warning msg="Running modprobe ip_vs failed with message: \`\`, error: exec: \\"modprobe\\": executable file not found in $PATH"\n` +
      `time="${time}Z" level=error msg="Could not get ipvs family information from the kernel. It is possible that ipvs is not enabled in your kernel. Native loadbalancing will not work until this is fixed."\n`,
    ).catch(() => undefined);
    return "can't use the IPVS proxier: Ipvs not supported";
  }
  if (!Object.hasOwn(SCHEDULERS, scheduler)) return "can't use the IPVS proxier: no such file or directory";
  modules.add(`ip_vs_${scheduler}`);
  return undefined;
}

function ipvsProxier(process: Process, config: Configuration, common: ProxierConfig & { readonly nodeIp: string }, log: Klog): IpvsProxier {
  const { netns } = process;
  log('I', 'server_linux.go:194', '"Using ipvs Proxier"');
  log('E', 'server_linux.go:196', '"The ipvs proxier is now deprecated and may be removed in a future release. Please use \'nftables\' instead."');
  netns.sysctl.loadIpvs();
  const knobs: Readonly<Record<string, string>> = {
    'net.ipv4.vs.conntrack': '1', 'net.ipv4.vs.expire_nodest_conn': '1', 'net.ipv4.vs.expire_quiescent_template': '1', 'net.ipv4.ip_forward': '1',
    ...(config.ipvs?.strictARP ? { 'net.ipv4.conf.all.arp_ignore': '1', 'net.ipv4.conf.all.arp_announce': '2' } : {}),
  };
  for (const [name, value] of Object.entries(knobs)) if (netns.sysctl.get(name) !== value) netns.sysctl.set(name, value);
  const timeout = (text: string | undefined, present: number) => seconds(text) || present;
  const { timeouts } = netns.ipvs.connections;
  Object.assign(timeouts, { tcp: timeout(config.ipvs?.tcpTimeout, timeouts.tcp), tcpFin: timeout(config.ipvs?.tcpFinTimeout, timeouts.tcpFin), udp: timeout(config.ipvs?.udpTimeout, timeouts.udp) });
  if (!config.ipvs?.scheduler) log('I', 'proxier.go:351', '"IPVS scheduler not specified, use rr by default" ipFamily="IPv4"');
  return new IpvsProxier(netns, { ...common, scheduler: config.ipvs?.scheduler || 'rr' }, process.machine.clock);
}

/** Changes that belong together (a Service and its endpoints) arrive within this time and share a sync. */
const GATHER_MS = 30;
/** So many syncs may follow each other at once before `minSyncPeriod` holds. See BoundedFrequencyRunner. */
const BURST = 2;

/** Both modes. */
interface Proxier {
  /** Whether the tables were flushed under its feet; IPVS mode does not look. */
  readonly canaryIsGone?: boolean;
  sync(services: readonly Stored<KubeObject>[], slices: readonly Stored<KubeObject>[], nodeName: string, full?: boolean): void;
}

/** How often the canary is looked for (syncPeriod), and how often everything is written whatever happened. */
const CANARY_MS = 30_000;
const FULL_MS = 3_600_000;

/** Every change of a Service or slice asks for a sync; what a hand changed meanwhile is mended with the next sync of those chains. */
function follow(component: Component, { proxier, healthChecks }: { readonly proxier: Proxier; readonly healthChecks: HealthCheckPorts }, minSeconds: number): Disposer {
  const { clock, registry, nodeName } = component;
  let tokens = BURST;
  let countedMs = clock.now();
  let fullMs: number | undefined;
  let waiting: Disposer | undefined;
  const refill = () => {
    // A period of zero means as often as asked.
    tokens = minSeconds === 0 ? BURST : Math.min(BURST, tokens + (clock.now() - countedMs) / (minSeconds * 1000));
    countedMs = clock.now();
  };
  const sync = () => {
    waiting = undefined;
    refill();
    tokens -= 1;
    const full = fullMs === undefined || clock.now() - fullMs >= FULL_MS;
    if (full) fullMs = clock.now();
    const [services, slices] = [registry.list('services').items, registry.list('endpointslices.discovery.k8s.io').items];
    proxier.sync(services, slices, nodeName, full);
    healthChecks.sync(services as readonly Stored<Service>[], slices as readonly Stored<EndpointSlice>[], nodeName);
  };
  const ask = () => {
    refill();
    waiting ??= clock.schedule(Math.max(GATHER_MS, (1 - tokens) * minSeconds * 1000), sync);
  };
  let patrol: Disposer;
  const walk = () => {
    patrol = clock.schedule(CANARY_MS, () => {
      const overdue = fullMs !== undefined && clock.now() - fullMs >= FULL_MS;
      if (proxier.canaryIsGone) fullMs = undefined;
      if (proxier.canaryIsGone || overdue) ask();
      walk();
    });
  };
  walk();
  const stops = [registry.watch('services', {}, ask), registry.watch('endpointslices.discovery.k8s.io', {}, ask)];
  ask();
  return () => {
    waiting?.();
    patrol();
    for (const stop of stops) stop();
  };
}

const ok = (body: string) => () => ({ status: 200, body });

function portOf(address: string | undefined, otherwise: number): number {
  const port = Number(address?.split(':').at(-1));
  return Number.isInteger(port) && port > 0 ? port : otherwise;
}

/** Undefined for what is no duration, and where none is given. */
function seconds(duration: string | undefined): number | undefined {
  const ms = parseDuration(duration ?? '');
  return ms === undefined ? undefined : ms / 1000;
}
