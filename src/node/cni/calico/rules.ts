/**
 * Felix's rules for one node, as text for iptables-restore. A pure function of the workloads on the node. Order and words
 * are those of felix/rules/static.go and endpoints.go (v3.32); ids of the fixed rules are the real ones.
 */
import { caliInterface, profileChain, ruleId } from './names.ts';

export interface Workload {
  readonly namespace: string;
  readonly pod: string;
  readonly serviceAccount: string;
}

export interface FelixRules {
  /** Chains and rules by table; the chains are ours alone and are rewritten whole. */
  readonly tables: Readonly<Record<'filter' | 'nat' | 'mangle' | 'raw', ReadonlyMap<string, readonly string[]>>>;
  /** What hooks them into the built-in chains: table, chain, where, rule. */
  readonly hooks: readonly (readonly [table: 'filter' | 'nat' | 'mangle' | 'raw', chain: string, where: 'first' | 'last', rule: string])[];
}

/** Marks: 0x10000 accepted by a policy or profile, 0x20000 passed on to the next tier. */
const ACCEPTED = '-m mark --mark 0x10000/0x10000';

export function felixRules(workloads: readonly Workload[]): FelixRules {
  return { tables: { filter: filterTable(workloads), nat: natTable(), mangle: new Map(), raw: new Map() }, hooks: HOOKS };
}

const tagged = (id: string, rest: string) => `-m comment --comment "cali:${id}" ${rest}`;
const note = (text: string) => `-m comment --comment "${text}"`;

const HOOKS: FelixRules['hooks'] = [
  ['filter', 'INPUT', 'first', tagged('Cz_u1IQiXIMmKD4c', '-j cali-INPUT')],
  ['filter', 'FORWARD', 'first', tagged('wUHhoiAYhphO9Mso', '-j cali-FORWARD')],
  ['filter', 'FORWARD', 'last', tagged('S93hcgKJrXEqnTfs', `${note('Policy explicitly accepted packet.')} ${ACCEPTED} -j ACCEPT`)],
  ['filter', 'FORWARD', 'last', tagged('mp77cMpurHhyjLrM', '-j MARK --set-xmark 0x10000/0x10000')],
  ['filter', 'OUTPUT', 'first', tagged('tVnHkvAo15HuiPy0', '-j cali-OUTPUT')],
  ['nat', 'PREROUTING', 'first', tagged('6gwbT8clXdHdC1b1', '-j cali-PREROUTING')],
  ['nat', 'OUTPUT', 'first', tagged('tVnHkvAo15HuiPy0', '-j cali-OUTPUT')],
  ['nat', 'POSTROUTING', 'first', tagged('O3lYWMrLQYEMJtB5', '-j cali-POSTROUTING')],
];

function natTable(): ReadonlyMap<string, readonly string[]> {
  return new Map([
    ['cali-PREROUTING', [tagged('r6XmIziWUJsdOK6Z', '-j cali-fip-dnat')]],
    ['cali-OUTPUT', [tagged('GBTAv2p5CwevEyJm', '-j cali-fip-dnat')]],
    ['cali-POSTROUTING', [
      tagged('Z-c7XtVd2Bq7s_hA', '-j cali-fip-snat'),
      tagged('nYKhEzDlr11Jccal', '-j cali-nat-outgoing'),
      // A packet of the node itself that leaves through the tunnel must carry the tunnel's address, or the answer comes back another way.
      `-o vxlan.calico ${tagged('e9dnSgSVNmIcpVhP', '-m addrtype ! --src-type LOCAL --limit-iface-out -m addrtype --src-type LOCAL -j MASQUERADE --random-fully')}`,
    ]],
    ['cali-fip-dnat', []],
    ['cali-fip-snat', []],
    ['cali-nat-outgoing', [
      tagged('flqWnvo8yq4ULQLa', '-m set --match-set cali40masq-ipam-pools src -m set ! --match-set cali40all-ipam-pools dst -j MASQUERADE --random-fully'),
    ]],
  ]);
}

function filterTable(workloads: readonly Workload[]): ReadonlyMap<string, readonly string[]> {
  const chains = new Map<string, readonly string[]>([
    ['cali-INPUT', [
      `-p udp ${tagged('w7ud0UgQSEi_zKuQ', `${note('Allow IPv4 VXLAN packets from allowed hosts')} -m multiport --dports 4789 -m set --match-set cali40all-vxlan-net src -m addrtype --dst-type LOCAL -j ACCEPT`)}`,
      `-p udp ${tagged('4cgmbdWsLmozYhJh', `${note('Drop IPv4 VXLAN packets from non-allowed hosts')} -m multiport --dports 4789 -m addrtype --dst-type LOCAL -j DROP`)}`,
      `-i cali+ ${tagged('t45BUBhpu3Wsmi3_', '-g cali-wl-to-host')}`,
      tagged('NOmsycyknYZaGOFf', `${ACCEPTED} -j ACCEPT`),
      tagged('Or0B7eoenKO2p8Bf', '-j MARK --set-xmark 0x0/0xf0000'),
      tagged('AmIfvPGG2lYUK6mj', '-j cali-from-host-endpoint'),
      tagged('79fWWn1SpufdO7SE', `${note('Host endpoint policy accepted packet.')} ${ACCEPTED} -j ACCEPT`),
    ]],
    ['cali-wl-to-host', [
      tagged('Ee9Sbo10IpVujdIY', '-j cali-from-wl-dispatch'),
      tagged('nSZbcOoG1xPONxb8', `${note('Configured DefaultEndpointToHostAction')} -j ACCEPT`),
    ]],
    ['cali-FORWARD', [
      tagged('vjrMJCRpqwy5oRoX', '-j MARK --set-xmark 0x0/0xe0000'),
      tagged('A_sPAO0mcxbT9mOV', '-m mark --mark 0x0/0x10000 -j cali-from-hep-forward'),
      `-i cali+ ${tagged('8ZoYfO5HKXWbB3pk', '-j cali-from-wl-dispatch')}`,
      `-o cali+ ${tagged('jdEuaPBe14V2hutn', '-j cali-to-wl-dispatch')}`,
      tagged('12bc6HljsMKsmfr-', '-j cali-to-hep-forward'),
      tagged('NOSxoaGx8OIstr1z', '-j cali-cidr-block'),
    ]],
    ['cali-OUTPUT', [
      tagged('Mq1_rAdXXH3YkrzW', `${ACCEPTED} -j ACCEPT`),
      `-o cali+ ${tagged('69FkRTJDvD5Vu6Vl', '-j RETURN')}`,
      `-p udp ${tagged('UvYx9BEBlFzBBqWA', `${note('Allow IPv4 VXLAN packets to other allowed hosts')} -m multiport --dports 4789 -m addrtype --src-type LOCAL -m set --match-set cali40all-vxlan-net dst -j ACCEPT`)}`,
      tagged('Fskumj4SGQtDV6GC', '-j MARK --set-xmark 0x0/0xf0000'),
      tagged('1F4VWEsQu0QbRwKf', '-m conntrack ! --ctstate DNAT -j cali-to-host-endpoint'),
      tagged('m8Eqm15x1MjD24LD', `${note('Host endpoint policy accepted packet.')} ${ACCEPTED} -j ACCEPT`),
    ]],
    ['cali-from-host-endpoint', []],
    ['cali-to-host-endpoint', []],
    ['cali-from-hep-forward', []],
    ['cali-to-hep-forward', []],
    ['cali-cidr-block', []],
  ]);
  const interfaces = workloads.map((workload) => caliInterface(workload.namespace, workload.pod)).sort();
  chains.set('cali-from-wl-dispatch', dispatch('cali-from-wl-dispatch', '-i', 'fw', interfaces));
  chains.set('cali-to-wl-dispatch', dispatch('cali-to-wl-dispatch', '-o', 'tw', interfaces));
  for (const workload of workloads) {
    const name = caliInterface(workload.namespace, workload.pod);
    const profiles = [`kns.${workload.namespace}`, `ksa.${workload.namespace}.${workload.serviceAccount}`];
    chains.set(`cali-fw-${name}`, endpointChain(`cali-fw-${name}`, 'pro', profiles));
    chains.set(`cali-tw-${name}`, endpointChain(`cali-tw-${name}`, 'pri', profiles));
    for (const profile of profiles) for (const direction of ['pri', 'pro'] as const) chains.set(profileChain(direction, profile), profileRules(direction, profile));
  }
  return chains;
}

function dispatch(chain: string, flag: '-i' | '-o', prefix: 'fw' | 'tw', interfaces: readonly string[]): readonly string[] {
  return [
    ...interfaces.map((name) => `${flag} ${name} ${tagged(ruleId(chain, name), `-g cali-${prefix}-${name}`)}`),
    tagged(ruleId(chain, 'unknown'), `${note('Unknown interface')} -j DROP`),
  ];
}

function endpointChain(chain: string, direction: 'pri' | 'pro', profiles: readonly string[]): readonly string[] {
  const rules = [
    '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-m conntrack --ctstate INVALID -j DROP',
    '-j MARK --set-xmark 0x0/0x30000',
    ...(direction === 'pro'
      ? [
          `-p udp ${note('Drop VXLAN encapped packets originating in workloads')} -m multiport --dports 4789 -j DROP`,
          `-p ipencap ${note('Drop IPinIP encapped packets originating in workloads')} -j DROP`,
        ]
      : []),
    ...profiles.flatMap((profile) => [
      `-j ${profileChain(direction, profile)}`,
      `${note('Return if profile accepted')} ${ACCEPTED} -j RETURN`,
    ]),
    `${note('Drop if no profiles matched')} -j DROP`,
  ];
  return rules.map((rule) => withId(chain, rule));
}

/** Namespaces' profiles accept everything, service accounts' profiles nothing of their own. */
function profileRules(direction: 'pri' | 'pro', profile: string): readonly string[] {
  if (!profile.startsWith('kns.')) return [];
  const chain = profileChain(direction, profile);
  const way = direction === 'pri' ? 'ingress' : 'egress';
  return [`${note(`Profile ${profile} ${way}`)} -j MARK --set-xmark 0x10000/0x10000`, `${ACCEPTED} -j RETURN`].map((rule) => withId(chain, rule));
}

/** The id stands behind the protocol, as Felix writes it. */
function withId(chain: string, rule: string): string {
  const id = tagged(ruleId(chain, rule), '').trimEnd();
  const protocol = /^(-p \S+) (.*)$/.exec(rule);
  return protocol ? `${protocol[1]} ${id} ${protocol[2]}` : `${id} ${rule}`;
}
