/** What the real iptables printed, command by command, against ours on a fresh machine. */
import { expect, test } from 'vitest';
import { readTranscript, words } from './transcript.ts';
import { TwoMachines } from './two-machines.ts';

test('iptables says what the real one said', async () => {
  const two = new TwoMachines();
  for (const step of readTranscript('iptables')) {
    const ran = await two.run(two.alpha, words(step.command));
    expect.soft({ command: step.command, ...ran }).toEqual({ command: step.command, out: step.out, err: step.err, code: step.code });
  }
});
