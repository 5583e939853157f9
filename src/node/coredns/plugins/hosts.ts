/** The `hosts` directive: addresses from a hosts file or from lines in the Corefile. See coredns plugin/hosts. */
import { parseIpv4 } from '../../../base/address.ts';
import type { DnsRecord } from '../../../programs/dns/message.ts';
import { reply, type MakePlugin } from '../chain.ts';

export const hostsPlugin: MakePlugin = (directive, context) => {
  const inline: string[][] = [];
  let fallthrough = false;
  let ttl = 3600;
  for (const words of directive.block) {
    if (words[0] === 'fallthrough') fallthrough = true;
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
    if (!question || (question.type !== 'A' && question.type !== 'AAAA')) return next(query);
    const name = question.name.toLowerCase();
    const matching = lines().filter((words) => words.slice(1).some((host) => host.replace(/\.$/, '').toLowerCase() === name));
    if (matching.length === 0) return fallthrough ? next(query) : directive.args.length > 1 ? reply(query.message, { rcode: 'NXDOMAIN', authoritative: true }) : next(query);
    const answers: DnsRecord[] = question.type === 'A' ? matching.map((words) => ({ name: question.name, ttl, type: 'A', address: parseIpv4(words[0]!)! })) : [];
    return reply(query.message, { authoritative: true, answers });
  };
};
