/**
 * Topologies that nobody thought of: a tree of switches with hosts on them and routers between them, some of which
 * filter, translate, doubt or narrow. The same seed gives the same script, so that a failing one can be typed again.
 */
import { type Rng, seededRng } from '../../../src/base/rng.ts';

export interface RandomTopology {
  readonly seed: number;
  readonly script: string;
  readonly probes: readonly string[];
}

interface Plan {
  /** Parent of switch i + 1 in the tree; router i joins the two. */
  readonly parents: readonly number[];
  /** How many hosts each switch has. */
  readonly hosts: readonly number[];
}

/** Its script and what is asked. */
export function randomTopology(seed: number): RandomTopology {
  const rng = seededRng(seed);
  const routers = 1 + rng.below(3);
  const plan: Plan = {
    parents: Array.from({ length: routers }, (_, index) => rng.below(index + 1)),
    hosts: Array.from({ length: routers + 1 }, () => 1 + rng.below(2)),
  };
  const lines = [...wires(plan), ...routes(plan), ...plan.parents.flatMap((_, router) => oddities(plan, router, rng)), ...hostOddities(plan, rng)];
  return { seed, script: lines.map((line) => `  ${line}`).join('\n'), probes: questions(plan, rng) };
}

const hostName = (wire: number, index: number) => `h${wire}${'ab'[index]}`;
const hostAddress = (wire: number, index: number) => `10.${wire}.0.${100 + index}`;
const routerAddress = (wire: number, router: number) => `10.${wire}.0.${router + 1}`;
const allHosts = (plan: Plan) => plan.hosts.flatMap((count, wire) => Array.from({ length: count }, (_, index) => ({ wire, index })));
const sides = (plan: Plan, router: number) => [plan.parents[router]!, router + 1] as const;

/** Switches, hosts, routers, cables and addresses. */
function wires(plan: Plan): readonly string[] {
  const lines = [`ns ${plan.hosts.map((_, wire) => `s${wire}`).join(' ')} ${plan.parents.map((_, router) => `r${router}`).join(' ')} ${allHosts(plan).map(({ wire, index }) => hostName(wire, index)).join(' ')}`];
  const plug = (wire: number, host: string, device: string, address: string) => {
    lines.push(`veth ${host}:${device} s${wire}:${host}`);
    lines.push(`s${wire}: ip link set ${host} master br0; ip link set ${host} up`);
    lines.push(`${host}: ip link set ${device} up; ip addr add ${address}/24 dev ${device}`);
  };
  plan.hosts.forEach((_, wire) => lines.push(`s${wire}: sysctl -qw net.bridge.bridge-nf-call-iptables=0; ip link add br0 type bridge; ip link set br0 up`));
  for (const { wire, index } of allHosts(plan)) {
    plug(wire, hostName(wire, index), 'eth0', hostAddress(wire, index));
    lines.push(`serve ${hostName(wire, index)} 80`, `serveudp ${hostName(wire, index)} 53`);
  }
  plan.parents.forEach((_, router) => sides(plan, router).forEach((wire, side) => plug(wire, `r${router}`, `eth${side}`, routerAddress(wire, router))));
  return lines;
}

/** The routers between two switches, in order; the tree has exactly one way. */
function path(plan: Plan, from: number, to: number): readonly number[] {
  const up = (wire: number): readonly number[] => (wire === 0 ? [] : [wire - 1, ...up(plan.parents[wire - 1]!)]);
  const [a, b] = [up(from), up(to)];
  return [...a.filter((router) => !b.includes(router)), ...b.filter((router) => !a.includes(router)).reverse()];
}

/** Everybody knows the way to every switch; what nobody has goes to the first router of a host's own. */
function routes(plan: Plan): readonly string[] {
  const lines: string[] = [];
  plan.hosts.forEach((_, to) => {
    for (const { wire, index } of allHosts(plan)) {
      const [first] = path(plan, wire, to);
      if (first !== undefined) lines.push(`${hostName(wire, index)}: ip route add 10.${to}.0.0/24 via ${routerAddress(wire, first)}`);
    }
    plan.parents.forEach((_parent, router) => {
      const near = sides(plan, router);
      if (near.includes(to)) return;
      const wire = near.find((candidate) => !path(plan, candidate, to).includes(router))!;
      lines.push(`r${router}: ip route add 10.${to}.0.0/24 via ${routerAddress(wire, path(plan, wire, to)[0]!)}`);
    });
  });
  for (const { wire, index } of allHosts(plan)) {
    const router = plan.parents.findIndex((_, candidate) => sides(plan, candidate).includes(wire));
    lines.push(`${hostName(wire, index)}: ip route add default via ${routerAddress(wire, router)}`);
  }
  return lines;
}

const REJECTIONS = ['icmp-port-unreachable', 'icmp-host-unreachable', 'icmp-net-unreachable', 'icmp-admin-prohibited', 'icmp-host-prohibited'];

/** What a router does besides forwarding. */
function oddities(plan: Plan, router: number, rng: Rng): readonly string[] {
  const pick = <T>(all: readonly T[]): T => all[rng.below(all.length)]!;
  const [near, far] = sides(plan, router);
  const someHost = () => pick(allHosts(plan));
  const someAddress = () => {
    const { wire, index } = someHost();
    return hostAddress(wire, index);
  };
  const choices: readonly (() => readonly string[])[] = [
    () => [`iptables -A FORWARD -s 10.${pick([near, far])}.0.0/24 -p ${pick(['tcp', 'icmp', 'udp'])} -j DROP`],
    () => [`iptables -A FORWARD -d ${someAddress()} -j REJECT --reject-with ${pick(REJECTIONS)}`],
    () => [`iptables -A FORWARD -p tcp --dport ${pick([80, 81])} -i eth${rng.below(2)} -j REJECT --reject-with tcp-reset`],
    () => ['iptables -P FORWARD DROP', 'iptables -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT', `iptables -A FORWARD -i eth${rng.below(2)} -j ACCEPT`],
    () => [`iptables -t nat -A POSTROUTING -o eth${rng.below(2)} -j MASQUERADE${pick(['', ' --random-fully'])}`],
    () => [`iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p tcp --dport 80 -j DNAT --to-destination ${someAddress()}:80`, `iptables -t nat -A PREROUTING -d 10.96.0.10/32 -p udp --dport 53 -j DNAT --to-destination ${someAddress()}`],
    () => [`iptables -t nat -A PREROUTING -p tcp --dport 80 -m addrtype --dst-type LOCAL -j DNAT --to-destination ${someAddress()}`, 'iptables -t nat -A POSTROUTING -p tcp -m conntrack --ctstate DNAT -j MASQUERADE'],
    () => [`iptables -A INPUT -p icmp --icmp-type echo-request -j ${pick(['DROP', 'REJECT'])}`],
    () => [`iptables -t mangle -A PREROUTING -p udp -j MARK --set-mark 9`, 'ip rule add fwmark 9 lookup 99', `ip route add ${pick(['prohibit', 'unreachable', 'blackhole'])} default table 99`],
    () => [`sysctl -qw net.ipv4.conf.all.rp_filter=${1 + rng.below(2)}`],
    () => [`ip link set eth1 mtu ${pick([1000, 1300])}`],
    () => ['sysctl -qw net.ipv4.ip_forward=0'],
    () => [`ip route add ${pick(['prohibit', 'unreachable', 'blackhole', 'throw'])} ${someAddress()}/32`],
    () => [`ip route add 10.96.0.0/24 via ${hostAddress(near, 0)}`],
  ];
  const chosen = Array.from({ length: rng.below(4) }, () => pick(choices)());
  return [`r${router}: sysctl -qw net.ipv4.ip_forward=1`, ...chosen.flat().map((command) => `r${router}: ${command.startsWith('ip route add') || command.startsWith('ip rule add') ? `${command} || true` : command}`)];
}

/** Some hosts guard themselves, some have lost their way home. */
function hostOddities(plan: Plan, rng: Rng): readonly string[] {
  return allHosts(plan).flatMap(({ wire, index }) => {
    const host = hostName(wire, index);
    switch (rng.below(8)) {
      case 0:
        return [`${host}: iptables -A INPUT -p tcp --dport 80 -j REJECT --reject-with ${REJECTIONS[rng.below(REJECTIONS.length)]!}`];
      case 1:
        return [`${host}: ip route del default`];
      case 2:
        return [`${host}: iptables -A OUTPUT -p icmp --icmp-type echo-reply -j DROP`];
      case 3:
        return [`${host}: iptables -t nat -A OUTPUT -d 10.96.0.11/32 -p tcp -j DNAT --to-destination ${hostAddress(rng.below(plan.hosts.length), 0)}:80`];
      default:
        return [];
    }
  });
}

/** A dozen questions of hosts and routers about hosts, routers, a Service and nobody. */
function questions(plan: Plan, rng: Rng): readonly string[] {
  const hosts = allHosts(plan);
  const askers = [...hosts.map(({ wire, index }) => hostName(wire, index)), ...plan.parents.map((_, router) => `r${router}`)];
  const targets = [
    ...hosts.map(({ wire, index }) => hostAddress(wire, index)), ...hosts.map(({ wire, index }) => hostAddress(wire, index)),
    ...plan.parents.map((parent, router) => routerAddress(parent, router)), ...plan.parents.map((_, router) => routerAddress(router + 1, router)),
    '10.96.0.10', '10.96.0.11', '10.0.0.250', '10.200.0.1',
  ];
  const kinds = [(to: string) => `ping ${to}`, (to: string) => `ping -D -s ${[900, 1200, 1400][rng.below(3)]!} ${to}`, (to: string) => `ping -t ${1 + rng.below(3)} ${to}`, (to: string) => `tcp ${to} 80`, (to: string) => `tcp ${to} 81`, (to: string) => `udp ${to} 53`];
  const asked = new Set<string>();
  while (asked.size < 14) asked.add(`${askers[rng.below(askers.length)]!} ${kinds[rng.below(kinds.length)]!(targets[rng.below(targets.length)]!)}`);
  return [...asked];
}
