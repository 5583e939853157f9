/** Runs a topology's script on our kernel: the few commands that the scripts use, each through the model's own API. */
import { type Cidr, cidr, ipv4, type Ipv4, type Mac, networkOf, parseCidr } from '../../src/base/address.ts';
import { deviceKinds } from '../../src/net/device/index.ts';
import { createVeth } from '../../src/net/device/veth.ts';
import type { Vxlan } from '../../src/net/device/vxlan.ts';
import type { NetNamespace } from '../../src/net/namespace.ts';
import type { RouteType } from '../../src/net/routes.ts';
import { iptables, type Lab, makeLab, ping, serveTcp, serveUdp, splitWords, tcp, udp } from './support.ts';

export class SimulatedRig {
  readonly lab: Lab = makeLab();
  readonly #hosts = new Map<string, NetNamespace>();

  host(name: string): NetNamespace {
    const found = this.#hosts.get(name);
    if (!found) throw new Error(`no namespace ${name}`);
    return found;
  }

  build(script: string): void {
    for (const raw of script.split('\n')) {
      const line = raw.trim();
      if (line !== '') this.#run(line);
    }
  }

  async probe(text: string): Promise<string> {
    const [host, kind, ...words] = text.split(' ');
    const from = this.host(host!);
    this.lab.trace.length = 0;
    if (kind === 'tcp') return (await tcp(this.lab, from, words[0]!, Number(words[1]))).replace('ETIMEDOUT', 'timeout');
    if (kind === 'udp') return udp(this.lab, from, words[0]!, Number(words[1]));
    const option = (name: string) => (words.includes(name) ? Number(words[words.indexOf(name) + 1]) : undefined);
    const [size, ttl] = [option('-s'), option('-t')];
    return ping(this.lab, from, words.at(-1)!, { dontFragment: words.includes('-D'), ...(size === undefined ? {} : { size }), ...(ttl === undefined ? {} : { ttl }) });
  }

  #run(line: string): void {
    const command = /^(\w+): (.*)$/.exec(line);
    if (command) return this.#command(this.host(command[1]!), command[2]!);
    const [verb, ...words] = line.split(' ');
    if (verb === 'ns') for (const name of words) this.#hosts.set(name, this.lab.host(name));
    else if (verb === 'serve') serveTcp(this.host(words[0]!), Number(words[1]));
    else if (verb === 'serveudp') serveUdp(this.host(words[0]!), Number(words[1]));
    else if (verb === 'veth') {
      const [a, b] = words.map((end) => end.split(':') as [string, string]) as [[string, string], [string, string]];
      createVeth({ ns: this.host(a[0]), name: a[1] }, { ns: this.host(b[0]), name: b[1] });
    } else throw new Error(`cannot read: ${line}`);
  }

  #command(ns: NetNamespace, text: string): void {
    const words = splitWords(text);
    const after = (word: string) => (words.includes(word) ? words[words.indexOf(word) + 1] : undefined);
    const key = words.slice(0, 3).join(' ');
    if (words[0] === 'iptables') iptables(ns, text.slice('iptables '.length));
    else if (words[0] === 'sysctl') this.#sysctl(ns, ...(words[2]!.split('=') as [string, string]));
    else if (key === 'ip addr add') ns.addAddress(after('dev')!, cidr(words[3]!));
    else if (key === 'ip link add') {
      const at = words.indexOf('type');
      const mac = after('address') as Mac | undefined;
      deviceKinds[words[at + 1]!]!.create(ns, words[3]!, words.slice(at + 2), () => undefined, mac ? { mac } : {});
    } else if (key === 'ip link set') this.#setLink(ns, words[3]!, words.slice(4));
    else if (key === 'ip neigh add') ns.neighbors.add(ipv4(words[3]!), after('dev')!, after('lladdr') as Mac);
    else if (key === 'ip rule add') ns.routes.rules.add({ from: cidr(after('from')!), action: { kind: 'lookup', table: Number(after('lookup')) } });
    else if (key === 'ip route add' || key === 'ip route del') this.#route(ns, words[2]!, words.slice(3));
    else if (key === 'bridge fdb append') (ns.devices.require(after('dev')!) as Vxlan).fdb.append(words[3] as Mac, ipv4(after('dst')!));
    else throw new Error(`cannot run: ${text}`);
  }

  #sysctl(ns: NetNamespace, name: string, value: string): void {
    if (name.startsWith('net.bridge.')) ns.sysctl.loadBridgeNetfilter();
    ns.sysctl.set(name, value);
  }

  #setLink(ns: NetNamespace, name: string, words: readonly string[]): void {
    if (words[0] === 'up' || words[0] === 'down') ns.devices.setUp(name, words[0] === 'up');
    else if (words[0] === 'address') ns.devices.setMac(name, words[1] as Mac);
    else if (words[0] === 'mtu') ns.devices.setMtu(name, Number(words[1]));
    else if (words[0] === 'master' || words[0] === 'nomaster') ns.devices.setMaster(name, words[1]);
    else throw new Error(`cannot set ${words.join(' ')}`);
  }

  #route(ns: NetNamespace, verb: string, words: readonly string[]): void {
    const types: readonly string[] = ['blackhole', 'unreachable', 'prohibit'];
    const type = types.includes(words[0]!) ? (words[0] as RouteType) : undefined;
    const rest = type ? words.slice(1) : words;
    const after = (word: string) => (rest.includes(word) ? rest[rest.indexOf(word) + 1] : undefined);
    const destination: Cidr = rest[0] === 'default' ? cidr('0.0.0.0/0') : parseCidr(rest[0]!)!;
    const [via, device, source, metric, table] = [after('via'), after('dev'), after('src'), after('metric'), after('table')];
    const route = {
      destination: { address: networkOf(destination), prefix: destination.prefix },
      ...(type ? { type } : {}),
      ...(via ? { via: via as Ipv4 } : {}),
      ...(device ? { device } : {}),
      ...(source ? { source: source as Ipv4 } : {}),
      ...(metric ? { metric: Number(metric) } : {}),
      ...(table ? { table: Number(table) } : {}),
      ...(rest.includes('onlink') ? { onlink: true } : {}),
    };
    if (verb === 'add') ns.routes.add(route);
    else ns.routes.delete(route);
  }
}
