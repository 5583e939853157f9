/**
 * One server block as a chain of plugins in CoreDNS's own order (plugin.cfg), whatever order the Corefile has them in.
 * Knows no socket: a query comes in, an answer goes out.
 */
import type { Clock } from '../../base/clock.ts';
import type { DnsMessage } from '../../programs/dns/message.ts';
import { CorefileError, type Directive, type ServerBlock } from './corefile.ts';
import { cachePlugin } from './plugins/cache.ts';
import { forwardPlugin } from './plugins/forward.ts';
import { hostsPlugin } from './plugins/hosts.ts';
import { kubernetesPlugin } from './plugins/kubernetes.ts';
import { loadbalancePlugin } from './plugins/loadbalance.ts';
import { errorsPlugin, logPlugin } from './plugins/logging.ts';
import { rewritePlugin } from './plugins/rewrite.ts';
import type { Component } from '../component.ts';
import type { Process } from '../../machine/program.ts';

export interface Query {
  readonly message: DnsMessage;
  readonly from: { readonly address: string; readonly port: number };
  readonly transport: 'udp' | 'tcp';
  readonly size: number;
  /** How many aliases led here. */
  readonly aliases?: number;
}

export type Handler = (query: Query) => Promise<DnsMessage>;
/** No upstream answered: the client gets SERVFAIL, the `errors` plugin logs the reason. */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';
}

/** Wraps the rest of the chain. */
export type Plugin = (next: Handler) => Handler;

export interface PluginContext {
  readonly process: Process;
  readonly component: Component;
  readonly clock: Clock;
  readonly zone: string;
  readonly log: (line: string) => void;
  /** For refusals: `file:line - Error during parsing: …`. */
  readonly refuse: (directive: Directive, message: string) => CorefileError;
}

export type MakePlugin = (directive: Directive, context: PluginContext) => Plugin;

/** In the order of CoreDNS's plugin.cfg. Those with `undefined` act outside the chain: see server.ts. */
const PLUGINS: readonly (readonly [name: string, make: MakePlugin | undefined])[] = [
  ['reload', undefined],
  ['ready', undefined],
  ['health', undefined],
  ['prometheus', undefined],
  ['errors', errorsPlugin],
  ['log', logPlugin],
  ['loadbalance', loadbalancePlugin],
  ['cache', cachePlugin],
  ['rewrite', rewritePlugin],
  ['hosts', hostsPlugin],
  ['kubernetes', kubernetesPlugin],
  ['loop', undefined],
  ['forward', forwardPlugin],
];

/** Plugins that the real program has and this one does not: refused by name, not passed over. */
const UNSUPPORTED = new Set(['root', 'metadata', 'geoip', 'cancel', 'tls', 'quic', 'timeouts', 'multisocket', 'nsid', 'bufsize', 'bind', 'debug', 'trace', 'pprof', 'dnstap', 'local', 'dns64', 'acl', 'any', 'chaos', 'dnssec', 'autopath', 'minimal', 'template', 'transfer', 'route53', 'azure', 'clouddns', 'k8s_external', 'file', 'auto', 'secondary', 'etcd', 'grpc', 'erratic', 'whoami', 'on', 'sign', 'view', 'header', 'import']);

/** @throws CorefileError for an unknown directive or a plugin's wrong arguments */
export function buildChain(block: ServerBlock, context: PluginContext): Handler {
  for (const directive of block.directives) {
    if (PLUGINS.some(([name]) => name === directive.name)) continue;
    throw context.refuse(directive, UNSUPPORTED.has(directive.name) ? `plugin '${directive.name}' is not available in this simulator` : `Unknown directive '${directive.name}'`);
  }
  const plugins = PLUGINS.flatMap(([name, make]) => block.directives.filter((directive) => make && directive.name === name).map((directive) => make!(directive, context)));
  return plugins.reduceRight<Handler>((next, plugin) => plugin(next), refused);
}

/** What is left when no plugin answers. */
const refused: Handler = (query) => Promise.resolve(reply(query.message, { rcode: 'REFUSED' }));

/** An answer to `query` with the parts given. */
export function reply(query: DnsMessage, parts: Partial<DnsMessage>): DnsMessage {
  return {
    id: query.id,
    response: true,
    recursionDesired: query.recursionDesired ?? false,
    rcode: 'NOERROR',
    questions: query.questions,
    answers: [],
    authorities: [],
    additionals: [],
    ...(query.edns ? { edns: { udpSize: query.edns.udpSize, options: query.edns.options } } : {}),
    ...parts,
  };
}
