/** The `kubernetes` directive: its options, and its place in the chain. The answers are made in ../kubernetes.ts. */
import type { DnsMessage, DnsQuestion, DnsRecord } from '../../../programs/dns/message.ts';
import { reply, type Handler, type MakePlugin } from '../plugin.ts';
import { lookupForward, lookupReverse, type KubernetesZone, type Lookup } from '../kubernetes.ts';

const REVERSE = ['in-addr.arpa', 'ip6.arpa'];
const OPTIONS = new Set(['pods', 'endpoint_pod_names', 'fallthrough', 'ttl', 'noendpoints', 'namespaces', 'labels', 'namespace_labels', 'endpoint', 'tls', 'kubeconfig', 'ignore']);
const SUPPORTED = new Set(['pods', 'fallthrough', 'ttl']);

export const kubernetesPlugin: MakePlugin = (directive, context) => {
  const zones = directive.args.map((zone) => zone.replace(/\.$/, '').toLowerCase());
  const forward = zones.filter((zone) => !REVERSE.includes(zone));
  const reverse = zones.some((zone) => REVERSE.includes(zone));
  let pods: KubernetesZone['pods'] = 'disabled';
  let ttl = 5;
  let fallthrough: readonly string[] | undefined;
  for (const [option, ...values] of directive.block) {
    if (!OPTIONS.has(option!)) throw context.refuse(directive, `unknown property '${option}'`);
    if (!SUPPORTED.has(option!)) throw context.refuse(directive, `property '${option}' is not available in this simulator`);
    if (option === 'ttl') {
      ttl = Number(values[0]);
      if (!Number.isInteger(ttl) || ttl < 0 || ttl > 3600) throw context.refuse(directive, `ttl must be in range [0, 3600]: ${values[0] ?? ''}`);
    }
    if (option === 'pods') {
      if (values[0] !== 'disabled' && values[0] !== 'insecure' && values[0] !== 'verified') throw context.refuse(directive, `wrong value for pods: ${values[0] ?? ''},  must be one of: disabled, verified, insecure`);
      pods = values[0];
    }
    if (option === 'fallthrough') fallthrough = values.length > 0 ? values.map((zone) => zone.replace(/\.$/, '').toLowerCase()) : [''];
  }
  const falls = (name: string) => fallthrough?.some((zone) => zone === '' || name === zone || name.endsWith(`.${zone}`)) ?? false;

  return (next) => {
    const handler: Handler = async (query) => {
      const question = query.message.questions[0];
      if (!question) return next(query);
      const name = question.name.toLowerCase();
      const origin = forward.find((one) => name === one || name.endsWith(`.${one}`));
      if (origin === undefined && !(reverse && name.endsWith('.arpa'))) return next(query);
      const zone: KubernetesZone = { zone: origin ?? forward[0] ?? 'cluster.local', ttl, pods };
      const lookup = origin === undefined ? lookupReverse(context.component.registry, zone, question) : atApex(question, zone, context.clock.unixMs()) ?? lookupForward(context.component.registry, zone, question);
      if ((lookup.kind === 'not-mine' || lookup.kind === 'no-such-name') && falls(name)) return next(query);
      const alias = aliasOf(lookup, question);
      if (alias === undefined || lookup.kind !== 'found') return toMessage(query.message, lookup, soa(zone, context.clock.unixMs()));
      // What an ExternalName points to is asked for at once: by us when it is ours, else by whoever comes next.
      const deeper = query.aliases ?? 0;
      const followed = deeper < MAX_ALIASES ? await handler({ ...query, aliases: deeper + 1, message: { ...query.message, questions: [{ ...question, name: alias }] } }).catch(() => undefined) : undefined;
      const answers = followed?.rcode === 'NOERROR' ? [...lookup.answers, ...followed.answers] : lookup.answers;
      return toMessage(query.message, { ...lookup, answers }, soa(zone, context.clock.unixMs()));
    };
    return handler;
  };
};

/** CoreDNS follows as many before it suspects a circle; see plugin/pkg/upstream. */
const MAX_ALIASES = 8;

function aliasOf(lookup: Lookup, question: DnsQuestion): string | undefined {
  const only = lookup.kind === 'found' && lookup.answers.length === 1 ? lookup.answers[0] : undefined;
  return only?.type === 'CNAME' && (question.type === 'A' || question.type === 'AAAA') ? only.target : undefined;
}

function atApex(question: DnsQuestion, zone: KubernetesZone, unixMs: number): Lookup | undefined {
  if (question.name.toLowerCase() !== zone.zone || question.type !== 'SOA') return undefined;
  return { kind: 'found', answers: [soa(zone, unixMs)], additionals: [] };
}

function soa(zone: KubernetesZone, unixMs: number): DnsRecord {
  return { name: zone.zone, ttl: zone.ttl, type: 'SOA', primary: `ns.dns.${zone.zone}`, mailbox: `hostmaster.${zone.zone}`, serial: Math.floor(unixMs / 1000), refresh: 7200, retry: 1800, expire: 86400, minimum: zone.ttl };
}

function toMessage(query: DnsMessage, lookup: Lookup, authority: DnsRecord): DnsMessage {
  if (lookup.kind === 'found') return reply(query, { authoritative: true, answers: lookup.answers, additionals: lookup.additionals });
  return reply(query, { authoritative: true, rcode: lookup.kind === 'no-data' ? 'NOERROR' : 'NXDOMAIN', authorities: [authority] });
}
