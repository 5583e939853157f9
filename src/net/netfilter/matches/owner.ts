/** Whose socket sent it; only in OUTPUT and POSTROUTING does anybody know. */
import { given, type MatchKind, parseNumber, printGiven, RuleSyntaxError } from '../extension.ts';

export const owner: MatchKind = {
  name: 'owner',
  options: { 'uid-owner': 1, 'socket-exists': 0 },
  build(all) {
    const uid = given(all, 'uid-owner');
    const exists = given(all, 'socket-exists');
    if (!uid && !exists) throw new RuleSyntaxError('owner: At least one of --uid-owner, --gid-owner or --socket-exists is required');
    const wanted = uid && (uid.values[0] === 'root' ? 0 : parseNumber(uid.values[0]!));
    if (uid && wanted === undefined) throw new RuleSyntaxError(`owner: Bad value for "--uid-owner" option: "${uid.values[0]}"`);
    return {
      name: 'owner',
      hooks: ['output', 'postrouting'],
      matches({ owner: socket }) {
        if (exists && (socket !== undefined) === exists.negated) return false;
        return !(uid && (socket !== undefined && (socket.uid ?? 0) === wanted) === uid.negated);
      },
      toArgs: () => ['-m', 'owner', ...printGiven(exists), ...printGiven(uid, String(wanted))],
      list: () => [...(exists ? [`${exists.negated ? '! ' : ''}owner socket exists`] : []), ...(uid ? [`${uid.negated ? '! ' : ''}owner UID match ${wanted}`] : [])].join(' '),
    };
  },
};
