/** Queries on the wire: UDP with truncation, TCP with length prefixes, the longest matching zone answers. RFC 1035 §4.2. */
import type { Disposer } from '../../base/clock.ts';
import type { Process } from '../../machine/program.ts';
import type { TcpConnection } from '../../net/sockets.ts';
import { decode, encode, type DnsMessage } from '../../programs/dns/message.ts';
import { until } from '../../programs/waiting.ts';
import { reply, UpstreamFailure, type Handler, type Query } from './plugin.ts';
import type { LoopProbes } from './loop.ts';

export interface ZoneHandler {
  readonly zone: string;
  readonly handler: Handler;
}

/** Without EDNS a UDP answer may not be longer. */
const PLAIN_UDP_LIMIT = 512;

/** @returns how to stop. @throws NetError when the port is taken */
export function listen(process: Process, port: number, zones: readonly ZoneHandler[], probes: LoopProbes): Disposer {
  const owner = { pid: process.pid, program: 'coredns' };
  const udp = process.netns.sockets.bindUdp({
    port,
    owner,
    onMessage: (data, from) => {
      void answer(zones, probes, data, from, 'udp').then((message) => {
        if (message) udp.send(fit(message), from);
      });
    },
  });
  const tcp = process.netns.sockets.listenTcp({ port, owner, onConnection: (connection) => void serveTcp(process, connection, zones, probes) });
  return () => {
    udp.close();
    tcp.close();
  };
}

async function serveTcp(process: Process, connection: TcpConnection, zones: readonly ZoneHandler[], probes: LoopProbes): Promise<void> {
  let buffer = '';
  try {
    for (;;) {
      const length = buffer.length >= 2 ? buffer.charCodeAt(0) * 256 + buffer.charCodeAt(1) : undefined;
      if (length === undefined || buffer.length < 2 + length) {
        const more = await until(process, connection.read());
        if (more === undefined) break;
        buffer += more;
        continue;
      }
      const message = await answer(zones, probes, buffer.slice(2, 2 + length), connection.remote, 'tcp');
      buffer = buffer.slice(2 + length);
      if (!message) break;
      const bytes = encode(message);
      connection.write(String.fromCharCode(bytes.length >> 8, bytes.length & 255) + bytes);
    }
    connection.end();
  } catch {
    // A client that hangs up, or this server's own end: nobody is left to tell.
    connection.reset();
  }
}

async function answer(zones: readonly ZoneHandler[], probes: LoopProbes, data: string, from: { readonly address: string; readonly port: number }, transport: Query['transport']): Promise<DnsMessage | undefined> {
  const message = decode(data);
  if (!message || message.response) return undefined;
  const name = message.questions[0]?.name.toLowerCase() ?? '';
  probes.get(name)?.();
  const best = zones
    .filter(({ zone }) => zone === '' || name === zone || name.endsWith(`.${zone}`))
    .sort((a, b) => b.zone.length - a.zone.length)[0];
  if (!best) return reply(message, { rcode: 'REFUSED' });
  try {
    return await best.handler({ message, from, transport, size: data.length });
  } catch (error) {
    if (!(error instanceof UpstreamFailure)) throw error;
    return reply(message, { rcode: 'SERVFAIL' });
  }
}

/** Too long for the client's buffer: as many records as fit, and TC, so that it asks again over TCP (dns.Msg.Truncate). */
function fit(message: DnsMessage): string {
  const limit = Math.max(PLAIN_UDP_LIMIT, message.edns?.udpSize ?? 0);
  const whole = encode(message);
  if (whole.length <= limit) return whole;
  const compressed = encode(message, true);
  if (compressed.length <= limit) return compressed;
  let most = 0;
  const cut = (answers: number) => encode({ ...message, truncated: true, answers: message.answers.slice(0, answers), authorities: [], additionals: [] }, true);
  for (let few = 0, many = message.answers.length; few <= many; ) {
    const middle = (few + many) >> 1;
    if (cut(middle).length <= limit) {
      most = middle;
      few = middle + 1;
    } else many = middle - 1;
  }
  return cut(most);
}
