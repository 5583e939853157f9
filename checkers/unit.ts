/** Looks whether a systemd unit of a node runs, and whether it will after a restart. */
import { type Checker, Params } from '../src/lab/checker.ts';
import { stand } from './place.ts';

interface UnitParams {
  readonly node: string;
  readonly unit: string;
  readonly enabled: boolean | undefined;
  readonly nudge: string | undefined;
}

export const unit: Checker<UnitParams> = {
  name: 'unit',

  parse(value) {
    const params = new Params(value);
    const parsed = { node: params.text('node'), unit: params.text('unit'), enabled: params.optionalFlag('enabled'), nudge: params.optionalText('nudge') };
    params.done();
    return parsed;
  },

  title: ({ node, unit: name, enabled }) => `${name} is active${enabled ? ' and enabled' : ''} on node ${node}`,

  async run(params, cluster) {
    const standing = await stand({ node: params.node }, cluster);
    const fail = (saw: string) => ({ status: 'fail', expected: unit.title(params), saw, ...(params.nudge === undefined ? {} : { nudge: params.nudge }) }) as const;
    if ('problem' in standing) return fail(standing.problem);
    const ask = async (question: string) => (await cluster.exec(standing.where, ['systemctl', question, params.unit])).stdout.trim();
    const active = await ask('is-active');
    if (active !== 'active') return fail(`${params.unit} is ${active || 'unknown to systemd'}`);
    if (params.enabled !== undefined) {
      const enabled = await ask('is-enabled');
      if ((enabled === 'enabled') !== params.enabled) return fail(`${params.unit} is active and ${enabled}`);
    }
    return { status: 'pass', saw: `${params.unit} is active` };
  },
};
