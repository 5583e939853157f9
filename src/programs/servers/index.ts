/** Programs that wait for others: web servers, databases, and `pause`. One line per program. */
import type { Program } from '../../machine/program.ts';
import { nginx } from '../nginx/index.ts';
import { agnhost } from './agnhost.ts';
import { mysqld, postgres } from './databases.ts';
import { httpd } from './httpd.ts';
import { pause } from './pause.ts';
import { python } from './python.ts';
import { redisCli, redisServer } from './redis.ts';
import { helloApp, httpEcho, whoami } from './samples.ts';

export const serverPrograms: readonly Program[] = [agnhost, helloApp, httpEcho, httpd, mysqld, nginx, pause, postgres, python, redisCli, redisServer, whoami];
