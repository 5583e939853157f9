/** What dig, host and nslookup of BIND share: one resolver of their own, which asks servers directly and tells every try. */
import { type Ipv4, parseIpv4 } from '../../base/address.ts';
import type { Process } from '../../machine/program.ts';
import type { DnsQuestion, Edns } from '../dns/message.ts';
import { ask, lookupHost, type ServerReply } from '../dns/resolver.ts';

export const VERSION = '9.18.49';

export interface BindQuery {
  readonly servers: readonly Ipv4[];
  readonly port?: number | undefined;
  readonly timeoutMs: number;
  readonly tries: number;
  readonly tcp?: boolean;
  readonly edns?: Edns | undefined;
  readonly authenticData?: boolean;
  readonly recursionDesired?: boolean;
}

export type BindReply = Extract<ServerReply, { outcome: 'reply' }> & { readonly server: Ipv4 };

/** Ask until somebody answers; failures are told on stdout as they happen. */
export async function askLoudly(process: Process, name: string, type: DnsQuestion['type'], query: BindQuery): Promise<BindReply | undefined> {
  for (let attempt = 0; attempt < query.tries; attempt++) {
    for (const server of query.servers) {
      const reply = await ask(process, server, name, type, {
        timeoutMs: query.timeoutMs, tcp: query.tcp ?? false, edns: query.edns, authenticData: query.authenticData ?? false, recursionDesired: query.recursionDesired ?? true,
        ...(query.port === undefined ? {} : { port: query.port }),
      });
      if (reply.outcome === 'reply') return { ...reply, server };
      const why = { 'timed-out': 'timed out', refused: 'connection refused', unreachable: 'network unreachable' }[reply.outcome];
      const port = query.port ?? 53;
      await process.stdout.write(
        query.tcp ? `;; Connection to ${server}#${port}(${server}) for ${name} failed: ${why}.\n` : `;; communications error to ${server}#${port}: ${why}\n`,
      );
      // A refused TCP connection is not tried again.
      if (query.tcp && reply.outcome === 'refused') return undefined;
    }
  }
  return undefined;
}

/** The names to try in turn, by dig's own rule: fewer dots than ndots, search first. */
export function searchNames(name: string, search: readonly string[], ndots: number): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const searched = search.map((domain) => `${name}.${domain}`);
  return name.split('.').length - 1 >= ndots ? [name, ...searched] : [...searched, name];
}

/** `@server`: an address or a name that resolves. */
export async function serverAddress(process: Process, text: string): Promise<Ipv4 | undefined> {
  const literal = parseIpv4(text);
  if (literal) return literal;
  const found = await lookupHost(process, text);
  return found.outcome === 'found' ? found.addresses[0] : undefined;
}
