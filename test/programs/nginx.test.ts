/** nginx obeys its configuration: what learners put into a ConfigMap works, and what nginx refuses is refused in its words. */
import { expect, test } from 'vitest';
import { TwoMachines } from './two-machines.ts';

async function nginxWith(conf: string): Promise<TwoMachines> {
  const two = new TwoMachines();
  two.beta.files.write('/etc/nginx/conf.d/default.conf', conf);
  two.start(two.beta, ['nginx', '-g', 'daemon off;']);
  await two.settle();
  return two;
}

const PAGE = (title: string) => `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx/1.27.5</center>\r\n</body>\r\n</html>\r\n`;

const cases: readonly (readonly [title: string, conf: string, command: string, out: string])[] = [
  ['another port', 'server { listen 8080; location / { return 200 "up\\n"; } }', 'curl -s http://10.0.0.2:8080/', 'up\n'],
  ['variables', 'server { listen 80; default_type text/plain; location / { return 200 "$hostname $remote_addr $request_uri\\n"; } }', 'curl -s http://10.0.0.2/a?b=c', 'beta 10.0.0.1 /a?b=c\n'],
  ['exact before prefix', 'server { listen 80; location = /x { return 200 exact; } location / { return 200 prefix; } }', 'curl -s http://10.0.0.2/x', 'exact'],
  ['regular expression', 'server { listen 80; location ~ \\.php$ { return 403; } location / { return 200 ok; } }', 'curl -s http://10.0.0.2/a.php', PAGE('403 Forbidden')],
  ['by server name', 'server { listen 80; server_name a.test; return 200 a; } server { listen 80; server_name b.test; return 200 b; }', 'curl -s -H Host:b.test http://10.0.0.2/', 'b'],
  ['redirect', 'server { listen 80; location /old { return 301 /new; } location /new { return 200 new; } }', 'curl -sL http://10.0.0.2/old', 'new'],
  ['a directory without an index', 'server { listen 80; root /etc/nginx; }', 'curl -s http://10.0.0.2/', PAGE('403 Forbidden')],
  ['try_files', 'server { listen 80; root /usr/share/nginx/html; location / { try_files $uri =404; } }', 'curl -s -o /dev/null -w %{http_code} http://10.0.0.2/none', '404'],
  ['proxy to a closed port', 'server { listen 80; location / { proxy_pass http://127.0.0.1:9; } }', 'curl -s http://10.0.0.2/', PAGE('502 Bad Gateway')],
  ['proxy to another server', 'upstream api { server 127.0.0.1:81; } server { listen 81; return 200 "$http_host $request_uri"; } server { listen 80; location /api/ { proxy_pass http://api/v1/; } }', 'curl -s http://10.0.0.2/api/pods', 'api /v1/pods'],
];

test.each(cases)('%s', async (_title, conf, command, out) => {
  const two = await nginxWith(conf);
  expect((await two.run(two.alpha, command)).out).toBe(out);
});

const refusals: readonly (readonly [conf: string, words: string])[] = [
  ['server { listen 80; foo bar; }', 'unknown directive "foo" in /etc/nginx/conf.d/default.conf:1'],
  ['server { listen 80\n}', 'unexpected "}" in /etc/nginx/conf.d/default.conf:2'],
  ['server { listen 80;', 'unexpected end of file, expecting "}" in /etc/nginx/conf.d/default.conf:1'],
  ['server { listen 99999; }', 'invalid port in "99999" of the "listen" directive in /etc/nginx/conf.d/default.conf:1'],
];

test.each(refusals)('%j is refused', async (conf, words) => {
  const two = new TwoMachines();
  two.beta.files.write('/etc/nginx/conf.d/default.conf', conf);
  expect(await two.run(two.beta, 'nginx -t')).toEqual({ code: 1, out: '', err: `nginx: [emerg] ${words}\nnginx: configuration file /etc/nginx/nginx.conf test failed\n` });
});

test('nginx -s reload takes a new configuration over', async () => {
  const two = await nginxWith('server { listen 80; return 200 before; }');
  two.beta.files.write('/etc/nginx/conf.d/default.conf', 'server { listen 80; return 200 after; }');
  expect((await two.run(two.beta, 'nginx -t')).err).toBe('nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n');
  expect((await two.run(two.beta, 'nginx -s reload')).code).toBe(0);
  await two.settle();
  expect((await two.run(two.alpha, 'curl -s http://10.0.0.2')).out).toBe('after');
});
