/**
 * nginx, on Debian and on Alpine, as the official image has it: an entrypoint that runs /docker-entrypoint.d, then
 * `nginx -g 'daemon off;'`. The server itself is `programs/nginx`; it reads the configuration written here.
 * See github.com/nginxinc/docker-nginx. The scripts are ours; what they print is what the originals print.
 */
import type { FileSystem } from '../machine/files.ts';
import { alpine } from './bases/alpine.ts';
import { install } from './bases/commands.ts';
import { BOOKWORM, BULLSEYE, debian, write, type Debian } from './bases/debian.ts';
import { DEFAULT_PATH, type ImageRecipe } from './image.ts';
import { DEFAULT_CONF, ENTRYPOINT, ERROR_PAGE, LISTEN_ON_IPV6, MIME_TYPES, NGINX_CONF, WELCOME } from './nginx-files.ts';
import { versionTags } from './tags.ts';

/** The last patch of each series. Even minors are stable, odd ones mainline. */
const SERIES: Readonly<Record<string, number>> = {
  '1.7': 12, '1.8': 1, '1.9': 15, '1.10': 3, '1.11': 13, '1.12': 2, '1.13': 12, '1.14': 2, '1.15': 12, '1.16': 1, '1.17': 10, '1.18': 0,
  '1.19': 10, '1.20': 2, '1.21': 6, '1.22': 1, '1.23': 4, '1.24': 0, '1.25': 5, '1.26': 3, '1.27': 5, '1.28': 0, '1.29': 3,
};
const LATEST = '1.29';
const STABLE = '1.28';
const FLAVOR = /(alpine|alpine-slim|alpine-perl|perl|bookworm|bookworm-perl|bullseye|buster|stretch|alpine3\.\d+)/;

const exists = versionTags({
  series: SERIES,
  majors: ['1'],
  names: ['latest', 'stable', 'mainline', 'alpine', 'stable-alpine', 'mainline-alpine', 'alpine-slim', 'stable-alpine-slim', 'perl', 'bookworm'],
  suffix: FLAVOR,
});

export const nginx: ImageRecipe = {
  repository: 'docker.io/library/nginx',
  tags: exists,
  files(files, tag) {
    const users = { passwd: 'nginx:x:101:101:nginx user:/nonexistent:/bin/false\n', group: 'nginx:x:101:\n' };
    if (isAlpine(tag)) alpine(files, '3.20.3', { passwd: 'nginx:x:101:101:nginx:/var/cache/nginx:/sbin/nologin\n', group: 'nginx:x:101:nginx\n' });
    else debian(files, debianOf(tag), users);
    install(files, '/usr/bin', ['curl']);
    install(files, '/usr/sbin', ['nginx']);
    configuration(files);
    entrypoint(files);
    files.mkdir('/var/cache/nginx', { recursive: true });
    files.symlink('/dev/stdout', '/var/log/nginx/access.log');
    files.symlink('/dev/stderr', '/var/log/nginx/error.log');
  },
  entrypoint: ['/docker-entrypoint.sh'],
  cmd: ['nginx', '-g', 'daemon off;'],
  env: { PATH: DEFAULT_PATH },
  envOf: (tag) => ({ NGINX_VERSION: nginxVersion(tag), PKG_RELEASE: isAlpine(tag) ? '1' : `1~${debianOf(tag).codename}`, NJS_VERSION: '0.8.4', DYNPKG_RELEASE: '2' }),
  exposes: [80],
  stopSignal: 'SIGQUIT',
  sizeBytes: 72_099_410,
};

/** The version behind a tag: `1.27` is 1.27.5. */
export function nginxVersion(tag: string): string {
  const base = tag.split('-')[0]!;
  const series = base === 'stable' ? STABLE : /^\d+\.\d+/.test(base) ? base : LATEST;
  return /^\d+\.\d+\.\d+$/.test(series) ? series : `${series}.${SERIES[series]}`;
}

const isAlpine = (tag: string) => tag.includes('alpine');

function debianOf(tag: string): Debian {
  const minor = Number(nginxVersion(tag).split('.')[1]);
  return minor >= 24 ? BOOKWORM : BULLSEYE;
}

function configuration(files: FileSystem): void {
  write(files, {
    '/etc/nginx/nginx.conf': NGINX_CONF,
    '/etc/nginx/conf.d/default.conf': DEFAULT_CONF,
    '/etc/nginx/mime.types': MIME_TYPES,
    '/usr/share/nginx/html/index.html': WELCOME,
    '/usr/share/nginx/html/50x.html': ERROR_PAGE,
  });
  files.mkdir('/var/log/nginx', { recursive: true });
}

function entrypoint(files: FileSystem): void {
  write(
    files,
    {
      '/docker-entrypoint.sh': ENTRYPOINT,
      '/docker-entrypoint.d/10-listen-on-ipv6-by-default.sh': LISTEN_ON_IPV6,
      '/docker-entrypoint.d/15-local-resolvers.envsh': '[ "${NGINX_ENTRYPOINT_LOCAL_RESOLVERS:-}" ] || return 0\nNGINX_LOCAL_RESOLVERS=$(awk \'/^nameserver/ {print $2}\' /etc/resolv.conf)\nexport NGINX_LOCAL_RESOLVERS\n',
      '/docker-entrypoint.d/20-envsubst-on-templates.sh': '#!/bin/sh\n[ -d "${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}" ] || exit 0\n',
      '/docker-entrypoint.d/30-tune-worker-processes.sh': '#!/bin/sh\n[ "${NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE:-}" ] || exit 0\n',
    },
    0o755,
  );
}
