/** A note for the reader; always true. */
import { given, type MatchKind, quote, RuleSyntaxError } from '../extension.ts';

export const comment: MatchKind = {
  name: 'comment',
  options: { comment: 1 },
  build(all) {
    const text = given(all, 'comment')?.values[0];
    if (text === undefined) throw new RuleSyntaxError('comment: option "--comment" must be specified\n');
    return {
      name: 'comment',
      matches: () => true,
      toArgs: () => ['-m', 'comment', '--comment', text],
      save: () => `-m comment --comment ${quote(text)}`,
      list: () => `/* ${text} */`,
    };
  },
};
