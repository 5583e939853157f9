/** Following a packet on the screen: its two ends, its way, and the verdict first. */
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/base/user-error.ts';
import { CROSS_NODE } from '../support/fake-app.ts';
import { NARROW, openScreen, WIDE } from '../support/screen.ts';

describe('following a packet', () => {
  test('where from and where to are chosen by words of their names', async () => {
    const ui = openScreen({ ...NARROW, lab: CROSS_NODE.id });
    await ui.see('Tab terminal');
    await ui.press('f');
    await ui.see('cka-lab-worker');
    await ui.press('w', 'e', 'b', 'down', 'enter');
    await ui.see('kube-dns');
    await ui.press('b', 'l');
    expect(ui.frame()).toMatchInlineSnapshot(`
      " cka  follow a packet

        Send one real packet, and see what happens to it on its way.

        from  blue/web-b
        to    bl_

        ❯ blue/shop:80
          blue/web-a
          blue/web-b













       Enter take  Tab edit  Esc back"
    `);
    await ui.press('tab', 'backspace', 'backspace', '8', '1');
    expect(ui.frame()).toContain('to    blue/shop:81_');
    await ui.press('escape');
    expect(ui.frame()).toContain('from  _');
    await ui.press('escape');
    expect(ui.frame()).toContain('hints 0/2');
  });

  test('its way, with the verdict and who is behind it first', async () => {
    const ui = openScreen({ ...WIDE, lab: CROSS_NODE.id });
    await ui.see('Ctrl-] then');
    ui.stage.setFocus('panel');
    await ui.press('f', 'enter', 'enter');
    expect(await ui.see('It was dropped.')).toMatchInlineSnapshot(`
      " cka  follow a packet

        pod blue/web-a → service blue/shop (10.96.7.1, TCP port 80)

        ✗ It was dropped. Pod blue/shop-0 may not receive this: NetworkPolicy keep-out selects it for
          ingress, and no rule of it allows the packet.
          Look at: NetworkPolicy blue/keep-out

        ┌─ pod blue/web-a ─────────────────────────────────────────────────────────────────────────────────┐
        │ route 0.0.0.0/0 via 169.254.1.1 dev eth0                                                         │
        │ eth0 out  10.244.50.195.33385 > 10.96.7.1.80: Flags [S], length 0                                │
        └──────────────────────────────────────────────────────────────────────────────────────────────────┘
            ▼
        ┌─ node cka-lab-worker ────────────────────────────────────────────────────────────────────────────┐
        │ cali1 in   10.244.50.195.33385 > 10.96.7.1.80: Flags [S], length 0                               │
        │ prerouting nat  -A KUBE-SEP-LOLE4ISW44XBNF3G -p tcp -m comment --comment "blue/shop" -m tcp -j   │
        │   DNAT --to-destination 10.244.163.131:80                                                        │
        │ prerouting rewritten: 10.244.50.195.33385 > 10.244.163.131.80: Flags [S], length 0               │
        │ ✘ dropped: filtered                                                                              │
        └──────────────────────────────────────────────────────────────────────────────────────────────────┘





















       r look again  Esc back  ? help"
    `);
  });

  test('a cluster that cannot be looked into says so', async () => {
    const real = { ends: () => Promise.reject(new UserError('Cluster real is real: nobody can follow a packet through it from outside.', 'On its nodes, tcpdump shows the way.')), follow: () => Promise.reject(new Error('asked')) };
    const ui = openScreen({ ...NARROW, lab: CROSS_NODE.id }, { trace: () => real });
    await ui.see('Tab terminal');
    await ui.press('f');
    expect(await ui.see('nobody can follow')).toContain('tcpdump shows the way.');
  });
});
