/** A conversation over nc, seen by ss and tcpdump. */
import { expect, test } from 'vitest';
import { TwoMachines } from './two-machines.ts';

test('what one nc says, the other prints', async () => {
  const two = new TwoMachines({ beta: 'nicolaka/netshoot' });
  const server = two.start(two.beta, ['nc', '-l', '-p', '5000']);
  const dump = two.start(two.beta, ['tcpdump', '-n', '-t', '-i', 'eth0', '-c', '3', 'tcp', 'port', '5000']);
  await two.settle();
  expect((await two.run(two.beta, 'ss -tln')).out).toBe('State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\nLISTEN 0      4096         0.0.0.0:5000      0.0.0.0:*          \n');
  expect((await two.run(two.beta, 'netstat -tln')).out).toBe(
    'Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State      \ntcp        0      0 0.0.0.0:5000            0.0.0.0:*               LISTEN     \n',
  );
  expect(await two.run(two.alpha, 'nc -N 10.0.0.2 5000', 'hello\n')).toEqual({ code: 0, out: '', err: '' });
  await two.settle();
  expect(server.out.text).toBe('hello\n');
  expect(dump.out.text.replaceAll(/10\.0\.0\.1\.\d+/g, '10.0.0.1.PORT').replaceAll(/(seq|ack) \d{4,}/g, '$1 N')).toMatchInlineSnapshot(`
    "IP 10.0.0.1.PORT > 10.0.0.2.5000: Flags [S], seq N, win 131072, options [mss 1460], length 0
    IP 10.0.0.2.5000 > 10.0.0.1.PORT: Flags [S.], seq N, ack N, win 131072, options [mss 1460], length 0
    IP 10.0.0.1.PORT > 10.0.0.2.5000: Flags [.], ack 1, win 131072, length 0
    "
  `);
});

test('dig and nslookup of a server that is not there', async () => {
  const two = new TwoMachines();
  expect(await two.run(two.alpha, 'dig @10.0.0.1 one.test +time=1 +tries=1')).toEqual({
    code: 9, err: '',
    out: ';; communications error to 10.0.0.1#53: connection refused\n\n; <<>> DiG 9.18.49 <<>> @10.0.0.1 one.test +time=1 +tries=1\n; (1 server found)\n;; global options: +cmd\n;; no servers could be reached\n',
  });
});
