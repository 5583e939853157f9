/** Which packets a rule is about: rules as a learner writes them, packets as tcpdump would show them. */
import { describe, expect, test } from 'vitest';
import { cidr, ipv4 } from '../../src/base/address.ts';
import { createDummy } from '../../src/net/device/dummy.ts';
import type { PacketInFlight } from '../../src/net/in-flight.ts';
import type { NetNamespace } from '../../src/net/namespace.ts';
import type { Icmp, IcmpKind, Ipv4Packet, Tcp, TcpFlags, Udp } from '../../src/net/packet.ts';
import { parseRule } from '../../src/net/netfilter/parse.ts';
import { makeLab, splitWords } from './support.ts';

function host(): { namespace: NetNamespace; run: (ms: number) => Promise<void> } {
  const lab = makeLab();
  const namespace = lab.host('a');
  createDummy(namespace, 'eth0');
  createDummy(namespace, 'cali123');
  namespace.devices.setUp('eth0', true);
  namespace.addAddress('eth0', cidr('10.0.0.1/24'));
  namespace.netfilter.sets.create('pods', 'hash:net').add('10.244.0.0/16');
  namespace.netfilter.sets.get('pods')!.add('10.244.9.0/24', { nomatch: true });
  namespace.netfilter.sets.create('services', 'hash:ip,port').add('10.96.0.10,tcp:80');
  namespace.netfilter.sets.create('loops', 'hash:ip,port,ip').add('10.0.0.9,tcp:80,10.0.0.9');
  namespace.netfilter.sets.create('nodeports', 'bitmap:port').add('30080');
  return { namespace, run: (ms) => lab.run(ms) };
}

const packet = (source: string, destination: string, payload: Tcp | Udp | Icmp): Ipv4Packet => ({ type: 'ipv4', source: ipv4(source), destination: ipv4(destination), ttl: 64, payload });
const tcp = (sourcePort: number, destinationPort: number, flags: TcpFlags = 'S'): Tcp => ({ protocol: 'tcp', sourcePort, destinationPort, flags, sequence: 0, acknowledgement: 0, window: 0, data: '' });
const udp = (sourcePort: number, destinationPort: number): Udp => ({ protocol: 'udp', sourcePort, destinationPort, data: '' });
const icmp = (kind: IcmpKind): Icmp => ({ protocol: 'icmp', kind, id: 1, sequence: 1 });

/** `tcp 10.0.0.9:4000 > 10.0.0.1:80 [S] in eth0 out cali123 mark 0x1`, everything behind the addresses left out at will. */
function read(namespace: NetNamespace, text: string): PacketInFlight {
  const words = text.split(' ');
  const after = (word: string) => (words.includes(word) ? words[words.indexOf(word) + 1] : undefined);
  const [source, sourcePort] = words[1]!.split(':');
  const [destination, destinationPort] = words[3]!.split(':');
  const ports = [Number(sourcePort), Number(destinationPort)] as const;
  const flags = /\[(.+)\]/.exec(text)?.[1] as TcpFlags | undefined;
  const payload = words[0] === 'tcp' ? tcp(...ports, flags) : words[0] === 'udp' ? udp(...ports) : icmp(words[0] as IcmpKind);
  const device = (name: string | undefined) => (name === undefined ? undefined : namespace.devices.get(name));
  return { packet: packet(source!, destination!, payload), mark: Number(after('mark') ?? 0), inDevice: device(after('in')), outDevice: device(after('out')) };
}

function fits(namespace: NetNamespace, rule: string, flight: PacketInFlight): boolean {
  return parseRule(splitWords(rule), { table: 'filter', chainExists: () => false, setExists: (name) => namespace.netfilter.sets.get(name) !== undefined }).fits(flight, { namespace, hook: 'forward' });
}

const WEB = 'tcp 10.0.0.9:4000 > 10.0.0.1:80 [S] in eth0';
const DNS = 'udp 10.244.1.5:4000 > 10.96.0.10:53 in cali123 out eth0';

describe('one rule, one packet', () => {
  test.each([
    ['-s 10.0.0.0/24', WEB, true],
    ['! -s 10.0.0.0/24', WEB, false],
    ['-d 10.0.0.1 -p tcp', WEB, true],
    ['-p udp', WEB, false],
    ['! -p udp', WEB, true],
    ['-i eth+', WEB, true],
    ['! -i cali+', WEB, true],
    ['-o eth0', WEB, false],
    ['-o eth0', DNS, true],
    ['-i cali+ -o eth0', DNS, true],
    ['-p tcp --dport 80', WEB, true],
    ['-p tcp --dport 79:81', WEB, true],
    ['-p tcp ! --dport 80', WEB, false],
    ['-p tcp --sport :1023', WEB, false],
    ['-p tcp -m multiport --dports 22,80,443', WEB, true],
    ['-p tcp -m multiport ! --dports 22,443', WEB, true],
    ['-p tcp -m multiport --ports 4000', WEB, true],
    ['-p tcp --syn', WEB, true],
    ['-p tcp --syn', WEB.replace('[S]', '[S.]'), false],
    ['-p tcp --tcp-flags FIN,ACK FIN,ACK', WEB.replace('[S]', '[F.]'), true],
    ['-p icmp --icmp-type echo-request', 'echo-request 10.0.0.9 > 10.0.0.1', true],
    ['-p icmp --icmp-type 3', 'host-unreachable 10.0.0.9 > 10.0.0.1', true],
    ['-p icmp --icmp-type 3/3', 'host-unreachable 10.0.0.9 > 10.0.0.1', false],
    ['-p icmp ! --icmp-type 8', 'echo-request 10.0.0.9 > 10.0.0.1', false],
    ['-m mark --mark 0x4000/0x4000', `${WEB} mark 0x4001`, true],
    ['-m mark ! --mark 0x4000/0x4000', `${WEB} mark 0x1`, true],
    ['-m addrtype --dst-type LOCAL', WEB, true],
    ['-m addrtype --dst-type LOCAL', DNS, false],
    ['-m addrtype ! --src-type LOCAL', WEB, true],
    ['-m addrtype --dst-type BROADCAST', 'udp 10.0.0.9:1 > 10.0.0.255:2', true],
    ['-m addrtype --dst-type MULTICAST', 'udp 10.0.0.9:1 > 224.0.0.5:2', true],
    ['-m set --match-set pods src', DNS, true],
    ['-m set --match-set pods src', 'udp 10.244.9.5:1 > 10.0.0.1:53', false],
    ['-m set ! --match-set pods dst', DNS, true],
    ['-m set --match-set services dst,dst', 'tcp 10.0.0.9:1 > 10.96.0.10:80', true],
    ['-m set --match-set services dst,dst', 'udp 10.0.0.9:1 > 10.96.0.10:80', false],
    ['-m set --match-set loops dst,dst,src', 'tcp 10.0.0.9:1 > 10.0.0.9:80', true],
    ['-m set --match-set loops dst,dst,src', 'tcp 10.0.0.8:1 > 10.0.0.9:80', false],
    ['-m set --match-set nodeports dst', 'tcp 10.0.0.9:1 > 10.0.0.1:30080', true],
    ['-m physdev --physdev-is-bridged', WEB, false],
    ['-m conntrack --ctstate INVALID', WEB, true],
    ['-m conntrack ! --ctstate NEW', WEB, true],
    ['-m comment --comment "anything at all"', WEB, true],
  ])('%s is about %s: %s', (rule, text, outcome) => {
    const { namespace } = host();
    expect(fits(namespace, rule, read(namespace, text))).toBe(outcome);
  });
});

describe('rules with a memory', () => {
  const run = (rule: string, count: number) => {
    const { namespace } = host();
    const parsed = parseRule(splitWords(rule), { table: 'filter', chainExists: () => false });
    return Array.from({ length: count }, () => (parsed.fits(read(namespace, WEB), { namespace, hook: 'forward' }) ? 'x' : '.')).join('');
  };
  test.each([
    ['-m statistic --mode nth --every 3 --packet 0', 9, 'x..x..x..'],
    ['-m statistic --mode nth --every 3 --packet 2', 9, '..x..x..x'],
    ['-m limit --limit 1/hour --limit-burst 3', 6, 'xxx...'],
    ['-m statistic --mode random --probability 0', 5, '.....'],
    ['-m statistic --mode random --probability 1', 5, 'xxxxx'],
    ['-m recent --set --name seen', 3, 'xxx'],
    ['-m recent --rcheck --name never', 3, '...'],
  ])('%s', (rule, count, outcome) => {
    expect(run(rule, count)).toBe(outcome);
  });

  test('a limit fills up again', async () => {
    const { namespace, run: wait } = host();
    const rule = parseRule(splitWords('-m limit --limit 1/sec --limit-burst 2'), { table: 'filter', chainExists: () => false });
    const hit = () => rule.fits(read(namespace, WEB), { namespace, hook: 'forward' });
    expect([hit(), hit(), hit()]).toEqual([true, true, false]);
    await wait(1000);
    expect([hit(), hit()]).toEqual([true, false]);
  });
});

describe('targets that go on', () => {
  test.each([
    ['-j MARK --set-mark 0x1', 0x8, 0x1],
    ['-j MARK --set-xmark 0x4000/0x4000', 0x1, 0x4001],
    ['-j MARK --or-mark 0x4000', 0x1, 0x4001],
    ['-j MARK --and-mark 0xff', 0x101, 0x1],
    ['-j MARK --xor-mark 0x4000', 0x4001, 0x1],
    ['-j MARK --set-xmark 0x4000/0x0', 0x4001, 0x1],
    ['-j MARK --set-mark 0x10/0xf0', 0xff, 0x1f],
  ])('%s makes %i %i', (rule, before, after) => {
    const { namespace } = host();
    const flight = read(namespace, `${WEB} mark ${before}`);
    const outcome = parseRule(splitWords(rule), { table: 'mangle', chainExists: () => false }).target!.apply(flight, { namespace, hook: 'forward' });
    expect([flight.mark, outcome.verdict]).toEqual([after, 'continue']);
  });

  test('LOG writes what the kernel would write', () => {
    const { namespace } = host();
    const lines: string[] = [];
    namespace.netfilter.onLog = (line) => lines.push(line);
    parseRule(splitWords('-j LOG --log-prefix "web: "'), { table: 'filter', chainExists: () => false }).target!.apply(read(namespace, WEB), { namespace, hook: 'input' });
    expect(lines).toEqual(['web: IN=eth0 OUT= SRC=10.0.0.9 DST=10.0.0.1 LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=0 PROTO=TCP SPT=4000 DPT=80 WINDOW=0 RES=0x00 SYN URGP=0 ']);
  });
});
