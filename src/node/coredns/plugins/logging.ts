/** The `errors` and `log` directives. See coredns plugin/log: the common log format, one line a query. */
import { encode } from '../../../programs/dns/message.ts';
import { UpstreamFailure, type MakePlugin } from '../plugin.ts';

export const errorsPlugin: MakePlugin = (_directive, context) => (next) => async (query) => {
  try {
    return await next(query);
  } catch (error) {
    const question = query.message.questions[0];
    if (error instanceof UpstreamFailure) context.log(`[ERROR] plugin/errors: 2 ${question?.name ?? ''}. ${question?.type ?? ''}: ${error.message}`);
    throw error;
  }
};

export const logPlugin: MakePlugin = (_directive, context) => (next) => async (query) => {
  const startedMs = context.clock.now();
  const answer = await next(query);
  const question = query.message.questions[0];
  const flags = ['qr', ...(answer.authoritative ? ['aa'] : []), ...(answer.truncated ? ['tc'] : []), ...(answer.recursionDesired ? ['rd'] : []), ...(answer.recursionAvailable ? ['ra'] : [])].join(',');
  const seconds = ((context.clock.now() - startedMs) / 1000 || 0.0001).toFixed(9).replace(/0+$/, '');
  context.log(`[INFO] ${query.from.address}:${query.from.port} - ${query.message.id} "${question?.type ?? '-'} IN ${question?.name ?? ''}. ${query.transport} ${query.size} false ${query.message.edns?.udpSize ?? 512}" ${answer.rcode} ${flags} ${encode(answer).length} ${seconds}s`);
  return answer;
};
