/** Who may do what: asks the cluster's own authorizer, as `kubectl auth can-i --as` does. Reads no roles: many roads lead there. */
import { type Checker, Params } from '../src/lab/checker.ts';

interface CanIParams {
  readonly user: string;
  readonly groups: readonly string[];
  readonly verbs: readonly string[];
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly allowed: boolean;
  readonly nudge: string | undefined;
}

export const canI: Checker<CanIParams> = {
  name: 'can-i',

  parse(value) {
    const params = new Params(value);
    const account = params.optionalText('serviceAccount');
    const user = params.optionalText('user');
    if ((account === undefined) === (user === undefined)) throw new Error('give either `with.user` or `with.serviceAccount` (namespace/name)');
    const [home, plain] = account?.split('/') ?? [];
    if (account !== undefined && (!home || !plain)) throw new Error('`with.serviceAccount` is written namespace/name');
    const groups = params.optionalTexts('groups') ?? (home ? ['system:serviceaccounts', `system:serviceaccounts:${home}`, 'system:authenticated'] : ['system:authenticated']);
    const parsed = {
      user: user ?? `system:serviceaccount:${home}:${plain}`, groups,
      verbs: params.texts('verbs'), resource: params.text('resource'), namespace: params.optionalText('namespace'), name: params.optionalText('name'),
      allowed: params.optionalFlag('allowed') ?? true, nudge: params.optionalText('nudge'),
    };
    params.done();
    return parsed;
  },

  title: ({ user, verbs, resource, namespace, allowed }) => `${user} may ${allowed ? '' : 'not '}${verbs.join(', ')} ${resource}${namespace === undefined ? '' : ` in namespace "${namespace}"`}`,

  async run(params, cluster) {
    const { user, groups, verbs, resource, namespace, name, allowed, nudge } = params;
    const answers = await Promise.all(verbs.map(async (verb) => ({ verb, may: await cluster.mayDo({ user, groups }, { verb, resource, ...(namespace === undefined ? {} : { namespace }), ...(name === undefined ? {} : { name }) }) })));
    const wrong = answers.filter(({ may }) => may !== allowed).map(({ verb }) => verb);
    const saw = `${user} may ${allowed === (wrong.length === 0) ? '' : 'not '}${(wrong.length === 0 ? verbs : wrong).join(', ')} ${resource}`;
    return wrong.length === 0 ? { status: 'pass', saw } : { status: 'fail', expected: canI.title(params), saw, ...(nudge === undefined ? {} : { nudge }) };
  },
};
