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

const ENTRYPOINT = `#!/bin/sh
# Runs the scripts of /docker-entrypoint.d before nginx, then becomes nginx.
log() {
    [ -n "$NGINX_ENTRYPOINT_QUIET_LOGS" ] || echo "$@"
}

if [ "$1" = "nginx" ] || [ "$1" = "nginx-debug" ]; then
    if [ -n "$(ls /docker-entrypoint.d/)" ]; then
        log "$0: /docker-entrypoint.d/ is not empty, will attempt to perform configuration"
        log "$0: Looking for shell scripts in /docker-entrypoint.d/"
        for f in /docker-entrypoint.d/*; do
            case "$f" in
                *.envsh)
                    if [ -x "$f" ]; then log "$0: Sourcing $f"; . "$f"; else log "$0: Ignoring $f, not executable"; fi ;;
                *.sh)
                    if [ -x "$f" ]; then log "$0: Launching $f"; "$f"; else log "$0: Ignoring $f, not executable"; fi ;;
                *) log "$0: Ignoring $f" ;;
            esac
        done
        log "$0: Configuration complete; ready for start up"
    else
        log "$0: No files found in /docker-entrypoint.d/, skipping configuration"
    fi
fi

exec "$@"
`;

const LISTEN_ON_IPV6 = `#!/bin/sh
# Adds an IPv6 listener to the packaged configuration, if nobody has changed it.
ME=$(basename "$0")
FILE=/etc/nginx/conf.d/default.conf

say() {
    [ -n "$NGINX_ENTRYPOINT_QUIET_LOGS" ] || echo "$@"
}

if [ ! -f "$FILE" ]; then
    say "$ME: info: $FILE is not a file or does not exist"
    exit 0
fi
if ! touch "$FILE" 2>/dev/null; then
    say "$ME: info: can not modify $FILE (read-only file system?)"
    exit 0
fi
if grep -q "listen  \\[::\\]:80;" "$FILE"; then
    say "$ME: info: IPv6 listen already enabled"
    exit 0
fi
say "$ME: info: Getting the checksum of $FILE"
if ! grep -q "listen       80;" "$FILE"; then
    say "$ME: info: $FILE differs from the packaged version"
    exit 0
fi
sed -i -e 's,listen       80;,listen       80;\\n    listen  [::]:80;,' "$FILE"
say "$ME: info: Enabled listen on IPv6 in $FILE"
`;

const NGINX_CONF = `
user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;


events {
    worker_connections  1024;
}


http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;

    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';

    access_log  /var/log/nginx/access.log  main;

    sendfile        on;
    #tcp_nopush     on;

    keepalive_timeout  65;

    #gzip  on;

    include /etc/nginx/conf.d/*.conf;
}
`;

const DEFAULT_CONF = `server {
    listen       80;
    server_name  localhost;

    #access_log  /var/log/nginx/host.access.log  main;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    #error_page  404              /404.html;

    # redirect server error pages to the static page /50x.html
    #
    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
`;

const MIME_TYPES = `
types {
    text/html                                        html htm shtml;
    text/css                                         css;
    text/xml                                         xml;
    image/gif                                        gif;
    image/jpeg                                       jpeg jpg;
    application/javascript                           js;
    text/plain                                       txt;
    image/png                                        png;
    image/svg+xml                                    svg svgz;
    image/x-icon                                     ico;
    application/json                                 json;
    application/pdf                                  pdf;
    application/zip                                  zip;
    application/octet-stream                         bin exe dll;
}
`;

/** 615 bytes, as the real one. */
export const WELCOME = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`;

const ERROR_PAGE = `<!DOCTYPE html>
<html>
<head>
<title>Error</title>
</head>
<body>
<h1>An error occurred.</h1>
<p>Sorry, the page you are looking for is currently unavailable.<br/>
Please try again later.</p>
<p><em>Faithfully yours, nginx.</em></p>
</body>
</html>
`;
