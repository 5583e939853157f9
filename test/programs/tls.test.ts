/** TLS between two machines: whom curl and the wgets believe, what they say, and what the wire shows. */
import { beforeAll, expect, test } from 'vitest';
import { programFile } from '../../src/machine/machine.ts';
import type { Program } from '../../src/machine/program.ts';
import { serveHttp } from '../../src/programs/http/server.ts';
import { printName, readPem } from '../../src/programs/tls/certificate.ts';
import { GO_PLAIN_TEXT, type TlsIdentity } from '../../src/programs/tls/server.ts';
import { distrust, matchingName } from '../../src/programs/tls/trust.ts';
import { AUTHORITY, CLIENT, EXPIRED, SERVER } from './certificates.ts';
import { NOW, TwoMachines } from './two-machines.ts';

const failures: string[] = [];

/** Says who asks; on 443 with a good certificate, on 444 with an expired one, on 80 without TLS. */
const server: Program = {
  name: 'server',
  async run(process) {
    const serve = (port: number, tls?: Omit<TlsIdentity, 'onFailure'>) =>
      serveHttp(process, {
        port,
        ...(tls ? { tls: { ...tls, plainText: GO_PLAIN_TEXT, onFailure: (words) => void failures.push(words) } } : {}),
        handle: (request) => ({ status: 200, headers: [], body: `${request.tls?.serverName ?? 'no name'}, ${request.tls?.peer.map(({ subject }) => printName(subject)).join() || 'nobody'}\n` }),
      });
    serve(80);
    serve(443, { chain: readPem(SERVER), asksClient: true });
    serve(444, { chain: readPem(EXPIRED) });
    await new Promise(() => undefined);
    return 0;
  },
};

let two: TwoMachines;
beforeAll(async () => {
  two = new TwoMachines({ alpha: 'nicolaka/netshoot' });
  two.beta.start(['server'], { program: server });
  two.alpha.files.write('/etc/hosts', '127.0.0.1 localhost\n10.0.0.2 kubernetes kubernetes.default shop.apps.test elsewhere\n');
  two.alpha.files.write('/ca.crt', AUTHORITY);
  two.alpha.files.write('/admin.crt', CLIENT);
  two.alpha.files.write('/admin.key', '-----BEGIN EC PRIVATE KEY-----\n-----END EC PRIVATE KEY-----\n');
  for (const flavour of ['busybox-wget', 'alpine-wget']) two.alpha.files.write(`/usr/bin/${flavour}`, programFile(flavour), { mode: 0o755 });
  await two.settle();
});

const MORE = '\nMore details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server and therefore could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the web page mentioned above.\n';
const DATE = '--2026-11-21 07:49:40--';

test.each([
  ['curl -sS https://kubernetes', 60, '', `curl: (60) SSL certificate problem: unable to get local issuer certificate${MORE}`],
  ['curl -sS --cacert /ca.crt https://kubernetes', 0, 'kubernetes, nobody\n', ''],
  ['curl -sSk https://kubernetes', 0, 'kubernetes, nobody\n', ''],
  ['curl -sS --cacert /ca.crt https://10.0.0.2', 0, 'no name, nobody\n', ''],
  ['curl -sS --cacert /ca.crt https://shop.apps.test', 0, 'shop.apps.test, nobody\n', ''],
  ['curl -sS --cacert /ca.crt https://elsewhere', 60, '', `curl: (60) SSL: no alternative certificate subject name matches target host name 'elsewhere'${MORE}`],
  ['curl -sS --cacert /ca.crt https://10.0.0.2:444', 60, '', `curl: (60) SSL certificate problem: certificate has expired${MORE}`],
  ['curl -sS --cacert /ca.crt --cert /admin.crt --key /admin.key https://kubernetes', 0, 'kubernetes, O=system:masters; CN=kubernetes-admin\n', ''],
  ['curl -sS --cacert /nonexist https://kubernetes', 77, '', 'curl: (77) error setting certificate file: /nonexist\n'],
  ['curl -sS --cacert /etc/hosts https://kubernetes', 77, '', 'curl: (77) error setting certificate file: /etc/hosts\n'],
  ['curl -sS --cert /nonexist https://kubernetes', 58, '', 'curl: (58) could not load PEM client certificate from /nonexist, OpenSSL error error:80000002:system library::No such file or directory, (no key found, wrong pass phrase, or wrong file format?)\n'],
  ['curl -sS https://kubernetes:80', 35, '', 'curl: (35) OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number\n'],
  ['curl -sS http://kubernetes:443', 0, 'Client sent an HTTP request to an HTTPS server.\n', ''],
  ['wget -qO- --ca-certificate=/ca.crt https://kubernetes', 0, 'kubernetes, nobody\n', ''],
  ['wget -O- https://elsewhere', 5, '', `${DATE}  https://elsewhere/\nResolving elsewhere (elsewhere)... 10.0.0.2\nConnecting to elsewhere (elsewhere)|10.0.0.2|:443... connected.\nERROR: The certificate of \xe2\x80\x98elsewhere\xe2\x80\x99 is not trusted.\nERROR: The certificate of \xe2\x80\x98elsewhere\xe2\x80\x99 doesn't have a known issuer.\nThe certificate's owner does not match hostname \xe2\x80\x98elsewhere\xe2\x80\x99\n`],
  ['wget -qO- --no-check-certificate https://kubernetes', 0, 'kubernetes, nobody\n', ''],
  ['/usr/bin/busybox-wget -O- -q https://kubernetes', 0, 'kubernetes, nobody\n', 'wget: note: TLS certificate validation not implemented\n'],
  ['/usr/bin/busybox-wget -O- -q --no-check-certificate https://kubernetes', 0, 'kubernetes, nobody\n', ''],
  ['/usr/bin/alpine-wget -O- -q https://kubernetes', 1, '', 'ssl_client: kubernetes: certificate verification failed: unable to get local issuer certificate\nwget: error getting response: Connection reset by peer\n'],
])('%s', async (command, code, out, err) => {
  // Time moves while names are looked up and connections time out: what is dated is dated by the first second.
  expect(await two.run(two.alpha, command)).toEqual({ code, out, err: err.replace(DATE, `--${new Date(NOW + two.clock.now()).toISOString().slice(0, 19).replace('T', ' ')}--`) });
});

test('curl -v tells the whole handshake', async () => {
  const { err } = await two.run(two.alpha, 'curl -sv --cacert /ca.crt https://kubernetes');
  expect(err).toMatchInlineSnapshot(`
    "*   Trying 10.0.0.2:443...
    * Connected to kubernetes (10.0.0.2) port 443 (#0)
    * ALPN: offers http/1.1
    } [5 bytes data]
    * TLSv1.3 (OUT), TLS handshake, Client hello (1):
    } [166 bytes data]
    *  CAfile: /ca.crt
    *  CApath: /etc/ssl/certs
    { [5 bytes data]
    * TLSv1.3 (IN), TLS handshake, Server hello (2):
    { [90 bytes data]
    * TLSv1.3 (IN), TLS handshake, Encrypted Extensions (8):
    { [21 bytes data]
    * TLSv1.3 (IN), TLS handshake, Request CERT (13):
    { [7 bytes data]
    * TLSv1.3 (IN), TLS handshake, Certificate (11):
    { [461 bytes data]
    * TLSv1.3 (IN), TLS handshake, CERT verify (15):
    { [79 bytes data]
    * TLSv1.3 (IN), TLS handshake, Finished (20):
    { [36 bytes data]
    * TLSv1.3 (OUT), TLS change cipher, Change cipher spec (1):
    } [1 bytes data]
    * TLSv1.3 (OUT), TLS handshake, Certificate (11):
    } [8 bytes data]
    * TLSv1.3 (OUT), TLS handshake, Finished (20):
    } [36 bytes data]
    * SSL connection using TLSv1.3 / TLS_AES_128_GCM_SHA256
    * ALPN: server accepted http/1.1
    * Server certificate:
    *  subject: CN=kube-apiserver
    *  start date: Jun  4 00:00:00 2015 GMT
    *  expire date: Jan  1 00:00:00 2199 GMT
    *  subjectAltName: host "kubernetes" matched cert's "kubernetes"
    *  issuer: CN=kubernetes
    *  SSL certificate verify ok.
    * using HTTP/1.1
    } [5 bytes data]
    > GET / HTTP/1.1
    > Host: kubernetes
    > User-Agent: curl/7.88.1
    > Accept: */*
    > 
    < HTTP/1.1 200 OK
    < Content-Length: 19
    < 
    { [19 bytes data]
    * Connection #0 to host kubernetes left intact
    "
  `);
});

test('the server is told why a client went away', async () => {
  failures.length = 0;
  await two.run(two.alpha, 'curl -s https://kubernetes');
  await two.run(two.alpha, 'curl -s http://kubernetes:443');
  expect(failures).toEqual(['remote error: tls: unknown certificate authority', 'client sent an HTTP request to an HTTPS server']);
});

test('a capture shows the name that was asked for, and nothing of what was said', async () => {
  const capture = two.start(two.alpha, ['tcpdump', '-Ani', 'eth0', 'tcp', 'port', '443']);
  await two.settle();
  await two.run(two.alpha, 'curl -s --cacert /ca.crt https://kubernetes/secret');
  capture.process.kill('SIGINT');
  await two.settle();
  expect(capture.out.text).toContain('kubernetes');
  expect(capture.out.text).not.toMatch(/GET|secret|nobody/);
});

test('a chain is believed by name, key and date', () => {
  const [authority, server, expired, client] = [AUTHORITY, SERVER, EXPIRED, CLIENT].map((pem) => readPem(pem)[0]!) as [never, never, never, never];
  expect([
    distrust([server], [authority], NOW), distrust([server], [], NOW), distrust([authority], [], NOW), distrust([server, authority], [], NOW), distrust([expired], [authority], NOW),
    distrust([client], [authority], 0), distrust([], [authority], NOW),
  ].map((doubt) => doubt?.words)).toEqual([
    undefined, 'unable to get local issuer certificate', 'self-signed certificate', 'self-signed certificate in certificate chain', 'certificate has expired', 'certificate is not yet valid', 'unable to get local issuer certificate',
  ]);
  expect(['kubernetes', 'KUBERNETES.', 'a.apps.test', 'a.b.apps.test', 'apps.test', '10.0.0.2', '10.0.0.3'].map((host) => matchingName(server, host))).toEqual(['kubernetes', 'kubernetes', '*.apps.test', undefined, undefined, '10.0.0.2', undefined]);
});
