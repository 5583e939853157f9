/** The screen of a lab: task, criteria, hints, solution, and the place of the terminal. Whole frames, without colours. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CROSS_NODE, FakeLab } from '../support/fake-app.ts';
import { BEGAN, NARROW, openScreen, WIDE } from '../support/screen.ts';

describe('a lab', () => {
  test('at 80x24 the task comes first', async () => {
    const ui = openScreen(NARROW);
    await ui.press('enter');
    expect(await ui.see('Tab terminal')).toMatchInlineSnapshot(`
      " cka  Pods on two nodes talk to each other      ···  1:30  10 points  hints 0/2
       [task] criteria  hints  solution  debrief

       Services and Networking · easy · about 15 minutes · on simulator

       Pods on two nodes

       In namespace blue make two Pods from the image nginx:

       1. web-a on node cka-lab-worker
       2. web-b on node cka-lab-worker2

       From web-a the page of web-b must be readable by its Pod IP.

         kubectl -n blue exec web-a -- curl -s <ip of web-b>

       Documentation
       https://kubernetes.io/docs/concepts/services-networking/

       ──────────────────────────────────────────────────────────────────────────────
       · web-a runs on cka-lab-worker                                               3
       · web-b runs on cka-lab-worker2                                              3
       · web-a reads the page of web-b                                              4
       Tab terminal  z zoom  c check  h hint  s solution  d debrief  r reset  ? help"
    `);
  });

  test('at 150x42 task and terminal are side by side, and the terminal has the keyboard', async () => {
    const ui = openScreen({ ...WIDE, lab: CROSS_NODE.id });
    expect(await ui.see('Ctrl-] then')).toMatchInlineSnapshot(`
      " cka  Pods on two nodes talk to each other                                                                            ···  1:30  10 points  hints 0/2
       [task] criteria  hints  solution  debrief               │
                                                               │
       Services and Networking · easy · about 15 minutes · on  │
       simulator                                               │
                                                               │
       Pods on two nodes                                       │
                                                               │
       In namespace blue make two Pods from the image nginx:   │
                                                               │
       1. web-a on node cka-lab-worker                         │
       2. web-b on node cka-lab-worker2                        │
                                                               │
       From web-a the page of web-b must be readable by its    │
       Pod IP.                                                 │
                                                               │
         kubectl -n blue exec web-a -- curl -s <ip of web-b>   │
                                                               │
       Documentation                                           │
       https://kubernetes.io/docs/concepts/services-networking │
       /                                                       │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
       ─────────────────────────────────────────────────────── │
       · web-a runs on cka-lab-worker                        3 │
       · web-b runs on cka-lab-worker2                       3 │
       · web-a reads the page of web-b                       4 │
       Ctrl-] then  z zoom  c check  h hint  s solution  d debrief  r reset  f follow  Esc home  ? help"
    `);
    expect(ui.stage.placed).toEqual({ x: 58, y: 1, width: 92, height: 40 });
  });

  test('a check says for each criterion pass, fail or unknown', async () => {
    const ui = openScreen({ ...NARROW, lab: CROSS_NODE.id });
    await ui.see('hints 0/2');
    writeFileSync(join(ui.folder, 'web-a'), '');
    writeFileSync(join(ui.folder, 'web-b'), 'broken\n');
    await ui.press('c');
    expect(await ui.see('of 10 points')).toMatchInlineSnapshot(`
      " cka  Pods on two nodes talk to each other    ✓?✗  1:30  3/10 points  hints 0/2
        task [criteria] hints  solution  debrief

       3 of 10 points, 1 criterion could not be checked

       ✓ web-a runs on cka-lab-worker                                             3/3
         seen     a file of 0 bytes

       ? web-b runs on cka-lab-worker2                                            0/3
         unknown  the node does not answer

       ✗ web-a reads the page of web-b                                            0/4
         expected a file page
         seen     no such file
         try      touch page makes one.








       Tab terminal  z zoom  c check  h hint  s solution  d debrief  r reset  ? help"
    `);
  });

  test('full points point to the debrief', async () => {
    const ui = openScreen({ ...NARROW, lab: CROSS_NODE.id });
    await ui.see('hints 0/2');
    for (const file of ['web-a', 'web-b', 'page']) writeFileSync(join(ui.folder, file), '');
    await ui.press('c');
    await ui.see('All 10 points. Press d for the debrief.');
    await ui.press('d');
    expect(ui.frame()).toMatchInlineSnapshot(`
      " cka  Pods on two nodes talk to each other   ✓✓✓  1:30  10/10 points  hints 0/2
        task  criteria  hints  solution [debrief]

       Every Pod has an address of its own, and every node knows the way to every
       Pod.

       Why each point counts

       web-a reads the page of web-b
         It proves the path between the nodes, not only that Pods run.









       ──────────────────────────────────────────────────────────────────────────────
       ✓ web-a runs on cka-lab-worker                                             3/3
       ✓ web-b runs on cka-lab-worker2                                            3/3
       ✓ web-a reads the page of web-b                                            4/4
       Tab terminal  z zoom  c check  h hint  s solution  ? help       All 10 points."
    `);
  });

  test('hints come one at a time and are counted', async () => {
    const ui = openScreen({ ...NARROW, lab: CROSS_NODE.id });
    await ui.see('hints 0/2');
    await ui.press('h');
    expect(await ui.see('hints 1/2')).toMatchInlineSnapshot(`
      " cka  Pods on two nodes talk to each other      ···  1:30  10 points  hints 1/2
        task  criteria [hints] solution  debrief

       Hint 1 of 2
       A Pod says with spec.nodeName where it wants to be.

       1 hint left. Press h for the next one.












       ──────────────────────────────────────────────────────────────────────────────
       · web-a runs on cka-lab-worker                                               3
       · web-b runs on cka-lab-worker2                                              3
       · web-a reads the page of web-b                                              4
       Tab terminal  z zoom  c check  h hint  s solution  d debrief  r reset  ? help"
    `);
    await ui.press('h', 'h', 'h');
    expect(ui.frame()).toContain('hints 2/2');
    expect(ui.frame()).toContain('That was the last hint.');
  });

  test('what can be said of the cluster as it is now stands before the hints', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cka-now-'));
    const lab = Object.assign(new FakeLab(CROSS_NODE, folder, BEGAN), { observations: async () => ['The Pod `web-a` is Pending: **nobody** schedules.'] });
    const ui = openScreen({ ...NARROW, lab: CROSS_NODE.id }, { openLab: async () => lab });
    await ui.see('hints 0/2');
    await ui.press('3');
    expect(await ui.see('As it is now')).toContain('The Pod web-a is Pending: nobody schedules.');
    expect(ui.frame()).toContain('hints 0/2');
  });

  test('the solution is shown only after a question', async () => {
    const ui = openScreen({ ...NARROW, lab: CROSS_NODE.id });
    await ui.see('hints 0/2');
    await ui.press('s');
    expect(ui.frame().split('\n').at(-1)).toMatchInlineSnapshot(`" Show the solution?   y yes  n no"`);
    await ui.press('n', '4', 'n');
    expect(ui.frame()).not.toContain('Two manifests');
    // Whoever types for the terminal while the panel has the keys does not say yes with a letter of it.
    await ui.press('s', 'e');
    expect(ui.frame()).not.toContain('Show the solution?');
    await ui.press('s', 'y');
    expect(ui.frame()).toContain('Two manifests with nodeName');
  });

  test('reset asks, and then the lab is as it was', async () => {
    const ui = openScreen({ ...NARROW, lab: CROSS_NODE.id });
    await ui.see('hints 0/2');
    writeFileSync(join(ui.folder, 'web-a'), '');
    await ui.press('c');
    await ui.see('3 of 10 points');
    await ui.press('r', 'y');
    await ui.see('Reset in');
    expect(ui.frame()).toContain('Nothing checked yet');
  });

  test('help in front of a lab takes its keys, and gives them back', async () => {
    const ui = openScreen({ ...NARROW, lab: CROSS_NODE.id });
    await ui.see('hints 0/2');
    await ui.press('?', 'h', 'h');
    expect(ui.frame()).toContain('Everywhere');
    await ui.press('escape');
    expect(ui.frame()).toContain('hints 0/2');
  });

  test('without a terminal pane the line to paste is there', async () => {
    const narrow = openScreen({ ...NARROW, lab: CROSS_NODE.id, pane: false });
    await narrow.see('npx cka lab shell networking/cross-node-pods');
    narrow.close();
    const ui = openScreen({ columns: 110, rows: 24, lab: CROSS_NODE.id, because: 'There is no pseudo-terminal module for this system (linux s390x).' });
    expect(await ui.see('npx cka lab shell')).toMatchInlineSnapshot(`
      " cka  Pods on two nodes talk to each other                                    ···  1:30  10 points  hints 0/2
       [task] criteria  hints  solution  debrief  │
                                                  │ Use your own second terminal
       Services and Networking · easy · about 15  │ There is no pseudo-terminal module for this system (linux
       minutes · on simulator                     │ s390x).
                                                  │
       Pods on two nodes                          │ Open another terminal window in the folder of this program and
                                                  │ paste this line:
       In namespace blue make two Pods from the   │
       image nginx:                               │   npx cka lab shell networking/cross-node-pods
                                                  │
       1. web-a on node cka-lab-worker            │ It gives you a shell with kubectl set up for this lab only.
       2. web-b on node cka-lab-worker2           │ Checks and hints stay here.
                                                  │
       From web-a the page of web-b must be       │
       readable by its Pod IP.                    │
                                                  │
         kubectl -n blue exec web-a -- curl -s    │
         5 more lines below                       │
       ────────────────────────────────────────── │
       · web-a runs on cka-lab-worker           3 │
       · web-b runs on cka-lab-worker2          3 │
       · web-a reads the page of web-b          4 │
       c check  h hint  s solution  d debrief  r reset  f follow  Esc home  ? help"
    `);
  });

  test('a line to paste that is too long goes on as a shell reads it', async () => {
    const ui = openScreen({ columns: 110, rows: 24, lab: CROSS_NODE.id, pane: false }, { pasteLine: () => '/usr/local/bin/node /home/learner/somewhere/far/away/cka-trainer/dist/main.js lab shell networking/cross-node-pods' });
    await ui.see('far/away');
    expect(ui.frame().split('\n').flatMap((row) => /│ {3}(.*[\\/].*)$/.exec(row)?.[1] ?? [])).toEqual(['/usr/local/bin/node \\', '  /home/learner/somewhere/far/away/cka-trainer/dist/main.js \\', '  lab shell networking/cross-node-pods']);
  });

  test('zoom gives the terminal the whole screen, and back', async () => {
    const ui = openScreen({ ...WIDE, lab: CROSS_NODE.id });
    await ui.see('Ctrl-] then');
    ui.stage.setFocus('panel');
    await ui.press('z');
    expect(ui.stage.placed).toEqual({ x: 0, y: 1, width: 150, height: 40 });
    ui.stage.setFocus('panel');
    await ui.press('z');
    expect(ui.stage.placed).toEqual({ x: 58, y: 1, width: 92, height: 40 });
  });

  test('the panel can have the whole screen too, to choose its text with the mouse', async () => {
    const ui = openScreen({ ...WIDE, lab: CROSS_NODE.id });
    await ui.see('Ctrl-] then');
    ui.stage.setFocus('panel');
    await ui.press('w');
    expect(ui.stage.placed).toBeUndefined();
    await ui.press('tab');
    expect(ui.stage.placed).toEqual({ x: 58, y: 1, width: 92, height: 40 });
  });

  test('on a narrow screen the one with the keyboard is shown', async () => {
    const ui = openScreen({ ...NARROW, lab: CROSS_NODE.id });
    await ui.see('hints 0/2');
    expect(ui.stage.placed).toBeUndefined();
    await ui.press('tab');
    expect(ui.stage.placed).toEqual({ x: 0, y: 1, width: 80, height: 22 });
    ui.stage.setFocus('panel');
    await ui.press('v');
    expect([ui.stage.sentPrefix, ui.stage.state.focus]).toEqual([1, 'terminal']);
  });

  test('home and back: the same terminal, the same lab', async () => {
    const ui = openScreen({ ...NARROW, lab: CROSS_NODE.id });
    await ui.see('hints 0/2');
    await ui.press('h', 'escape');
    await ui.see('Enter start');
    await ui.press('enter');
    await ui.see('hints 1/2');
    expect(ui.stage.opened.length).toBe(1);
  });
});
