/** Step 1: can a kind cluster be made here? The rows of `cka doctor`; the first failure ends it. Changes nothing. */
import { UserError } from '../../base/user-error.ts';
import { examineKind } from '../doctor-kind.ts';
import { parseKindVersion } from '../pins.ts';
import type { Step } from './step.ts';

/** Some of what programs say ends in a mark already. */
const sentence = (text: string): string => (/[.?!]$/.test(text) ? text : `${text}.`);

export const preflight: Step = {
  id: 'preflight',
  title: 'Looking at this machine',
  limitMs: 60_000,
  async run(build) {
    const { tools, spec, engine } = build;
    const rows = await examineKind(tools, { spec });
    for (const { status, title, detail } of rows) if (status !== 'ok') build.say(`${title}: ${detail}`);
    const failure = rows.find(({ status }) => status === 'failure');
    if (failure) throw new UserError(sentence(`${failure.title}: ${failure.detail}`), failure.action ?? 'See `cka doctor`.');
    const version = parseKindVersion(await tools.must('kind', ['version']));
    build.remember({ engine: engine.name, ...(version ? { kindVersion: version.join('.') } : {}) });
  },
};
