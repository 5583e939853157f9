/**
 * redis-server and redis-cli, with the commands that labs use: PING ECHO SET GET DEL EXISTS INCR KEYS DBSIZE FLUSHALL.
 * Speaks RESP2 (redis.io/docs/reference/protocol-spec). Another command is refused as redis refuses one it does not know.
 * Differs from Linux: values live in memory only and do not expire; nothing is written to /data.
 */
import type { Process, Program } from '../../machine/program.ts';
import { NetError } from '../../net/errors.ts';
import type { TcpConnection } from '../../net/sockets.ts';
import { lookupFailureText, lookupHost } from '../dns/resolver.ts';
import { PieceReader } from '../http/message.ts';
import { connectTcp, listenTcp } from '../lifetime.ts';
import { until } from '../waiting.ts';
import { untilSignal } from './serving.ts';

type Command = (values: Map<string, string>, args: readonly string[]) => string;

export const redisServer: Program = {
  name: 'redis-server',
  async run(process) {
    const at = process.argv.indexOf('--port');
    const port = at >= 0 ? Number(process.argv[at + 1]) : 6379;
    const version = process.env.get('REDIS_VERSION') ?? '8.2.1';
    const log = (mark: string, text: string) => process.stdout.write(`${process.pid}:${mark === 'C' ? 'C' : 'M'} ${logTime(process)} ${mark === 'C' ? '*' : mark} ${text}\n`);
    await log('C', 'oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo');
    await log('C', `Redis version=${version}, bits=64, commit=00000000, modified=0, pid=${process.pid}, just started`);
    const values = new Map<string, string>();
    try {
      listenTcp(process, { port, onConnection: (connection) => void converse(process, connection, values) });
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      await log('#', `Warning: Could not create server TCP listening socket *:${port}: bind: ${error.message}`);
      await log('#', 'Failed listening on port 6379 (tcp), aborting.');
      return 1;
    }
    await log('*', `Running mode=standalone, port=${port}.`);
    await log('*', 'Server initialized');
    await log('*', 'Ready to accept connections tcp');
    await untilSignal(process, ['SIGTERM', 'SIGINT']);
    await log('#', 'User requested shutdown...');
    await log('#', 'Redis is now ready to exit, bye bye...');
    return 0;
  },
};

const COMMANDS: Readonly<Record<string, readonly [arity: number, run: Command]>> = {
  PING: [-1, (_, [text]) => (text === undefined ? '+PONG\r\n' : bulk(text))],
  ECHO: [2, (_, [text]) => bulk(text)],
  SET: [-3, (values, [key, value]) => (values.set(key!, value!), '+OK\r\n')],
  GET: [2, (values, [key]) => bulk(values.get(key!))],
  DEL: [-2, (values, keys) => integer(keys.filter((key) => values.delete(key)).length)],
  EXISTS: [-2, (values, keys) => integer(keys.filter((key) => values.has(key)).length)],
  INCR: [
    2,
    (values, [key]) => {
      const current = values.get(key!) ?? '0';
      if (!/^-?\d+$/.test(current)) return '-ERR value is not an integer or out of range\r\n';
      values.set(key!, String(Number(current) + 1));
      return integer(Number(current) + 1);
    },
  ],
  KEYS: [
    2,
    (values, [pattern]) => {
      const regex = new RegExp(`^${pattern!.replaceAll(/[.+^${}()|\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`);
      const keys = [...values.keys()].filter((key) => regex.test(key));
      return `*${keys.length}\r\n${keys.map(bulk).join('')}`;
    },
  ],
  DBSIZE: [1, (values) => integer(values.size)],
  FLUSHALL: [-1, (values) => (values.clear(), '+OK\r\n')],
};

async function converse(process: Process, connection: TcpConnection, values: Map<string, string>): Promise<void> {
  const reader = new PieceReader(() => until(process, connection.read()));
  try {
    for (let args = await readCommand(reader); args; args = await readCommand(reader)) {
      if (args.length > 0) connection.write(execute(values, args));
    }
    connection.close();
  } catch (error) {
    if (error instanceof NetError) return;
    if (process.signal.aborted) return;
    throw error;
  }
}

function execute(values: Map<string, string>, [name = '', ...args]: readonly string[]): string {
  const found = COMMANDS[name.toUpperCase()];
  if (!found) return `-ERR unknown command '${name}', with args beginning with: ${args.map((arg) => `'${arg}' `).join('')}\r\n`;
  const [arity, run] = found;
  const wrong = arity > 0 ? args.length + 1 !== arity : args.length + 1 < -arity;
  return wrong ? `-ERR wrong number of arguments for '${name.toLowerCase()}' command\r\n` : run(values, args);
}

/** A request: an array of bulk strings, or one line of words as telnet sends it. */
async function readCommand(reader: PieceReader): Promise<readonly string[] | undefined> {
  const first = await reader.line();
  if (first === undefined) return undefined;
  if (!first.startsWith('*')) return first.split(/\s+/).filter(Boolean);
  const args: string[] = [];
  for (let i = 0; i < Number(first.slice(1)); i++) args.push((await readBulk(reader, (await reader.line()) ?? '')) ?? '');
  return args;
}

async function readBulk(reader: PieceReader, head: string): Promise<string | undefined> {
  let left = Number(head.slice(1));
  if (left < 0) return undefined;
  let value = '';
  while (left > 0) {
    const piece = await reader.some(left);
    if (piece === undefined) break;
    value += piece;
    left -= piece.length;
  }
  await reader.line();
  return value;
}

export const redisCli: Program = {
  name: 'redis-cli',
  async run(process) {
    const args = [...process.argv.slice(1)];
    let host = '127.0.0.1';
    let port = 6379;
    while (args[0] === '-h' || args[0] === '-p') {
      const [name, value] = args.splice(0, 2);
      if (name === '-h') host = value ?? '';
      else port = Number(value);
    }
    const where = `${host}:${port}`;
    const found = await lookupHost(process, host);
    if (found.outcome !== 'found') return refuse(process, `Could not connect to Redis at ${where}: ${lookupFailureText(found.outcome)}`);
    try {
      const connection = await until(process, connectTcp(process, { destination: found.addresses[0]!, port }));
      const reader = new PieceReader(() => until(process, connection.read()));
      if (args.length > 0) return await once(process, connection, reader, args);
      for (let text = await process.stdin.read(); text !== undefined; text = await process.stdin.read()) {
        for (const line of text.split('\n').filter(Boolean)) await once(process, connection, reader, line.split(/\s+/));
      }
      connection.close();
      return 0;
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      return refuse(process, `Could not connect to Redis at ${where}: ${error.message}`);
    }
  },
};

async function once(process: Process, connection: TcpConnection, reader: PieceReader, args: readonly string[]): Promise<number> {
  connection.write(`*${args.length}\r\n${args.map(bulk).join('')}`);
  const reply = await printReply(reader, process.terminal !== undefined);
  await process.stdout.write(reply);
  return reply.startsWith('(error)') ? 1 : 0;
}

/** On a terminal redis-cli shows types, in a pipe only values. */
async function printReply(reader: PieceReader, pretty: boolean, prefix = ''): Promise<string> {
  const head = (await reader.line()) ?? '';
  const rest = head.slice(1);
  switch (head[0]) {
    case '+':
      return `${prefix}${rest}\n`;
    case '-':
      return pretty ? `${prefix}(error) ${rest}\n` : `${rest}\n\n`;
    case ':':
      return `${prefix}${pretty ? '(integer) ' : ''}${rest}\n`;
    case '$': {
      const value = await readBulk(reader, head);
      return value === undefined ? `${prefix}${pretty ? '(nil)' : ''}\n` : `${prefix}${pretty ? `"${value}"` : value}\n`;
    }
    default: {
      if (Number(rest) === 0) return pretty ? '(empty array)\n' : '\n';
      let text = '';
      for (let i = 0; i < Number(rest); i++) text += await printReply(reader, pretty, pretty ? `${i + 1}) ` : '');
      return text;
    }
  }
}

async function refuse(process: Process, words: string): Promise<number> {
  await process.stderr.write(`${words}\n`);
  return 1;
}

const bulk = (value: string | undefined) => (value === undefined ? '$-1\r\n' : `$${value.length}\r\n${value}\r\n`);
const integer = (value: number) => `:${value}\r\n`;

/** `21 Nov 2026 07:49:40.000`. */
function logTime(process: Process): string {
  const date = new Date(process.machine.clock.unixMs());
  const [, day, month, year, time] = date.toUTCString().split(' ');
  return `${day} ${month} ${year} ${time}.${String(date.getUTCMilliseconds()).padStart(3, '0')}`;
}
