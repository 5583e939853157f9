/** Apache httpd as the official image has it: `httpd-foreground`, pages in /usr/local/apache2/htdocs. See hub.docker.com/_/httpd. */
import { alpine } from './bases/alpine.ts';
import { install } from './bases/commands.ts';
import { BOOKWORM, debian, write } from './bases/debian.ts';
import { type ImageRecipe } from './image.ts';
import { versionTags } from './tags.ts';

const LAST_PATCH = 65;

export const httpd: ImageRecipe = {
  repository: 'docker.io/library/httpd',
  tags: versionTags({ series: { '2.2': 34, '2.4': LAST_PATCH }, majors: ['2'], names: ['latest', 'alpine', 'bookworm', 'trixie'], suffix: /(alpine|alpine3\.\d+|bookworm|trixie|bullseye)/ }),
  files(files, tag) {
    if (tag.includes('alpine')) alpine(files, '3.20.3');
    else debian(files, BOOKWORM);
    install(files, '/usr/local/apache2/bin', ['httpd']);
    write(files, { '/usr/local/bin/httpd-foreground': '#!/bin/sh\nset -e\n\n# A process id left over from a killed container would stop httpd from starting.\nrm -f /usr/local/apache2/logs/httpd.pid\n\nexec httpd -DFOREGROUND "$@"\n' }, 0o755);
    write(files, { '/usr/local/apache2/htdocs/index.html': '<html><body><h1>It works!</h1></body></html>\n', '/usr/local/apache2/conf/httpd.conf': CONF, '/usr/local/apache2/logs/.keep': '' });
  },
  cmd: ['httpd-foreground'],
  env: { HTTPD_PREFIX: '/usr/local/apache2', PATH: '/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
  envOf: (tag) => ({ HTTPD_VERSION: httpdVersion(tag) }),
  workdir: '/usr/local/apache2',
  exposes: [80],
  stopSignal: 'SIGWINCH',
  sizeBytes: 59_186_000,
};

export const httpdVersion = (tag: string): string => /^\d+\.\d+\.\d+/.exec(tag)?.[0] ?? (tag.startsWith('2.2') ? '2.2.34' : `2.4.${LAST_PATCH}`);

/** The directives of the packaged httpd.conf that `programs/httpd` obeys. */
const CONF = `ServerRoot "/usr/local/apache2"
Listen 80
User www-data
Group www-data
ServerAdmin you@example.com
DocumentRoot "/usr/local/apache2/htdocs"
DirectoryIndex index.html
ErrorLog /proc/self/fd/2
LogLevel warn
CustomLog /proc/self/fd/1 common
`;
