/** postgres and mysql: for pods that need a database to be there, with its port, its environment and its log. */
import { alpine } from './bases/alpine.ts';
import { install } from './bases/commands.ts';
import { BOOKWORM, debian } from './bases/debian.ts';
import { DEFAULT_PATH, type ImageRecipe } from './image.ts';
import { versionTags } from './tags.ts';

const POSTGRES_LATEST: Readonly<Record<string, string>> = { '13': '13.22', '14': '14.19', '15': '15.14', '16': '16.10', '17': '17.6', '18': '18.0' };

export const postgres: ImageRecipe = {
  repository: 'docker.io/library/postgres',
  tags: versionTags({
    series: { '9.6': 24, '10': 23, '11': 22, '12': 22, '13': 22, '14': 19, '15': 14, '16': 10, '17': 6, '18': 0 }, majors: ['9', '10', '11', '12', '13', '14', '15', '16', '17', '18'],
    names: ['latest', 'alpine', 'bookworm', 'trixie'], suffix: /(alpine|alpine3\.\d+|bookworm|bullseye|trixie)/,
  }),
  files(files, tag) {
    const users = { passwd: 'postgres:x:999:999::/var/lib/postgresql:/bin/bash\n', group: 'postgres:x:999:\n' };
    if (tag.includes('alpine')) alpine(files, '3.22.1', users);
    else debian(files, BOOKWORM, users);
    install(files, '/usr/local/bin', ['postgres']);
    files.mkdir('/var/lib/postgresql/data', { recursive: true });
  },
  cmd: ['postgres'],
  env: { PATH: DEFAULT_PATH, LANG: 'en_US.utf8', PGDATA: '/var/lib/postgresql/data' },
  envOf(tag) {
    const version = /^[\d.]+/.exec(tag)?.[0] ?? '18';
    return { PG_MAJOR: version.split('.')[0]!, PG_VERSION: `${version.includes('.') ? version : (POSTGRES_LATEST[version] ?? `${version}.0`)}-1.pgdg12+1` };
  },
  exposes: [5432],
  stopSignal: 'SIGINT',
  sizeBytes: 152_000_000,
};

export const mysql: ImageRecipe = {
  repository: 'docker.io/library/mysql',
  tags: versionTags({ series: { '5.6': 51, '5.7': 44, '8.0': 43, '8.4': 6, '9.0': 1, '9.4': 0 }, majors: ['5', '8', '9'], names: ['latest', 'lts', 'innovation', 'debian', 'oracle'], suffix: /(debian|oracle|oraclelinux\d)/ }),
  files(files) {
    debian(files, BOOKWORM, { passwd: 'mysql:x:999:999::/var/lib/mysql:/bin/bash\n', group: 'mysql:x:999:\n' });
    install(files, '/usr/sbin', ['mysqld']);
    files.mkdir('/var/lib/mysql', { recursive: true });
  },
  cmd: ['mysqld'],
  env: { PATH: DEFAULT_PATH },
  envOf: (tag) => ({ MYSQL_MAJOR: tag.startsWith('5') ? '5.7' : tag.startsWith('9') ? 'innovation' : '8.4', MYSQL_VERSION: `${/^\d+\.\d+\.\d+/.exec(tag)?.[0] ?? (tag.startsWith('5') ? '5.7.44' : tag.startsWith('8') ? '8.4.6' : '9.4.0')}-1.el9` }),
  exposes: [3306, 33060],
  sizeBytes: 233_000_000,
};
