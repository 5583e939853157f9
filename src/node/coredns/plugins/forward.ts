/** The `forward` directive: asks upstream servers over the pod's own network. See coredns plugin/forward. */
import { parseIpv4, type Ipv4 } from '../../../base/address.ts';
import { ask, resolverConfig } from '../../../programs/dns/resolver.ts';
import { UpstreamFailure, type MakePlugin } from '../plugin.ts';

const READ_TIMEOUT_MS = 2000;
/** One query may try upstreams for this long. */
const DEADLINE_MS = 5000;
const OPTIONS = new Set(['max_concurrent', 'policy', 'force_tcp', 'prefer_udp', 'expire', 'max_fails', 'health_check', 'except', 'next', 'failfast_all_unhealthy_upstreams', 'tls', 'tls_servername']);

export const forwardPlugin: MakePlugin = (directive, context) => {
  const [from, ...to] = directive.args;
  if (from === undefined || to.length === 0) throw context.refuse(directive, `Wrong argument count or unexpected line ending after '${from ?? 'forward'}'`);
  const zone = from.replace(/\.$/, '').toLowerCase();
  let except: readonly string[] = [];
  let tcp = false;
  for (const [option, ...values] of directive.block) {
    if (!OPTIONS.has(option!)) throw context.refuse(directive, `unknown property '${option}'`);
    if (option === 'tls' || option === 'tls_servername') throw context.refuse(directive, `property '${option}' is not available in this simulator`);
    if (option === 'except') except = values.map((one) => one.replace(/\.$/, '').toLowerCase());
    if (option === 'force_tcp') tcp = true;
  }
  const upstreams = to.flatMap((one) => upstreamsOf(one));
  if (upstreams.length === 0) throw context.refuse(directive, `not an IP address or file: "${to[0]}"`);

  return (next) => async (query) => {
    const question = query.message.questions[0];
    if (!question) return next(query);
    const name = question.name.toLowerCase();
    const within = (one: string) => one === '' || name === one || name.endsWith(`.${one}`);
    if (!within(zone) || except.some(within)) return next(query);
    const startedMs = context.clock.now();
    let failure = 'no upstream';
    for (let attempt = 0; attempt < 2 * upstreams.length && context.clock.now() - startedMs < DEADLINE_MS; attempt++) {
      const upstream = upstreams[(context.component.rng.below(upstreams.length) + attempt) % upstreams.length]!;
      const answer = await ask(context.process, upstream.address, question.name, question.type, { timeoutMs: READ_TIMEOUT_MS, port: upstream.port, tcp: tcp || query.transport === 'tcp' });
      if (answer.outcome === 'reply') return { ...answer.message, id: query.message.id, ...(query.message.edns ? { edns: query.message.edns } : {}) };
      const peer = `${upstream.address}:${upstream.port}`;
      const local = `${context.process.netns.addresses('eth0')[0]?.address.address ?? ''}:${answer.localPort ?? 0}`;
      failure = answer.outcome === 'timed-out' ? `read udp ${local}->${peer}: i/o timeout` : answer.outcome === 'refused' ? `read udp ${local}->${peer}: read: connection refused` : `dial udp ${peer}: connect: network is unreachable`;
    }
    throw new UpstreamFailure(failure);
  };

  /** `/etc/resolv.conf`, `10.0.0.1`, `10.0.0.1:5353`, `dns://…` */
  function upstreamsOf(text: string): readonly { address: Ipv4; port: number }[] {
    const bare = text.replace(/^dns:\/\//, '');
    const [host, port] = bare.split(':');
    const address = parseIpv4(host ?? '');
    if (address) return [{ address, port: Number(port ?? 53) }];
    if (!context.process.files.exists(bare)) return [];
    return resolverConfig(context.process.files).servers.map((server) => ({ address: server, port: 53 }));
  }
};
