/** A lab on its way: what is being done, and why it could not be. */
import { describe, expect, test, vi } from 'vitest';
import { UserError } from '../../src/base/user-error.ts';
import { CROSS_NODE } from '../support/fake-app.ts';
import { NARROW, openScreen } from '../support/screen.ts';

describe('starting', () => {
  test('says what it does', async () => {
    const ui = openScreen({ ...NARROW, lab: CROSS_NODE.id }, {
      openLab: async (_, onProgress) => {
        onProgress?.('Starting the simulator');
        onProgress?.('Waiting until the nodes are Ready');
        return new Promise(() => {});
      },
    });
    expect(await ui.see('Waiting')).toMatchInlineSnapshot(`
      " cka  starting

        Pods on two nodes talk to each other

        ✓ Starting the simulator
        ▶ Waiting until the nodes are Ready

















       Esc home  ? help"
    `);
  });

  test('who goes home meanwhile and comes back finds the same start', async () => {
    let starts = 0;
    const ui = openScreen({ ...NARROW, lab: CROSS_NODE.id }, {
      openLab: async (_, onProgress) => {
        starts++;
        onProgress?.('Starting the simulator');
        return new Promise(() => {});
      },
    });
    await ui.see('Starting the simulator');
    await ui.press('escape');
    await ui.see('Enter start');
    await ui.press('enter');
    await ui.see('Starting the simulator');
    expect(starts).toBe(1);
  });

  test('says why it cannot, and tries again', async () => {
    let tries = 0;
    const ui = openScreen({ ...NARROW, lab: CROSS_NODE.id }, {
      openLab: async (_, onProgress) => {
        onProgress?.('Starting the simulator');
        tries++;
        throw new UserError('The run folder cannot be written.', 'Make it writable, or set CKA_HOME.');
      },
    });
    expect(await ui.see('cannot be written')).toMatchInlineSnapshot(`
      " cka  starting

        Pods on two nodes talk to each other

        ✗ Starting the simulator

        The run folder cannot be written.
        Make it writable, or set CKA_HOME.

        r tries again.













       Esc home  ? help"
    `);
    await ui.press('r');
    await vi.waitFor(() => expect(tries).toBe(2), 45_000);
  });
});
