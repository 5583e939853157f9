/** Whose socket sent it; only in OUTPUT and POSTROUTING does anybody know. See xt_owner.c. */
import { given, type Given, type MatchKind, parseNumber, printGiven, RuleSyntaxError } from '../extension.ts';

interface Ids {
  readonly first: number;
  readonly last: number;
}

export const owner: MatchKind = {
  name: 'owner',
  options: { 'uid-owner': 1, 'gid-owner': 1, 'socket-exists': 0, 'suppl-groups': 0 },
  build(all, { idOf }) {
    const uid = given(all, 'uid-owner');
    const gid = given(all, 'gid-owner');
    const exists = given(all, 'socket-exists');
    const supplementary = given(all, 'suppl-groups');
    if (!uid && !gid && !exists) throw new RuleSyntaxError('owner: At least one of --uid-owner, --gid-owner or --socket-exists is required');
    const users = uid && parseIds(uid, (name) => idOf?.('user', name));
    const groups = gid && parseIds(gid, (name) => idOf?.('group', name));
    const says = (one: Given | undefined, words: string) => (one ? [`${one.negated ? '! ' : ''}${words}`] : []);
    return {
      name: 'owner',
      hooks: ['output', 'postrouting'],
      matches({ owner: socket }) {
        const within = (ids: Ids, id: number) => socket !== undefined && id >= ids.first && id <= ids.last;
        if (exists && (socket !== undefined) === exists.negated) return false;
        if (uid && within(users!, socket?.uid ?? 0) === uid.negated) return false;
        return !(gid && within(groups!, socket?.gid ?? 0) === gid.negated);
      },
      toArgs: () => ['-m', 'owner', ...printGiven(exists), ...printGiven(uid, users && printIds(users)), ...printGiven(gid, groups && printIds(groups)), ...printGiven(supplementary)],
      list: () => [...says(exists, 'owner socket exists'), ...says(uid, `owner UID match ${users && printIds(users)}`), ...says(gid, `owner GID match ${groups && printIds(groups)}`), ...says(supplementary, 'incl. suppl. groups')].join(' '),
    };
  },
};

/** A name, a number, or the first and the last number. */
function parseIds({ option, values }: Given, byName: (name: string) => number | undefined): Ids {
  const text = values[0]!;
  const range = /^(\d+)(?:-(\d+))?$/.exec(text);
  const first = byName(text) ?? parseNumber(range?.[1] ?? '');
  const last = range?.[2] === undefined ? first : parseNumber(range[2]);
  if (first === undefined || last === undefined || last < first) throw new RuleSyntaxError(`owner: Bad value for "--${option}" option: "${text}"`);
  return { first, last };
}

const printIds = ({ first, last }: Ids): string => (first === last ? String(first) : `${first}-${last}`);
