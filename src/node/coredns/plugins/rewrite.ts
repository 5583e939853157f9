/** The `rewrite name` directive: asks for another name and answers under the first one. See coredns plugin/rewrite. */
import type { DnsRecord } from '../../../programs/dns/message.ts';
import type { MakePlugin } from '../plugin.ts';

type Rewriter = (name: string) => string | undefined;

export const rewritePlugin: MakePlugin = (directive, context) => {
  const words = directive.args.filter((word) => word !== 'stop' && word !== 'continue');
  if (words[0] !== 'name') throw context.refuse(directive, words[0] === undefined ? 'Wrong argument count or unexpected line ending' : `rewrite field '${words[0]}' is not available in this simulator`);
  const rewriter = makeRewriter(words.slice(1).filter((word, index, all) => word !== 'answer' && all[index - 1] !== 'answer'));
  if (!rewriter) throw context.refuse(directive, 'Wrong argument count or unexpected line ending');

  return (next) => async (query) => {
    const question = query.message.questions[0];
    const target = question && rewriter(question.name.toLowerCase());
    if (!question || target === undefined || target === question.name.toLowerCase()) return next(query);
    const answer = await next({ ...query, message: { ...query.message, questions: [{ ...question, name: target }] } });
    const back = (record: DnsRecord): DnsRecord => (record.name.toLowerCase() === target ? { ...record, name: question.name } : record);
    return { ...answer, questions: query.message.questions, answers: answer.answers.map(back) };
  };
};

const plain = (name: string) => name.replace(/\.$/, '').toLowerCase();

function makeRewriter(words: readonly string[]): Rewriter | undefined {
  const kinds = ['exact', 'prefix', 'suffix', 'substring', 'regex'];
  const [kind, from, to] = kinds.includes(words[0]!) ? words : ['exact', ...words];
  if (from === undefined || to === undefined) return undefined;
  switch (kind) {
    case 'exact':
      return (name) => (name === plain(from) ? plain(to) : undefined);
    case 'prefix':
      return (name) => (name.startsWith(from) ? to + name.slice(from.length) : undefined);
    case 'suffix':
      return (name) => (`${name}.`.endsWith(from.endsWith('.') ? from : `${from}.`) ? plain(name.slice(0, name.length - plain(from).length) + plain(to)) : undefined);
    case 'substring':
      return (name) => (name.includes(from) ? name.replace(from, to) : undefined);
    default: {
      // Names are matched with their final dot left out, as they are written here.
      const pattern = new RegExp(from.replace(/\\?\.\$$/, '$'));
      return (name) => {
        const match = pattern.exec(name);
        return match ? plain(to.replace(/\{(\d)\}/g, (_, group: string) => match[Number(group)] ?? '')) : undefined;
      };
    }
  }
}
