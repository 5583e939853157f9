/** What real tools printed, command by command, against ours on a fresh machine. Known differences are in the rows below. */
import { expect, test } from 'vitest';
import { readTranscript, words, type Step } from './transcript.ts';
import { TwoMachines } from './two-machines.ts';

/** Steps whose text differs, and why. */
const DIFFERENT: Readonly<Record<string, string>> = {
  // Our devices do not remember whether they have ever been up: one that is down shows `noop`, the real one keeps `noqueue`.
  'ip link show eth0': 'qdisc of a device that went down',
};

test.each(['iptables', 'iproute2'])('%s: the same words as the real one', async (name) => {
  const two = new TwoMachines();
  for (const step of readTranscript(name)) {
    const ran = await two.run(two.alpha, words(step.command));
    if (step.command in DIFFERENT) continue;
    expect.soft({ command: step.command, ...ran }).toEqual({ command: step.command, out: step.out, err: step.err, code: step.code } satisfies Step);
  }
});
