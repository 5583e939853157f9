/** curl, wget, nc and ping between two machines: whole outputs, exit codes, and what the server's log says of it. */
import { beforeEach, expect, test } from 'vitest';
import { TwoMachines } from './two-machines.ts';

let two: TwoMachines;
beforeEach(async () => {
  two = new TwoMachines();
  two.beta.files.write('/usr/share/nginx/html/index.html', 'hello\n');
  two.start(two.beta, ['nginx', '-g', 'daemon off;']);
  await two.settle();
});

const METER = '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n';
const NOTHING = '\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0';

const cases: readonly (readonly [command: string, code: number, out: string, err: string])[] = [
  ['curl -s http://10.0.0.2', 0, 'hello\n', ''],
  ['curl -s -o /dev/null -w %{http_code} http://10.0.0.2/none', 0, '404', ''],
  ['curl -sSf http://10.0.0.2/none', 22, '', 'curl: (22) The requested URL returned error: 404\n'],
  ['curl http://10.0.0.2:81', 7, '', `${METER}${NOTHING}${NOTHING}\ncurl: (7) Failed to connect to 10.0.0.2 port 81 after 0 ms: Couldn't connect to server\n`],
  ['curl -sS -m 1 http://10.0.0.77', 28, '', 'curl: (28) Connection timed out after 1000 milliseconds\n'],
  ['curl -sS --connect-timeout 1 http://10.0.0.77', 28, '', 'curl: (28) Failed to connect to 10.0.0.77 port 80 after 1000 ms: Timeout was reached\n'],
  ['curl -sS http://10.8.8.8', 7, '', "curl: (7) Failed to connect to 10.8.8.8 port 80 after 0 ms: Couldn't connect to server\n"],
  ['curl -s --resolve web:80:10.0.0.2 http://web', 0, 'hello\n', ''],
  ['curl', 2, '', "curl: try 'curl --help' or 'curl --manual' for more information\n"],
  ['curl --bogus', 2, '', "curl: option --bogus: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n"],
  ['curl -m abc http://10.0.0.2', 2, '', "curl: option -m: expected a proper numerical parameter\ncurl: try 'curl --help' or 'curl --manual' for more information\n"],
  ['curl foo://bar', 1, '', 'curl: (1) Protocol "foo" not supported or disabled in libcurl\n'],
  ['curl -x http://proxy http://10.0.0.2', 2, '', "curl: option -x: the installed libcurl version doesn't support this\ncurl: try 'curl --help' or 'curl --manual' for more information\n"],
  ['wget -qO- http://10.0.0.2', 0, 'hello\n', ''],
  ['wget -O- http://10.0.0.2/none', 8, '', '--2026-11-21 07:49:40--  http://10.0.0.2/none\nConnecting to 10.0.0.2:80... connected.\nHTTP request sent, awaiting response... 404 Not Found\n2026-11-21 07:49:40 ERROR 404: Not Found.\n\n'],
  ['wget -O- -t 1 http://10.0.0.2:81', 4, '', '--2026-11-21 07:49:40--  http://10.0.0.2:81/\nConnecting to 10.0.0.2:81... failed: Connection refused.\n'],
  ['wget', 1, '', "wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n"],
  ['/bin/busybox-wget -qO- http://10.0.0.2', 0, 'hello\n', ''],
  ['/bin/busybox-wget -O- http://10.0.0.2', 0, 'hello\n', `Connecting to 10.0.0.2 (10.0.0.2:80)\nwriting to stdout\n-                    100% |${'*'.repeat(32)}|     6  0:00:00 ETA\nwritten to stdout\n`],
  ['/bin/busybox-wget -O- http://10.0.0.2/none', 1, '', 'Connecting to 10.0.0.2 (10.0.0.2:80)\nwget: server returned error: HTTP/1.1 404 Not Found\n'],
  ['/bin/busybox-wget -O- http://10.0.0.2:81', 1, '', "Connecting to 10.0.0.2:81 (10.0.0.2:81)\nwget: can't connect to remote host (10.0.0.2): Connection refused\n"],
  ['/bin/busybox-wget -T 1 -O- http://10.0.0.77', 1, '', 'Connecting to 10.0.0.77 (10.0.0.77:80)\nwget: download timed out\n'],
  ['/bin/busybox-wget --spider http://10.0.0.2', 0, '', 'Connecting to 10.0.0.2 (10.0.0.2:80)\nremote file exists\n'],
  ['nc -zv 10.0.0.2 80', 0, '', 'Connection to 10.0.0.2 80 port [tcp/http] succeeded!\n'],
  ['nc -zv 10.0.0.2 81', 1, '', 'nc: connect to 10.0.0.2 port 81 (tcp) failed: Connection refused\n'],
  ['nc -zv -w 1 10.0.0.77 80', 1, '', 'nc: connect to 10.0.0.77 port 80 (tcp) timed out: Operation now in progress\n'],
  ['nc -zv 10.8.8.8 80', 1, '', 'nc: connect to 10.8.8.8 port 80 (tcp) failed: Network is unreachable\n'],
  ['nc -zv 10.0.0.2 79-81', 0, '', 'nc: connect to 10.0.0.2 port 79 (tcp) failed: Connection refused\nConnection to 10.0.0.2 80 port [tcp/http] succeeded!\nnc: connect to 10.0.0.2 port 81 (tcp) failed: Connection refused\n'],
  ['/bin/busybox-nc 10.0.0.2 81', 1, '', "nc: can't connect to remote host (10.0.0.2): Connection refused\n"],
  ['/bin/busybox-nc -w 1 10.0.0.77 81', 1, '', 'nc: timed out\n'],
  ['ping -c 1 10.8.8.8', 2, '', 'ping: connect: Network is unreachable\n'],
  ['ping', 1, '', 'ping: usage error: Destination address required\n'],
  ['ping -c 0 10.0.0.2', 1, '', "ping: invalid argument: '0': out of range: 1 <= value <= 9223372036854775807\n"],
  ['ping -c 1 -I eth9 10.0.0.2', 2, '', 'ping: SO_BINDTODEVICE eth9: No such device\n'],
  ['ping -c 2 -q 10.0.0.2', 0, 'PING 10.0.0.2 (10.0.0.2) 56(84) bytes of data.\n\n--- 10.0.0.2 ping statistics ---\n2 packets transmitted, 2 received, 0% packet loss, time 1000ms\nrtt min/avg/max/mdev = 0.020/0.030/0.040/0.010 ms\n', ''],
  ['ping -c 2 -W 1 10.0.0.77', 1, 'PING 10.0.0.77 (10.0.0.77) 56(84) bytes of data.\n\n--- 10.0.0.77 ping statistics ---\n2 packets transmitted, 0 received, 100% packet loss, time 1000ms\n\n', ''],
  ['/bin/busybox-ping -c 1 -W 1 10.0.0.77', 1, 'PING 10.0.0.77 (10.0.0.77): 56 data bytes\n\n--- 10.0.0.77 ping statistics ---\n1 packets transmitted, 0 packets received, 100% packet loss\n', ''],
  ['/bin/busybox-ping -c 1 10.8.8.8', 1, 'PING 10.8.8.8 (10.8.8.8): 56 data bytes\n', 'ping: sendto: Network is unreachable\n'],
];

test.each(cases)('%s → %i', async (command, code, out, err) => {
  const argv = command.split(' ');
  const ran = await two.run(two.alpha, argv[0]!.startsWith('/bin/busybox-') ? busybox(two, argv) : argv);
  expect(ran).toEqual({ code, out, err });
});

/** BusyBox's flavour of a tool, under the tool's own name. */
function busybox(machines: TwoMachines, [path, ...args]: readonly string[]): readonly string[] {
  const flavour = path!.slice('/bin/'.length);
  const name = `/opt/${flavour.slice('busybox-'.length)}`;
  machines.alpha.files.mkdir('/opt', { recursive: true });
  machines.alpha.files.write(name, `\x7fELF\x02\x01\x01\0program:${flavour}\0`, { mode: 0o755 });
  return [name, ...args];
}

test('curl -v tells the whole conversation', async () => {
  const ran = await two.run(two.alpha, 'curl -sv http://10.0.0.2/none');
  expect(ran.err).toBe(`*   Trying 10.0.0.2:80...
* Connected to 10.0.0.2 (10.0.0.2) port 80 (#0)
> GET /none HTTP/1.1
> Host: 10.0.0.2
> User-Agent: curl/7.88.1
> Accept: */*
> 
< HTTP/1.1 404 Not Found
< Server: nginx/1.27.5
< Date: Sat, 21 Nov 2026 07:49:40 GMT
< Content-Type: text/html
< Content-Length: 153
< Connection: keep-alive
< 
{ [153 bytes data]
* Connection #0 to host 10.0.0.2 left intact
`);
});

test('a stopped nginx frees its port and refuses', async () => {
  const [master] = two.beta.processes.own();
  master!.signal('SIGQUIT');
  await two.settle();
  expect(two.beta.processes.own()).toEqual([]);
  expect(await two.run(two.alpha, 'curl -sS http://10.0.0.2')).toEqual({ code: 7, out: '', err: "curl: (7) Failed to connect to 10.0.0.2 port 80 after 0 ms: Couldn't connect to server\n" });
});
