/**
 * Whole rule sets, loaded and saved again: those of a real kube-proxy, and those that our own Calico and kube-proxy write
 * for a cluster with policies. What is saved is what was loaded; where root is at hand, the machine's own iptables and
 * ipset take the same text and save the same.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { apply, bootForTest, ready, run } from '../support/simulation.ts';
import { whyNotReal } from './real-rig.ts';
import { SimulatedRig } from './simulated-rig.ts';

/** Rules and chains, without the lines that say when, and how many packets. */
const bare = (saved: string) => saved.split('\n').filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.replace(/ \[\d+:\d+\]$/, '').replace(/^\[\d+:\d+\] /, ''));

/** One line each, in the order of the name: neither kernel keeps the order in which members came. */
const members = (saved: string) => saved.split('\n').filter((line) => line !== '').sort();

interface Dump {
  readonly sets: string;
  readonly rules: string;
}

/** Loads both on our kernel. @returns what is saved */
async function ours({ sets, rules }: Dump): Promise<Dump> {
  const rig = new SimulatedRig();
  await rig.build('ns node');
  const load = async (text: string, program: string) => expect(await rig.probe(`node says ${program} <<'END'\n${text}END\n`)).toBe('');
  if (sets !== '') await load(sets, 'ipset restore');
  await load(rules, 'iptables-restore');
  return { sets: await rig.probe('node says ipset save'), rules: await rig.probe('node says iptables-save') };
}

/** The same in a network namespace of the machine. */
function real({ sets, rules }: Dump): Dump {
  const script = `ip link set lo up; printf %s "$SETS" | ipset restore && printf %s "$RULES" | iptables-restore && ipset save && echo ==== && iptables-save`;
  const [saved = '', tables = ''] = execFileSync('unshare', ['-n', 'sh', '-c', script], { env: { ...process.env, SETS: sets, RULES: rules }, encoding: 'utf8' }).split('====\n');
  return { sets: saved, rules: tables };
}

const recorded: Dump = { sets: '', rules: readFileSync(new URL('../recorded/kube-proxy/iptables-save.txt', import.meta.url), 'utf8') };
let calico: Dump;

beforeAll(async () => {
  const sim = await bootForTest({ proxyMode: 'ipvs' });
  const pod = (name: string, app: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, labels: {app: ${app}}}\nspec: {nodeName: cka-lab-worker, containers: [{name: main, image: busybox, command: [sleep, infinity]}]}\n---\n`;
  apply(sim, `${pod('web', 'web')}${pod('db', 'db')}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress, Egress]
  ingress:
  - from: [{podSelector: {matchLabels: {app: web}}}, {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]
    ports: [{port: 5432}, {port: 8000, endPort: 8100}, {port: 53, protocol: UDP}, {port: 80, protocol: SCTP}]
  egress:
  - to: [{namespaceSelector: {}}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, type: NodePort, sessionAffinity: ClientIP, externalIPs: [192.0.2.7], ports: [{port: 80, name: a}, {port: 81, name: b, protocol: UDP}, {port: 82, name: c, protocol: SCTP}]}
`);
  await ready(sim, 'web', 'db');
  await sim.settle(5000);
  const saved = async (command: string) => (await run(sim, 'node:cka-lab-worker', command)).stdout;
  calico = { sets: await saved('ipset save'), rules: await saved('iptables-save') };
});

describe.each([['a real kube-proxy', () => recorded], ['our Calico and kube-proxy in IPVS mode', () => calico]] as const)('the rules of %s', (_, dump) => {
  test('saved again they are what was loaded', async () => {
    expect(bare(dump().rules).length).toBeGreaterThan(150);
    const again = await ours(dump());
    expect(bare(again.rules)).toEqual(bare(dump().rules));
    expect(members(again.sets)).toEqual(members(dump().sets));
  });

  const reason = whyNotReal() ?? noSets();
  if (reason) console.info(`dumps against the machine's own iptables skipped: ${reason}`);
  test.skipIf(reason !== undefined)("and so does the machine's own iptables", () => {
    // Objects of nfacct are made by another tool, and this kernel may have no such thing.
    const without = { ...dump(), rules: dump().rules.replace(/^.* -m nfacct .*\n/gm, '') };
    const theirs = real(without);
    expect(bare(theirs.rules)).toEqual(bare(without.rules));
    expect(members(theirs.sets)).toEqual(members(without.sets));
  });
});

function noSets(): string | undefined {
  try {
    execFileSync('unshare', ['-n', 'ipset', 'list'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return '`unshare -n ipset list` does not work here';
  }
}
