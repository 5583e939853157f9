/** The `cache` directive: answers kept until their smallest TTL runs out, with what is left of it shown. See coredns plugin/cache. */
import type { DnsMessage, DnsRecord } from '../../../programs/dns/message.ts';
import { reply, type MakePlugin } from '../plugin.ts';

interface Entry {
  readonly message: DnsMessage;
  readonly storedMs: number;
  readonly ttl: number;
}

/** The real default is 9984 entries a shard; a lab never comes near. */
const CAPACITY = 10_000;

export const cachePlugin: MakePlugin = (directive, context) => {
  const limit = directive.args[0] !== undefined && /^\d+$/.test(directive.args[0]) ? Number(directive.args[0]) : 3600;
  const disabled: { kind: 'success' | 'denial'; zones: readonly string[] }[] = [];
  for (const [option, ...values] of directive.block) {
    if (option === 'disable') {
      if (values[0] !== 'success' && values[0] !== 'denial') throw context.refuse(directive, `cache type for disable must be "success" or "denial"`);
      disabled.push({ kind: values[0], zones: values.slice(1).map((zone) => zone.replace(/\.$/, '').toLowerCase()) });
    } else if (option !== 'success' && option !== 'denial' && option !== 'prefetch' && option !== 'serve_stale' && option !== 'servfail') {
      throw context.refuse(directive, `unknown property '${option}'`);
    }
  }
  const entries = new Map<string, Entry>();
  const off = (kind: 'success' | 'denial', name: string) =>
    disabled.some((one) => one.kind === kind && (one.zones.length === 0 || one.zones.some((zone) => name === zone || name.endsWith(`.${zone}`))));

  return (next) => async (query) => {
    const question = query.message.questions[0];
    if (!question) return next(query);
    const key = `${question.name.toLowerCase()} ${question.type}`;
    const known = entries.get(key);
    const ageSeconds = known ? Math.floor((context.clock.now() - known.storedMs) / 1000) : 0;
    if (known && ageSeconds < known.ttl) return aged(query.message, known, ageSeconds);
    entries.delete(key);
    const answer = await next(query);
    const kind = answer.rcode === 'NOERROR' && answer.answers.length > 0 ? 'success' : answer.rcode === 'NXDOMAIN' || answer.rcode === 'NOERROR' ? 'denial' : undefined;
    const ttl = Math.min(limit, ...[...answer.answers, ...answer.authorities].map((record) => record.ttl));
    if (kind && ttl > 0 && Number.isFinite(ttl) && !answer.truncated && !off(kind, question.name.toLowerCase())) {
      if (entries.size >= CAPACITY) entries.delete(entries.keys().next().value!);
      entries.set(key, { message: answer, storedMs: context.clock.now(), ttl });
    }
    return answer;
  };
};

function aged(query: DnsMessage, entry: Entry, seconds: number): DnsMessage {
  const left = (records: readonly DnsRecord[]) => records.map((record) => ({ ...record, ttl: Math.max(0, record.ttl - seconds) }));
  const { answers, authorities, additionals, rcode, authoritative } = entry.message;
  return reply(query, { rcode, ...(authoritative === undefined ? {} : { authoritative }), answers: left(answers), authorities: left(authorities), additionals: left(additionals) });
}
