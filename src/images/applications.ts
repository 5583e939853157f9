/**
 * Images that people start in labs for what listens inside them: small web servers, databases, python. Each is a base
 * system and one server of `programs/servers`.
 */
import { programFile } from '../machine/machine.ts';
import { alpine } from './bases/alpine.ts';
import { install } from './bases/commands.ts';
import { BOOKWORM, debian, skeleton, write } from './bases/debian.ts';
import { DEFAULT_PATH, type ImageRecipe } from './image.ts';
import { seriesRange, versionTags } from './tags.ts';

/** Kubernetes' own test image: one binary with many subcommands. */
export const agnhost: ImageRecipe = {
  repository: 'registry.k8s.io/e2e-test-images/agnhost',
  tags: (tag) => /^2\.([1-9]|[1-5]\d)(\.\d)?$/.test(tag),
  files(files) {
    alpine(files, '3.19.1');
    install(files, '/usr/bin', ['curl', 'dig', 'nc=busybox-nc']);
    write(files, { '/agnhost': programFile('agnhost') }, 0o755);
  },
  entrypoint: ['/agnhost'],
  cmd: ['pause'],
  env: { PATH: DEFAULT_PATH },
  exposes: [80, 8080, 8081, 9376],
  sizeBytes: 51_105_200,
};

export const whoami: ImageRecipe = {
  repository: 'docker.io/traefik/whoami',
  tags: versionTags({ series: { '1.6': 1, '1.7': 1, '1.8': 7, '1.9': 0, '1.10': 4, '1.11': 0 }, prefix: 'v', names: ['latest'] }),
  files: (files) => single(files, '/whoami', 'traefik-whoami'),
  entrypoint: ['/whoami'],
  env: { PATH: DEFAULT_PATH },
  exposes: [80],
  sizeBytes: 2_842_000,
};

export const httpEcho: ImageRecipe = {
  repository: 'docker.io/hashicorp/http-echo',
  tags: (tag) => ['latest', 'alpine', '0.2.1', '0.2.2', '0.2.3', '0.2', '1.0', '1.0.0'].includes(tag),
  files: (files) => single(files, '/http-echo', 'http-echo'),
  entrypoint: ['/http-echo'],
  env: { PATH: DEFAULT_PATH },
  exposes: [5678],
  sizeBytes: 2_990_000,
};

/** Google's sample: `Hello, world!`, the version and the pod's name. */
export const helloApp: ImageRecipe = {
  repository: 'gcr.io/google-samples/hello-app',
  tags: (tag) => ['1.0', '2.0'].includes(tag),
  files: (files) => single(files, '/hello-app', 'hello-app'),
  entrypoint: ['/hello-app'],
  env: { PATH: DEFAULT_PATH },
  envOf: (tag) => ({ HELLO_APP_VERSION: tag === '2.0' ? '2.0.0' : '1.0.0' }),
  exposes: [8080],
  sizeBytes: 13_700_000,
};

export const redis: ImageRecipe = {
  repository: 'docker.io/library/redis',
  tags: versionTags({ series: { '5.0': 14, '6.0': 20, '6.2': 19, '7.0': 15, '7.2': 10, '7.4': 5, '8.0': 3, '8.2': 1 }, majors: ['5', '6', '7', '8'], names: ['latest', 'alpine', 'bookworm'], suffix: /(alpine|bookworm|alpine3\.\d+|bullseye)/ }),
  files(files, tag) {
    const users = { passwd: 'redis:x:999:999::/home/redis:/bin/sh\n', group: 'redis:x:999:\n' };
    if (tag.includes('alpine')) alpine(files, '3.21.3', users);
    else debian(files, BOOKWORM, users);
    install(files, '/usr/local/bin', ['redis-server', 'redis-cli']);
    files.mkdir('/data', { recursive: true });
  },
  cmd: ['redis-server'],
  env: { PATH: DEFAULT_PATH },
  envOf: (tag) => ({ REDIS_VERSION: redisVersion(tag) }),
  workdir: '/data',
  exposes: [6379],
  sizeBytes: 45_200_000,
};

function redisVersion(tag: string): string {
  const version = /^[\d.]+/.exec(tag)?.[0] ?? '8.2.1';
  const latest: Readonly<Record<string, string>> = { '5': '5.0.14', '6': '6.2.19', '7': '7.4.5', '8': '8.2.1' };
  return version.split('.').length === 3 ? version : (latest[version.split('.')[0]!] ?? '8.2.1');
}

export const python: ImageRecipe = {
  repository: 'docker.io/library/python',
  tags: versionTags({ series: { '2.7': 18, ...seriesRange('3', 6, 13, 5), '3.8': 20, '3.9': 23, '3.10': 18, '3.11': 13, '3.12': 11, '3.13': 7 }, majors: ['2', '3'], names: ['latest', 'slim', 'alpine', 'bookworm'], suffix: /(slim|alpine|bookworm|slim-bookworm|alpine3\.\d+|bullseye|slim-bullseye)/ }),
  files(files, tag) {
    if (tag.includes('alpine')) alpine(files, '3.22.1');
    else debian(files, BOOKWORM);
    install(files, '/usr/local/bin', ['python3', 'python=python3']);
    if (!/alpine|slim/.test(tag)) install(files, '/usr/bin', ['curl', 'wget']);
  },
  cmd: ['python3'],
  env: { PATH: DEFAULT_PATH, LANG: 'C.UTF-8' },
  envOf: (tag) => ({ PYTHON_VERSION: /^\d+\.\d+\.\d+/.exec(tag)?.[0] ?? '3.13.7' }),
  sizeBytes: 371_000_000,
};

/** What the documentation of Kubernetes shows limits of memory with. */
export const stress: ImageRecipe = {
  repository: 'docker.io/polinux/stress',
  tags: (tag) => ['latest', '1.0.4'].includes(tag),
  files(files) {
    alpine(files, '3.9.6');
    install(files, '/usr/local/bin', ['stress']);
  },
  cmd: ['stress', '--help'],
  env: { PATH: DEFAULT_PATH },
  sizeBytes: 4_041_495,
};

function single(files: Parameters<ImageRecipe['files']>[0], path: string, program: string): void {
  skeleton(files);
  write(files, { [path]: programFile(program) }, 0o755);
  write(files, { '/etc/passwd': 'root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\n', '/etc/group': 'root:x:0:\nnobody:x:65534:\n' });
}
