/**
 * Felix's rules for one node, as text for iptables-restore. A pure function of the workloads on the node. Order and words
 * are those of felix/rules/static.go and endpoints.go (v3.32); ids of the fixed rules are the real ones.
 */
import { TUNNEL, type Encapsulation } from './encapsulation.ts';
import { endpointMarkChains } from './ipvs-rules.ts';
import { caliInterface, profileChain, ruleId } from './names.ts';
import type { PolicyRules } from './policy.ts';

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

export interface RuleOptions {
  readonly encapsulation: Encapsulation['mode'];
  /** kube-proxy balances with IPVS: packets for Services then come through INPUT and leave through OUTPUT. */
  readonly ipvs: boolean;
}

export function felixRules(workloads: readonly Workload[], policies: PolicyRules, options: RuleOptions): FelixRules {
  return { tables: { filter: filterTable(workloads, policies, options), nat: natTable(options.encapsulation), mangle: new Map(), raw: new Map() }, hooks: HOOKS };
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

function natTable(encapsulation: Encapsulation['mode']): ReadonlyMap<string, readonly string[]> {
  return new Map([
    ['cali-PREROUTING', [tagged('r6XmIziWUJsdOK6Z', '-j cali-fip-dnat')]],
    ['cali-OUTPUT', [tagged('GBTAv2p5CwevEyJm', '-j cali-fip-dnat')]],
    ['cali-POSTROUTING', [
      tagged('Z-c7XtVd2Bq7s_hA', '-j cali-fip-snat'),
      tagged('nYKhEzDlr11Jccal', '-j cali-nat-outgoing'),
      // A packet of the node itself that leaves through the tunnel must carry the tunnel's address, or the answer comes back another way.
      ...(encapsulation === 'none' ? [] : [`-o ${TUNNEL[encapsulation]} ${tagged('e9dnSgSVNmIcpVhP', '-m addrtype ! --src-type LOCAL --limit-iface-out -m addrtype --src-type LOCAL -j MASQUERADE --random-fully')}`]),
    ]],
    ['cali-fip-dnat', []],
    ['cali-fip-snat', []],
    ['cali-nat-outgoing', [
      tagged('flqWnvo8yq4ULQLa', '-m set --match-set cali40masq-ipam-pools src -m set ! --match-set cali40all-ipam-pools dst -j MASQUERADE --random-fully'),
    ]],
  ]);
}

function filterTable(workloads: readonly Workload[], policies: PolicyRules, { encapsulation, ipvs }: RuleOptions): ReadonlyMap<string, readonly string[]> {
  const chains = new Map<string, readonly string[]>([
    ['cali-INPUT', [
      ...tunnelInput(encapsulation),
      ...(ipvs ? [tagged('EQlKQDRuOlUTyqqz', '-j cali-forward-check'), tagged('Av8dIjzk8RTOjHPW', '-m mark ! --mark 0x0/0xfff00000 -j RETURN')] : []),
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
      ...(ipvs ? [tagged('5Z67OUUpTOM7Xa1a', '-m mark ! --mark 0x0/0xfff00000 -g cali-forward-endpoint-mark')] : []),
      `-o cali+ ${tagged('69FkRTJDvD5Vu6Vl', '-j RETURN')}`,
      ...tunnelOutput(encapsulation),
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
    const selected = policies.selected.get(`${workload.namespace}/${workload.pod}`);
    chains.set(`cali-fw-${name}`, endpointChain(`cali-fw-${name}`, 'pro', profiles, selected?.egress ?? []));
    chains.set(`cali-tw-${name}`, endpointChain(`cali-tw-${name}`, 'pri', profiles, selected?.ingress ?? []));
    for (const profile of profiles) for (const direction of ['pri', 'pro'] as const) chains.set(profileChain(direction, profile), profileRules(direction, profile));
  }
  if (ipvs) for (const [chain, lines] of endpointMarkChains(interfaces)) chains.set(chain, lines.map((line) => withId(chain, line)));
  for (const [chain, lines] of policies.chains) chains.set(chain, lines.map((line) => withId(chain, line)));
  return chains;
}

/** Only other nodes may bring tunnelled packets. */
function tunnelInput(encapsulation: Encapsulation['mode']): readonly string[] {
  if (encapsulation === 'vxlan') {
    return [
      `-p udp ${tagged('w7ud0UgQSEi_zKuQ', `${note('Allow IPv4 VXLAN packets from allowed hosts')} -m multiport --dports 4789 -m set --match-set cali40all-vxlan-net src -m addrtype --dst-type LOCAL -j ACCEPT`)}`,
      `-p udp ${tagged('4cgmbdWsLmozYhJh', `${note('Drop IPv4 VXLAN packets from non-allowed hosts')} -m multiport --dports 4789 -m addrtype --dst-type LOCAL -j DROP`)}`,
    ];
  }
  if (encapsulation === 'none') return [];
  return [
    `-p ipencap ${tagged('PajejrV4aFdkZojI', `${note('Allow IPIP packets from Calico hosts')} -m set --match-set cali40all-hosts-net src -m addrtype --dst-type LOCAL -j ACCEPT`)}`,
    `-p ipencap ${tagged('_wjq-Yrma8Ly1Svo', `${note('Drop IPIP packets from non-Calico hosts')} -j DROP`)}`,
  ];
}

function tunnelOutput(encapsulation: Encapsulation['mode']): readonly string[] {
  if (encapsulation === 'vxlan') {
    return [`-p udp ${tagged('UvYx9BEBlFzBBqWA', `${note('Allow IPv4 VXLAN packets to other allowed hosts')} -m multiport --dports 4789 -m addrtype --src-type LOCAL -m set --match-set cali40all-vxlan-net dst -j ACCEPT`)}`];
  }
  return encapsulation === 'none' ? [] : [`-p ipencap ${tagged('AJBkLho_0Qd8LNr3', `${note('Allow IPIP packets to other Calico hosts')} -m set --match-set cali40all-hosts-net dst -m addrtype --src-type LOCAL -j ACCEPT`)}`];
}

function dispatch(chain: string, flag: '-i' | '-o', prefix: 'fw' | 'tw', interfaces: readonly string[]): readonly string[] {
  return [
    ...interfaces.map((name) => `${flag} ${name} ${tagged(ruleId(chain, name), `-g cali-${prefix}-${name}`)}`),
    tagged(ruleId(chain, 'unknown'), `${note('Unknown interface')} -j DROP`),
  ];
}

/** Once a policy selects the pod, only what a policy accepts may pass; the profiles, which accept all, are not asked then. */
function endpointChain(chain: string, direction: 'pri' | 'pro', profiles: readonly string[], policies: readonly string[]): readonly string[] {
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
    ...(policies.length === 0
      ? []
      : [
          `${note('Start of tier default')} -j MARK --set-xmark 0x0/0x20000`,
          ...policies.flatMap((policy) => [`-m mark --mark 0x0/0x20000 -j ${policy}`, `${note('Return if policy accepted')} ${ACCEPTED} -j RETURN`]),
          `${note('End of tier default. Drop if no policies passed packet')} -m mark --mark 0x0/0x20000 -j DROP`,
        ]),
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

/** The id stands behind network and protocol, as Felix writes it. */
function withId(chain: string, rule: string): string {
  const id = tagged(ruleId(chain, rule), '').trimEnd();
  const head = /^((?:-[sdp] \S+ )+)(.*)$/.exec(rule);
  return head ? `${head[1]}${id} ${head[2]}` : `${id} ${rule}`;
}
