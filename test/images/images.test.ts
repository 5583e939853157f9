/** Names, tags and messages of images; and that what an image starts really starts. */
import { expect, test } from 'vitest';
import { findImage, images, imageEnv, unpack } from '../../src/images/index.ts';
import { programs } from '../../src/programs/index.ts';
import { TwoMachines } from '../programs/two-machines.ts';

const found: readonly (readonly [reference: string, name: string])[] = [
  ['nginx', 'docker.io/library/nginx:latest'],
  ['nginx:1.27', 'docker.io/library/nginx:1.27'],
  ['nginx:1.14.2', 'docker.io/library/nginx:1.14.2'],
  ['nginx:1.25-alpine', 'docker.io/library/nginx:1.25-alpine'],
  ['library/busybox:1.28', 'docker.io/library/busybox:1.28'],
  ['docker.io/busybox:1.36', 'docker.io/library/busybox:1.36'],
  ['nicolaka/netshoot', 'docker.io/nicolaka/netshoot:latest'],
  ['registry.k8s.io/e2e-test-images/agnhost:2.40', 'registry.k8s.io/e2e-test-images/agnhost:2.40'],
  ['registry.k8s.io/kube-proxy:v1.35.0', 'registry.k8s.io/kube-proxy:v1.35.0'],
  ['registry.k8s.io/coredns/coredns:v1.13.1', 'registry.k8s.io/coredns/coredns:v1.13.1'],
  ['quay.io/calico/node:v3.32.1', 'quay.io/calico/node:v3.32.1'],
  ['redis:7', 'docker.io/library/redis:7'],
];

test.each(found)('%s is %s', (reference, name) => {
  expect(findImage(reference)).toMatchObject({ name, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as unknown });
});

const DENIED = 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed';
const missing: readonly (readonly [reference: string, why: string, message: string])[] = [
  ['ngnix', 'repository', `failed to pull and unpack image "docker.io/library/ngnix:latest": failed to resolve reference "docker.io/library/ngnix:latest": ${DENIED}`],
  ['nginx:doesnotexist', 'tag', 'failed to pull and unpack image "docker.io/library/nginx:doesnotexist": failed to resolve reference "docker.io/library/nginx:doesnotexist": docker.io/library/nginx:doesnotexist: not found'],
  ['nginx:1.161', 'tag', 'failed to pull and unpack image "docker.io/library/nginx:1.161": failed to resolve reference "docker.io/library/nginx:1.161": docker.io/library/nginx:1.161: not found'],
  ['registry.k8s.io/nope:1', 'repository', 'failed to pull and unpack image "registry.k8s.io/nope:1": failed to resolve reference "registry.k8s.io/nope:1": registry.k8s.io/nope:1: not found'],
  ['Nginx', 'invalid', 'invalid reference format: repository name (library/Nginx) must be lowercase'],
  ['nginx:', 'invalid', 'invalid reference format'],
  ['my nginx', 'invalid', 'invalid reference format'],
];

test.each(missing)('%s: missing %s', (reference, why, message) => {
  expect(findImage(reference)).toMatchObject({ missing: why, message });
});

/** A tag that each repository has. */
const TAGS: Readonly<Record<string, string>> = {
  'registry.k8s.io/e2e-test-images/agnhost': '2.40', 'gcr.io/google-samples/hello-app': '1.0', 'registry.k8s.io/etcd': '3.6.5-0', 'registry.k8s.io/coredns/coredns': 'v1.13.1', 'registry.k8s.io/pause': '3.10',
  'quay.io/calico/node': 'v3.32.1', 'quay.io/calico/cni': 'v3.32.1', 'quay.io/calico/kube-controllers': 'v3.32.1', 'ghcr.io/flannel-io/flannel': 'v0.28.9', 'ghcr.io/flannel-io/flannel-cni-plugin': 'v1.9.1-flannel1',
  'docker.io/kindest/local-path-provisioner': 'v20250214-acbabc1a', 'docker.io/kindest/local-path-helper': 'v20260131-7181c60a',
};

test('every image unpacks, and its copies do not share changes', () => {
  for (const recipe of images) {
    const tag = TAGS[recipe.repository] ?? (recipe.repository.startsWith('registry.k8s.io/kube-') ? 'v1.35.0' : 'latest');
    const image = findImage(`${recipe.repository}:${tag}`);
    if ('missing' in image) throw new Error(image.message);
    const files = unpack(image);
    files.write('/mine', 'x');
    expect(unpack(image).exists('/mine')).toBe(false);
    expect(imageEnv(image)['PATH']).toContain('/bin');
  }
});

test('the welcome page has the size of the real one', () => {
  const image = findImage('nginx:1.27');
  if ('missing' in image) throw new Error(image.message);
  const files = unpack(image);
  expect(files.read('/usr/share/nginx/html/index.html')).toHaveLength(615);
  for (const absent of ['ping', 'ip', 'ps', 'vi', 'wget']) expect(files.exists(`/usr/bin/${absent}`)).toBe(false);
  for (const present of ['curl', 'cat', 'sh', 'bash']) expect(files.exists(`/usr/bin/${present}`)).toBe(true);
});

test('an executable of every image leads to a program', () => {
  for (const reference of ['nginx:1.27', 'busybox:1.36', 'alpine', 'debian', 'nicolaka/netshoot', 'redis:7', 'traefik/whoami']) {
    const image = findImage(reference);
    if ('missing' in image) throw new Error(image.message);
    const files = unpack(image);
    for (const directory of ['/', '/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin']) {
      for (const name of files.exists(directory) ? files.list(directory) : []) {
        const path = `${directory.replace(/\/$/, '')}/${name}`;
        const program = files.stat(path).type === 'file' ? /^\x7fELF.*program:(.*)\0$/s.exec(files.read(path))?.[1] : undefined;
        if (program !== undefined) expect(programs.get(program), `${reference} ${path}`).toBeDefined();
      }
    }
  }
});

test('the nginx image starts as its entrypoint says', async () => {
  const two = new TwoMachines({ beta: 'nginx:1.27' });
  const { out, err } = two.start(two.beta, ['/docker-entrypoint.sh', 'nginx', '-g', 'daemon off;']);
  await two.settle();
  expect(out.text).toBe(`/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration
/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/
/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh
10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf
10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf
/docker-entrypoint.sh: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh
/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh
/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh
/docker-entrypoint.sh: Configuration complete; ready for start up
`);
  expect(err.text).toContain('nginx/1.27.5');
  await two.run(two.beta, ['sh', '-c', 'echo hi > /usr/share/nginx/html/index.html']);
  expect((await two.run(two.alpha, 'curl -s http://10.0.0.2')).out).toBe('hi\n');
  two.beta.processes.own()[0]!.signal('SIGQUIT', 'outside');
  await two.settle();
  expect(two.beta.processes.own()).toHaveLength(0);
});

const servers: readonly (readonly [image: string, argv: readonly string[], command: string, answer: string | RegExp])[] = [
  ['httpd:2.4', ['httpd-foreground'], 'curl -s http://10.0.0.2', '<html><body><h1>It works!</h1></body></html>\n'],
  ['traefik/whoami', ['/whoami'], 'curl -s http://10.0.0.2', /^Hostname: beta\nIP: .*\nIP: 10\.0\.0\.2\nRemoteAddr: 10\.0\.0\.1:\d+\nGET \/ HTTP\/1\.1\nHost: 10\.0\.0\.2\nAccept: \*\/\*\nUser-Agent: curl\/7\.88\.1\n\n$/],
  ['hashicorp/http-echo', ['/http-echo', '-text=hello there', '-listen=:80'], 'curl -s http://10.0.0.2', 'hello there\n'],
  ['gcr.io/google-samples/hello-app:1.0', ['/hello-app'], 'curl -s http://10.0.0.2:8080', 'Hello, world!\nVersion: 1.0.0\nHostname: beta\n'],
  ['registry.k8s.io/e2e-test-images/agnhost:2.40', ['/agnhost', 'netexec', '--http-port=8080'], 'curl -s http://10.0.0.2:8080/hostname', 'beta'],
  ['registry.k8s.io/e2e-test-images/agnhost:2.40', ['/agnhost', 'serve-hostname'], 'curl -s http://10.0.0.2:9376', 'beta'],
  ['python:3.12', ['python3', '-m', 'http.server', '8080', '-d', '/etc'], 'curl -s http://10.0.0.2:8080/debian_version', '12.11\n'],
];

test('a database without a password says what it wants, and with one keeps its port', async () => {
  const two = new TwoMachines({ beta: 'postgres:16' });
  const refused = await two.run(two.beta, 'postgres');
  expect(refused.code).toBe(1);
  expect(refused.err.split('\n')[0]).toBe('Error: Database is uninitialized and superuser password is not specified.');
  two.start(two.beta, ['sh', '-c', 'POSTGRES_PASSWORD=x exec postgres']);
  await two.settle();
  expect(await two.run(two.alpha, 'nc -zv 10.0.0.2 5432')).toEqual({ code: 0, out: '', err: 'Connection to 10.0.0.2 5432 port [tcp/postgresql] succeeded!\n' });
});

test.each(servers)('%s %j answers', async (image, argv, command, answer) => {
  const two = new TwoMachines({ beta: image });
  two.start(two.beta, argv);
  await two.settle();
  const ran = await two.run(two.alpha, command);
  if (typeof answer === 'string') expect(ran.out).toBe(answer);
  else expect(ran.out).toMatch(answer);
});
