/** What of this machine's network can be in the way of a kind cluster: address ranges, proxies, firewalls. Looks only. */
import { networkInterfaces } from 'node:os';
import { cidr, contains, ipv4, networkOf } from '../base/address.ts';
import type { DoctorRow } from './doctor.ts';
import type { Engine } from './engine.ts';
import { findProgram } from './find-program.ts';
import { POD_SUBNET, SERVICE_SUBNET } from './kind-config.ts';
import type { Tools } from './tools.ts';

/** The network of kind is given any free range by the engine; a network of this machine may have ours. */
export async function subnets(engine: Engine): Promise<DoctorRow> {
  const row = { id: 'subnets', title: 'Address ranges' };
  const { stdout } = await engine.run(['network', 'inspect', 'kind']);
  const networks = [...stdout.matchAll(/"[Ss]ubnet":\s*"(\d+\.\d+\.\d+\.\d+\/\d+)"/g)].map(([, subnet]) => ({ subnet: subnet!, name: `the network "kind" of ${engine.name}`, isKind: true }));
  for (const [name, addresses] of Object.entries(networkInterfaces())) for (const { family, cidr: subnet } of addresses ?? []) if (family === 'IPv4' && subnet) networks.push({ subnet, name: `${name} of this machine`, isKind: false });
  for (const { subnet, name, isKind } of networks) {
    for (const own of [POD_SUBNET, SERVICE_SUBNET]) {
      const [a, b] = [cidr(subnet), cidr(own)];
      if (!contains(a, networkOf(b)) && !contains(b, ipv4(subnet.split('/')[0]!))) continue;
      return { ...row, status: isKind ? 'failure' : 'warning', detail: `${name} (${subnet}) overlaps ${own} of the cluster`, action: isKind ? `When no kind cluster runs: ${engine.name} network rm kind, then ${engine.name} network create --subnet 172.18.0.0/16 kind.` : 'Addresses in that range will not be reached from pods.' };
    }
  }
  return { ...row, status: 'ok', detail: `${POD_SUBNET} and ${SERVICE_SUBNET} are free` };
}

/** kind hands the proxy on to its nodes, whose own traffic must not take it. */
export function proxies(tools: Tools): DoctorRow | undefined {
  const isSet = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'].some((name) => tools.env[name]);
  if (!isSet) return undefined;
  const without = `${tools.env['NO_PROXY'] ?? ''},${tools.env['no_proxy'] ?? ''}`;
  const missing = [POD_SUBNET, SERVICE_SUBNET].filter((range) => !without.includes(range));
  const row = { id: 'proxy', title: 'HTTP proxy' };
  return missing.length === 0 ? { ...row, status: 'ok', detail: 'set, and not for the cluster' } : { ...row, status: 'warning', detail: 'set, also for addresses of the cluster', action: `export NO_PROXY=$NO_PROXY,${missing.join(',')}` };
}

/** Known to drop what goes from node to node. */
export async function firewall(tools: Tools): Promise<DoctorRow | undefined> {
  if (!findProgram('firewall-cmd', tools.env['PATH'])) return undefined;
  const { stdout } = await tools.run('firewall-cmd', ['--state'], { timeoutMs: 5_000 });
  return stdout.trim() === 'running' ? { id: 'firewalld', title: 'firewalld', status: 'warning', detail: 'running: it may drop packets between nodes', action: 'If the network probe fails, see "Fedora and firewalld" in kind\'s known issues.' } : undefined;
}
