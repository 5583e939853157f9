/** The `loadbalance` directive: addresses of an answer in a random order, other records first. See coredns plugin/loadbalance. */
import type { MakePlugin } from '../plugin.ts';

export const loadbalancePlugin: MakePlugin = (directive, context) => {
  if (directive.args.length > 0 && directive.args[0] !== 'round_robin') throw context.refuse(directive, `unknown policy: ${directive.args[0]}`);
  return (next) => async (query) => {
    const answer = await next(query);
    const addresses = answer.answers.filter((record) => record.type === 'A' || record.type === 'AAAA');
    if (addresses.length < 2) return answer;
    const start = context.component.rng.below(addresses.length);
    const others = answer.answers.filter((record) => record.type !== 'A' && record.type !== 'AAAA');
    return { ...answer, answers: [...others, ...addresses.slice(start), ...addresses.slice(0, start)] };
  };
};
