/**
 * One server block as a chain of plugins in CoreDNS's own order (plugin.cfg), whatever order the Corefile has them in.
 * Knows no socket: a query comes in, an answer goes out.
 */
import type { ServerBlock } from './corefile.ts';
import { reply, type Handler, type MakePlugin, type PluginContext } from './plugin.ts';
import { cachePlugin } from './plugins/cache.ts';
import { forwardPlugin } from './plugins/forward.ts';
import { hostsPlugin } from './plugins/hosts.ts';
import { kubernetesPlugin } from './plugins/kubernetes.ts';
import { loadbalancePlugin } from './plugins/loadbalance.ts';
import { errorsPlugin, logPlugin } from './plugins/logging.ts';
import { rewritePlugin } from './plugins/rewrite.ts';

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
