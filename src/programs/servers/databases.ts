/**
 * postgres and mysqld, as far as a pod's life goes: what they want in their environment, what they log, the port they
 * listen on. A client is told in the database's own protocol that there is no SQL here.
 * See github.com/docker-library/{postgres,mysql}.
 * Differs from Linux: no SQL is spoken and nothing is stored.
 */
import type { Process, Program } from '../../machine/program.ts';
import { NetError } from '../../net/errors.ts';
import type { TcpConnection } from '../../net/sockets.ts';
import { listenTcp } from '../lifetime.ts';
import { refuse } from '../usage.ts';
import { until } from '../waiting.ts';
import { untilSignal } from './serving.ts';

const NO_SQL = 'this simulator keeps the port open and speaks no SQL';

export const postgres: Program = {
  name: 'postgres',
  async run(process) {
    if (!process.env.get('POSTGRES_PASSWORD') && process.env.get('POSTGRES_HOST_AUTH_METHOD') !== 'trust') return refuse(process, 1, POSTGRES_NO_PASSWORD);
    const log = (text: string) => process.stderr.write(`${stamp(process).replace('T', ' ').replace('Z', ' UTC')} [${process.pid}] LOG:  ${text}\n`);
    const version = process.env.get('PG_VERSION')?.split('-')[0] ?? '17.6';
    await log(`starting PostgreSQL ${version} on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14) 12.2.0, 64-bit`);
    const port = Number(flag(process, '-p') ?? 5432);
    if (!(await listen(process, port, async (connection) => {
      // The client speaks first; the answer is an ErrorResponse message.
      await until(process, connection.read());
      const fields = `SFATAL\0C0A000\0M${NO_SQL}\0\0`;
      connection.write(`E\0\0\0${String.fromCharCode(fields.length + 4)}${fields}`);
    }))) return refuse(process, 1, `${stamp(process)} [${process.pid}] FATAL:  could not create any TCP/IP sockets`);
    await log(`listening on IPv4 address "0.0.0.0", port ${port}`);
    await log('listening on Unix socket "/var/run/postgresql/.s.PGSQL.5432"');
    await log('database system is ready to accept connections');
    const signal = await untilSignal(process, ['SIGINT', 'SIGTERM', 'SIGQUIT']);
    await log(`received ${signal === 'SIGINT' ? 'fast' : signal === 'SIGTERM' ? 'smart' : 'immediate'} shutdown request`);
    await log('database system is shut down');
    return 0;
  },
};

export const mysqld: Program = {
  name: 'mysqld',
  async run(process) {
    const note = (level: string, text: string) => process.stderr.write(`${stamp(process)} [${level}] [Entrypoint]: ${text}\n`);
    const version = process.env.get('MYSQL_VERSION') ?? '9.4.0-1.el9';
    await note('Note', `Entrypoint script for MySQL Server ${version} started.`);
    if (!['MYSQL_ROOT_PASSWORD', 'MYSQL_ALLOW_EMPTY_PASSWORD', 'MYSQL_RANDOM_ROOT_PASSWORD'].some((name) => process.env.get(name))) {
      await note('ERROR', 'Database is uninitialized and password option is not specified\n    You need to specify one of the following as an environment variable:\n    - MYSQL_ROOT_PASSWORD\n    - MYSQL_ALLOW_EMPTY_PASSWORD\n    - MYSQL_RANDOM_ROOT_PASSWORD');
      return 1;
    }
    const port = Number(flag(process, '--port') ?? 3306);
    const said = (text: string) => process.stderr.write(`${stamp(process)} 0 [System] ${text}\n`);
    if (!(await listen(process, port, (connection) => {
      // The server speaks first; an ERR packet takes the place of its greeting.
      const body = `\xff\x10\x04${NO_SQL}`;
      connection.write(`${String.fromCharCode(body.length)}\0\0\0${body}`);
      return Promise.resolve();
    }))) return refuse(process, 1, `${stamp(process)} 0 [ERROR] [MY-010262] [Server] Can't start server: Bind on TCP/IP port: Address already in use`);
    await said(`[MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '${version.split('-')[0]}'  socket: '/var/run/mysqld/mysqld.sock'  port: ${port}  MySQL Community Server - GPL.`);
    await untilSignal(process, ['SIGTERM']);
    await said(`[MY-013172] [Server] Received SHUTDOWN from user <via user signal>. Shutting down mysqld (Version: ${version.split('-')[0]}).`);
    return 0;
  },
};

/** @returns false when the port is taken */
async function listen(process: Process, port: number, serve: (connection: TcpConnection) => Promise<void>): Promise<boolean> {
  try {
    listenTcp(process, {
      port,
      onConnection: (connection) => {
        // A client that hangs up, or our own end, leaves nothing to do.
        serve(connection).then(() => connection.close(), () => connection.close());
      },
    });
    return Promise.resolve(true);
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    return false;
  }
}

function flag(process: Process, name: string): string | undefined {
  const at = process.argv.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  return at < 0 ? undefined : (process.argv[at]!.split('=')[1] ?? process.argv[at + 1]);
}

/** `2026-11-21T07:49:40.000Z`. */
const stamp = (process: Process) => new Date(process.machine.clock.unixMs()).toISOString();

const POSTGRES_NO_PASSWORD = `Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".

       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all
       connections without a password. This is *not* recommended.

       See PostgreSQL documentation about "trust":
       https://www.postgresql.org/docs/current/auth-trust.html`;
