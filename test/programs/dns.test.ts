/** DNS on the wire, and the tools that ask: against a small server on the other machine, as a cluster's DNS would answer. */
import { expect, test } from 'vitest';
import { ipv4 } from '../../src/base/address.ts';
import { decode, encode, query, reverseName, type DnsMessage, type DnsRecord } from '../../src/programs/dns/message.ts';
import { programFile } from '../../src/machine/machine.ts';
import { TwoMachines } from './two-machines.ts';

const RECORDS: readonly DnsRecord[] = [
  { name: 'web.default.svc.cluster.local', ttl: 30, type: 'A', address: ipv4('10.0.0.2') },
  { name: 'one.test', ttl: 30, type: 'A', address: ipv4('10.0.0.9') },
  { name: 'c.test', ttl: 30, type: 'CNAME', target: 'one.test' },
  { name: '_http._tcp.web.test', ttl: 30, type: 'SRV', priority: 0, weight: 100, port: 80, target: 'web.test' },
  { name: 't.test', ttl: 30, type: 'TXT', texts: ['hello world'] },
  { name: '2.0.0.10.in-addr.arpa', ttl: 30, type: 'PTR', target: 'web.test' },
];

/** Answers as CoreDNS does: authoritative, NXDOMAIN for what it does not know, the EDNS options echoed. */
function serve(two: TwoMachines): void {
  const socket = two.beta.netns.sockets.bindUdp({
    port: 53,
    onMessage: (data, from) => {
      const asked = decode(data)!;
      const { name, type } = asked.questions[0]!;
      const same = RECORDS.filter((record) => record.name === name);
      const aliased = same.flatMap((record) => (record.type === 'CNAME' && type !== 'CNAME' ? RECORDS.filter((other) => other.name === record.target && other.type === type) : []));
      const answers = [...same.filter((record) => record.type === type || record.type === 'CNAME'), ...aliased];
      const reply: DnsMessage = { ...asked, response: true, authoritative: true, recursionAvailable: false, authenticData: false, rcode: same.length > 0 ? 'NOERROR' : 'NXDOMAIN', answers };
      socket.send(encode(reply), from);
    },
  });
}

const at = (path: string, program: string) => (two: TwoMachines) => two.alpha.files.write(path, programFile(program), { mode: 0o755 });
const NEW = at('/usr/bin/nslookup-new', 'busybox-nslookup');
const OLD = at('/usr/bin/nslookup-old', 'busybox-nslookup-1.28');

const cases: readonly [command: string, code: number, out: string, err?: string][] = [
  ['dig +short web.default.svc.cluster.local', 0, '10.0.0.2\n'],
  ['dig +short +search web', 0, '10.0.0.2\n'],
  ['dig +noall +answer one.test', 0, 'one.test.\t\t30\tIN\tA\t10.0.0.9\n'],
  ['dig +noall +answer -x 10.0.0.2', 0, '2.0.0.10.in-addr.arpa.\t30\tIN\tPTR\tweb.test.\n'],
  ['dig +noall +answer _http._tcp.web.test SRV', 0, '_http._tcp.web.test.\t30\tIN\tSRV\t0 100 80 web.test.\n'],
  ['dig +noall +answer web.default.svc.cluster.local', 0, 'web.default.svc.cluster.local. 30 IN\tA\t10.0.0.2\n'],
  ['dig +bogus one.test', 1, '', 'Invalid option: +bogus\nUsage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}\n            {global-d-opt} host [@local-server] {local-d-opt}\n            [ host [@local-server] {local-d-opt} [...]]\n\nUse "dig -h" (or "dig -h | more") for complete list of options\n'],
  ['nslookup web', 0, 'Server:\t\t10.0.0.2\nAddress:\t10.0.0.2#53\n\nName:\tweb.default.svc.cluster.local\nAddress: 10.0.0.2\n\n'],
  ['nslookup nope', 1, "Server:\t\t10.0.0.2\nAddress:\t10.0.0.2#53\n\n** server can't find nope: NXDOMAIN\n\n"],
  ['nslookup 10.0.0.2', 0, '2.0.0.10.in-addr.arpa\tname = web.test.\n\n'],
  ['nslookup c.test', 0, 'Server:\t\t10.0.0.2\nAddress:\t10.0.0.2#53\n\nc.test\tcanonical name = one.test.\nName:\tone.test\nAddress: 10.0.0.9\n\n'],
  ['host one.test', 0, 'one.test has address 10.0.0.9\n'],
  ['host nope', 1, 'Host nope not found: 3(NXDOMAIN)\n'],
  ['host -t srv _http._tcp.web.test', 0, '_http._tcp.web.test has SRV record 0 100 80 web.test.\n'],
  ['host 10.0.0.2', 0, '2.0.0.10.in-addr.arpa domain name pointer web.test.\n'],
  ['nslookup-new 10.0.0.2', 0, 'Server:\t\t10.0.0.2\nAddress:\t10.0.0.2:53\n\n2.0.0.10.in-addr.arpa\tname = web.test\n\n'],
  ['nslookup-new -type=txt t.test', 0, 'Server:\t\t10.0.0.2\nAddress:\t10.0.0.2:53\n\nt.test\ttext = "hello world"\n\n'],
  ['nslookup-new web', 1, "Server:\t\t10.0.0.2\nAddress:\t10.0.0.2:53\n\nName:\tweb.default.svc.cluster.local\nAddress: 10.0.0.2\n\n** server can't find web.svc.cluster.local: NXDOMAIN\n\n** server can't find web.cluster.local: NXDOMAIN\n\n\n** server can't find web.svc.cluster.local: NXDOMAIN\n\n** server can't find web.cluster.local: NXDOMAIN\n\n"],
  ['nslookup-old web', 0, 'Server:    10.0.0.2\nAddress 1: 10.0.0.2 web.test\n\nName:      web\nAddress 1: 10.0.0.2 web.test\n'],
  ['nslookup-old nope', 1, 'Server:    10.0.0.2\nAddress 1: 10.0.0.2 web.test\n\n', "nslookup: can't resolve 'nope'\n"],
  ['getent hosts web', 0, '10.0.0.2        web.default.svc.cluster.local\n'],
  ['getent hosts nope', 2, ''],
  ['getent passwd root', 0, 'root:x:0:0:root:/root:/bin/sh\n'],
  ['curl -sS http://nope', 6, '', 'curl: (6) Could not resolve host: nope\n'],
  ['ping -c 1 nope', 2, '', 'ping: nope: Name or service not known\n'],
];

test.each(cases)('%s → %i', async (command, code, out, err = '') => {
  const two = new TwoMachines();
  serve(two);
  NEW(two);
  OLD(two);
  expect(await two.run(two.alpha, command)).toEqual({ code, out, err });
});

test('dig prints a whole answer', async () => {
  const two = new TwoMachines();
  serve(two);
  const { out } = await two.run(two.alpha, 'dig web.default.svc.cluster.local');
  expect(out.replace(/id: \d+/, 'id: N').replace(/COOKIE: [0-9a-f]{16}/, 'COOKIE: C')).toBe(`
; <<>> DiG 9.18.49 <<>> web.default.svc.cluster.local
;; global options: +cmd
;; Got answer:
;; WARNING: .local is reserved for Multicast DNS
;; You are currently testing what happens when an mDNS query is leaked to DNS
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: N
;; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1
;; WARNING: recursion requested but not available

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
; COOKIE: C (echoed)
;; QUESTION SECTION:
;web.default.svc.cluster.local.	IN	A

;; ANSWER SECTION:
web.default.svc.cluster.local. 30 IN	A	10.0.0.2

;; Query time: 0 msec
;; SERVER: 10.0.0.2#53(10.0.0.2) (UDP)
;; WHEN: Sat Nov 21 07:49:40 UTC 2026
;; MSG SIZE  rcvd: 115

`);
});

test('messages survive the wire', () => {
  const soa: DnsRecord = { name: 'cluster.local', ttl: 30, type: 'SOA', primary: 'ns.dns.cluster.local', mailbox: 'hostmaster.cluster.local', serial: 1, refresh: 7200, retry: 1800, expire: 86400, minimum: 30 };
  const six: DnsRecord = { name: 'v6.test', ttl: 5, type: 'AAAA', address: 'fd00::1:0:0:2' };
  const message: DnsMessage = { ...query(7, 'a.b', 'A'), authoritative: false, truncated: false, recursionAvailable: false, authenticData: false, answers: [...RECORDS, six], authorities: [soa], additionals: [], edns: { udpSize: 1232, options: '' } };
  expect(decode(encode(message))).toEqual(message);
  expect(decode('garbage')).toBeUndefined();
  expect(reverseName(ipv4('10.244.1.5'))).toBe('5.1.244.10.in-addr.arpa');
});
