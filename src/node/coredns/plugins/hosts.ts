/** The `hosts` directive: addresses from a hosts file or from lines in the Corefile. See coredns plugin/hosts. */
import { parseIpv4 } from '../../../base/address.ts';
import type { DnsRecord } from '../../../programs/dns/message.ts';
import { reply, type MakePlugin } from '../plugin.ts';

export const hostsPlugin: MakePlugin = (directive, context) => {
  const inline: string[][] = [];
  let falls: readonly string[] | undefined;
  const zones = directive.args.length > 1 ? directive.args.slice(1).map(plain) : [plain(context.zone)];
  let ttl = 3600;
  for (const words of directive.block) {
    if (words[0] === 'fallthrough') falls = words.length > 1 ? words.slice(1).map(plain) : [''];
    else if (words[0] === 'ttl') ttl = Number(words[1]);
    else if (words[0] === 'reload' || words[0] === 'no_reverse') continue;
    else if (parseIpv4(words[0]!)) inline.push([...words]);
    else throw context.refuse(directive, `unknown property '${words[0]}'`);
  }
  const path = directive.args[0] ?? '/etc/hosts';
  const lines = () => {
    const fromFile = context.process.files.exists(path) ? context.process.files.read(path).split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/)) : [];
    return [...inline, ...fromFile].filter((words) => parseIpv4(words[0] ?? '') !== undefined);
  };

  return (next) => async (query) => {
    const question = query.message.questions[0];
    // PTR is never kept: whoever comes next may know the address.
    if (!question || question.type === 'PTR' || !zones.some((zone) => isWithin(question.name, zone))) return next(query);
    const name = plain(question.name);
    const matching = lines().filter((words) => words.slice(1).some((host) => plain(host) === name));
    if (matching.length === 0) {
      if (falls?.some((zone) => isWithin(name, zone))) return next(query);
      // An NXDOMAIN would need an SOA, which a hosts file does not have.
      return reply(query.message, { rcode: 'SERVFAIL' });
    }
    const answers: DnsRecord[] = question.type === 'A' ? matching.map((words) => ({ name: question.name, ttl, type: 'A', address: parseIpv4(words[0]!)! })) : [];
    return reply(query.message, { authoritative: true, answers });
  };
};

const plain = (name: string): string => name.replace(/\.$/, '').toLowerCase();

const isWithin = (name: string, zone: string): boolean => zone === '' || plain(name) === zone || plain(name).endsWith(`.${zone}`);
