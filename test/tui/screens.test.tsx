/** Every screen as a whole frame, at the smallest common size and at a large one. Colours are off here: words must do. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { UserError } from '../../src/base/user-error.ts';
import { firstFrame } from '../../src/tui/first-frame.ts';
import type { AppServices, LabListing } from '../../src/tui/services.ts';
import { CLUSTER, CROSS_NODE, fakeApp, FakeLab, LISTINGS, SERVICE_PATCH } from '../support/fake-app.ts';
import { show, type Show, type ShowOptions } from '../support/frames.tsx';

const BEGAN = Date.UTC(2026, 10, 21, 9, 0, 0);
let shown: Show | undefined;

afterEach(() => {
  shown?.close();
  shown = undefined;
});

/** The one place where the UI is started: ninety seconds into the lab. */
function open(options: ShowOptions = {}, overrides: Partial<AppServices> = {}): Show & { readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'cka-tui-'));
  const services = fakeApp(folder, { openLab: async () => new FakeLab(CROSS_NODE, folder, BEGAN), ...overrides });
  shown = show(services, { now: () => BEGAN + 90_000, ...options });
  return { ...shown, folder };
}

const NARROW = { columns: 80, rows: 24 };
const WIDE = { columns: 150, rows: 42 };

describe('home', () => {
  test('at 80x24', async () => {
    const ui = open(NARROW);
    expect(await ui.see('on simulator')).toMatchInlineSnapshot(`
      " cka  trainer 0.1.0                                        cka-lab on simulator

       Troubleshooting                                 no labs yet · 30 % of the exam
       Cluster Architecture, Installation and Configu… no labs yet · 25 % of the exam
       Services and Networking                                       20 % of the exam
       ❯ ✓ Pods on two nodes talk to each other          easy   15 min  10/10    3:12
         · A Service that finds no Pods                  medium 10 min

       Workloads and Scheduling                        no labs yet · 15 % of the exam
       Storage                                         no labs yet · 10 % of the exam

       Exams  Mock exams cannot be taken here.











       Enter start  / find  n next  e exams  c clusters  d doctor  q quit  ? help"
    `);
  });

  test('at 150x42 the lab under the pointer is described beside the list', async () => {
    const ui = open(WIDE, { firstRun: true });
    await ui.see('on simulator');
    await ui.press('down');
    expect(ui.frame()).toMatchInlineSnapshot(`
      " cka  trainer 0.1.0                                                                                                              cka-lab on simulator

       Troubleshooting                                                             no labs yet · 30 % of the exam    A Service that finds no Pods
       Cluster Architecture, Installation and Configuration                        no labs yet · 25 % of the exam    Use ClusterIP, NodePort, LoadBalancer
       Services and Networking                                                                   20 % of the exam    service types and endpoints
         ✓ Pods on two nodes talk to each other                                      easy   15 min  10/10    3:12
       ❯ · A Service that finds no Pods                                              medium 10 min                   medium, about 10 minutes, 10 points
                                                                                                                     not begun
       Workloads and Scheduling                                                    no labs yet · 15 % of the exam    2 hints
       Storage                                                                     no labs yet · 10 % of the exam

       Exams  Mock exams cannot be taken here.

       First time here? Choose a lab and press Enter. A cluster starts by itself; nothing on your machine is
       changed, and your own kubeconfig is left alone.


























       Enter start  / find  n next  e exams  c clusters  d doctor  q quit  ? help"
    `);
  });

  test('the first frame does not wait for the clusters', async () => {
    const ui = open(NARROW, { clusters: () => new Promise(() => {}) });
    expect(ui.frame().split('\n')[0]).toMatchInlineSnapshot(`" cka  trainer 0.1.0                                           clusters: looking"`);
  });

  for (const size of [NARROW, WIDE]) {
    test(`the frame that is drawn before Ink is loaded is the same, at ${size.columns}x${size.rows}`, () => {
      const ui = open(size, { clusters: () => new Promise(() => {}) });
      const first = firstFrame(ui.ui.services, size, ui.ui.theme, 'ctrl-]') ?? '';
      // oxlint-disable-next-line no-control-regex
      const text = first.replace(/\x1b\[[0-9;]*m/g, '').split('\n').map((row) => row.trimEnd()).join('\n');
      expect(text).toBe(ui.frame());
    });
  }

  const many: readonly LabListing[] = Array.from({ length: 40 }, (_, at) => ({ lab: { ...CROSS_NODE, id: `p/${at}`, title: `Lab ${at}` }, state: 'new', attempts: 0 }));
  test.each<[string, Partial<AppServices>, RegExp]>([
    ['what is to be practised now', { labs: () => LISTINGS, next: () => ({ lab: SERVICE_PATCH.id, title: '', because: '' }) }, /❯ · A Service that finds no Pods/],
    ['the lab that runs, whatever is next', { labs: () => many.map((listing, at) => (at === 3 ? { ...listing, state: 'running' } : listing)), next: () => ({ lab: 'p/9', title: '', because: '' }) }, /❯ ▶ Lab 3 /],
    ['a lab far down the list, in the first frame too', { labs: () => many, next: () => ({ lab: 'p/30', title: '', because: '' }) }, /❯ · Lab 30 /],
    ['else the first', { labs: () => many }, /❯ · Lab 0 /],
  ])('the pointer starts at %s', (_which, overrides, row) => {
    const ui = open(NARROW, overrides);
    expect(ui.frame()).toMatch(row);
    // oxlint-disable-next-line no-control-regex
    expect(firstFrame(ui.ui.services, NARROW, ui.ui.theme, 'ctrl-]')!.replace(/\x1b\[[0-9;]*m/g, '')).toMatch(row);
  });

  test('without labs it says so', () => {
    const ui = open(NARROW, { labs: () => [] });
    expect(ui.frame()).toContain('There are no labs.');
  });

  test('a lab that would end another one asks first', async () => {
    const opened: string[] = [];
    const ui = open(NARROW, {
      labs: () => LISTINGS.map((listing) => (listing.lab === CROSS_NODE ? { ...listing, state: 'running' as const } : listing)),
      openLab: async (id) => {
        opened.push(id);
        return new Promise(() => {});
      },
    });
    await ui.press('down', 'enter');
    expect(ui.frame().split('\n').at(-1)).toMatchInlineSnapshot(`" This ends "Pods on two nodes talk to eac…". Start?   y yes  n no"`);
    await ui.press('n');
    expect(opened).toEqual([]);
    await ui.press('enter', 'y');
    await vi.waitFor(() => expect(opened).toEqual(['networking/service-patch']), 15_000);
  });

  test('a lab is found by words of its title', async () => {
    const opened: string[] = [];
    const ui = open(NARROW, { openLab: async (id) => {
      opened.push(id);
      return new Promise(() => {});
    } });
    await ui.see('on simulator');
    await ui.press('/', 'f', 'i', 'n', 'd', 's', 'x', 'backspace', 'space', 's', 'e', 'r');
    expect(ui.frame()).toMatchInlineSnapshot(`
      " cka  find: finds ser_                                     cka-lab on simulator

       Services and Networking                                       20 % of the exam
       ❯ · A Service that finds no Pods                  medium 10 min



















       Enter start  Esc all labs"
    `);
    await ui.press('enter');
    await vi.waitFor(() => expect(opened).toEqual(['networking/service-patch']), 15_000);
  });

  test('by what it is: state, difficulty, network plugin', async () => {
    const hard = { ...LISTINGS[1]!, lab: { ...LISTINGS[1]!.lab, id: 'networking/flat', title: 'A flat network', difficulty: 'hard' as const, needs: ['cni-flannel' as const] } };
    const ui = open(NARROW, { labs: () => [...LISTINGS, hard] });
    for (const [words, titles] of [
      ['solved', ['Pods on two nodes talk to each other']],
      ['new hard', ['A flat network']],
      ['calico', ['Pods on two nodes talk to each other', 'A Service that finds no Pods']],
      ['unsolved flannel services', ['A Service that finds no Pods', 'A flat network']],
      ['storage', []],
    ] as const) {
      await ui.press('/', ...words.replaceAll(' ', '~').split('').map((key) => (key === '~' ? 'space' : key)));
      expect([words, ui.frame().split('\n').flatMap((row) => /[✓·] (\S.*?) {2,}(?:easy|medium|hard)/.exec(row)?.[1] ?? [])]).toEqual([words, titles]);
      await ui.press('escape');
    }
  });

  test('whoever comes back from a lab finds it in a long list', async () => {
    const many = Array.from({ length: 40 }, (_, at) => ({ ...LISTINGS[1]!, lab: { ...LISTINGS[1]!.lab, id: `networking/lab-${at}`, title: `Lab number ${at}` } }));
    const ui = open(NARROW, { labs: () => many });
    await ui.press('end', '/', ...'number~31'.split('').map((key) => (key === '~' ? 'space' : key)), 'enter');
    await ui.see('hints 0/2');
    await ui.press('escape');
    expect(await ui.see('Enter start')).toMatch(/❯ · Lab number 31/);
    expect(ui.frame()).toMatch(/ \d+ above/);
    await ui.press('down');
    expect(ui.frame()).toMatch(/❯ · Lab number 32/);
  });

  test('what to practise next is told with its reason, and n goes there; a streak is told from its second day', async () => {
    const ui = open(WIDE, { next: () => ({ lab: 'networking/service-patch', title: 'A Service that finds no Pods', because: 'new, and "Storage" stands at 20 %' }), streakDays: () => 3 });
    expect(ui.frame()).toContain(' Next   A Service that finds no Pods: new, and "Storage" stands at 20 %.  3 days in a row.');
    await ui.press('n');
    expect(ui.frame()).toMatch(/❯ · A Service that finds no Pods/);
    await ui.press('left');
    expect(ui.frame()).toMatch(/❯ ✓ Pods on two nodes/);
  });

  test('q quits, and so does Ctrl-C', async () => {
    const ui = open(NARROW);
    await ui.press('q');
    expect(ui.quitted()).toBe(true);
    const again = open(NARROW);
    await again.press('ctrl-c');
    expect(again.quitted()).toBe(true);
  });
});

describe('a lab', () => {
  test('at 80x24 the task comes first', async () => {
    const ui = open(NARROW);
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
    const ui = open({ ...WIDE, lab: CROSS_NODE.id });
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
    const ui = open({ ...NARROW, lab: CROSS_NODE.id });
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
    const ui = open({ ...NARROW, lab: CROSS_NODE.id });
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
    const ui = open({ ...NARROW, lab: CROSS_NODE.id });
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
    const ui = open({ ...NARROW, lab: CROSS_NODE.id }, { openLab: async () => lab });
    await ui.see('hints 0/2');
    await ui.press('3');
    expect(await ui.see('As it is now')).toContain('The Pod web-a is Pending: nobody schedules.');
    expect(ui.frame()).toContain('hints 0/2');
  });

  test('the solution is shown only after a question', async () => {
    const ui = open({ ...NARROW, lab: CROSS_NODE.id });
    await ui.see('hints 0/2');
    await ui.press('s');
    expect(ui.frame().split('\n').at(-1)).toMatchInlineSnapshot(`" Show the solution?   y yes  n no"`);
    await ui.press('n', '4', 'n');
    expect(ui.frame()).not.toContain('Two manifests');
    await ui.press('s', 'y');
    expect(ui.frame()).toContain('Two manifests with nodeName');
  });

  test('reset asks, and then the lab is as it was', async () => {
    const ui = open({ ...NARROW, lab: CROSS_NODE.id });
    await ui.see('hints 0/2');
    writeFileSync(join(ui.folder, 'web-a'), '');
    await ui.press('c');
    await ui.see('3 of 10 points');
    await ui.press('r', 'y');
    await ui.see('Reset in');
    expect(ui.frame()).toContain('Nothing checked yet');
  });

  test('help in front of a lab takes its keys, and gives them back', async () => {
    const ui = open({ ...NARROW, lab: CROSS_NODE.id });
    await ui.see('hints 0/2');
    await ui.press('?', 'h', 'h');
    expect(ui.frame()).toContain('Everywhere');
    await ui.press('escape');
    expect(ui.frame()).toContain('hints 0/2');
  });

  test('without a terminal pane the line to paste is there', async () => {
    const narrow = open({ ...NARROW, lab: CROSS_NODE.id, pane: false });
    await narrow.see('npx cka lab shell networking/cross-node-pods');
    narrow.close();
    const ui = open({ columns: 110, rows: 24, lab: CROSS_NODE.id, because: 'There is no pseudo-terminal module for this system (linux s390x).' });
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
    const ui = open({ columns: 110, rows: 24, lab: CROSS_NODE.id, pane: false }, { pasteLine: () => '/usr/local/bin/node /home/learner/somewhere/far/away/cka-trainer/dist/main.js lab shell networking/cross-node-pods' });
    await ui.see('far/away');
    expect(ui.frame().split('\n').flatMap((row) => /│ {3}(.*[\\/].*)$/.exec(row)?.[1] ?? [])).toEqual(['/usr/local/bin/node \\', '  /home/learner/somewhere/far/away/cka-trainer/dist/main.js \\', '  lab shell networking/cross-node-pods']);
  });

  test('zoom gives the terminal the whole screen, and back', async () => {
    const ui = open({ ...WIDE, lab: CROSS_NODE.id });
    await ui.see('Ctrl-] then');
    ui.stage.setFocus('panel');
    await ui.press('z');
    expect(ui.stage.placed).toEqual({ x: 0, y: 1, width: 150, height: 40 });
    ui.stage.setFocus('panel');
    await ui.press('z');
    expect(ui.stage.placed).toEqual({ x: 58, y: 1, width: 92, height: 40 });
  });

  test('the panel can have the whole screen too, to choose its text with the mouse', async () => {
    const ui = open({ ...WIDE, lab: CROSS_NODE.id });
    await ui.see('Ctrl-] then');
    ui.stage.setFocus('panel');
    await ui.press('w');
    expect(ui.stage.placed).toBeUndefined();
    await ui.press('tab');
    expect(ui.stage.placed).toEqual({ x: 58, y: 1, width: 92, height: 40 });
  });

  test('on a narrow screen the one with the keyboard is shown', async () => {
    const ui = open({ ...NARROW, lab: CROSS_NODE.id });
    await ui.see('hints 0/2');
    expect(ui.stage.placed).toBeUndefined();
    await ui.press('tab');
    expect(ui.stage.placed).toEqual({ x: 0, y: 1, width: 80, height: 22 });
    ui.stage.setFocus('panel');
    await ui.press('v');
    expect([ui.stage.sentPrefix, ui.stage.state.focus]).toEqual([1, 'terminal']);
  });

  test('home and back: the same terminal, the same lab', async () => {
    const ui = open({ ...NARROW, lab: CROSS_NODE.id });
    await ui.see('hints 0/2');
    await ui.press('h', 'escape');
    await ui.see('Enter start');
    await ui.press('enter');
    await ui.see('hints 1/2');
    expect(ui.stage.opened.length).toBe(1);
  });
});

describe('following a packet', () => {
  test('where from and where to are chosen by words of their names', async () => {
    const ui = open({ ...NARROW, lab: CROSS_NODE.id });
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
    const ui = open({ ...WIDE, lab: CROSS_NODE.id });
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
    const ui = open({ ...NARROW, lab: CROSS_NODE.id }, { trace: () => real });
    await ui.see('Tab terminal');
    await ui.press('f');
    expect(await ui.see('nobody can follow')).toContain('tcpdump shows the way.');
  });
});

describe('starting', () => {
  test('says what it does', async () => {
    const ui = open({ ...NARROW, lab: CROSS_NODE.id }, {
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
    const ui = open({ ...NARROW, lab: CROSS_NODE.id }, {
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
    const ui = open({ ...NARROW, lab: CROSS_NODE.id }, {
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
    await vi.waitFor(() => expect(tries).toBe(2), 15_000);
  });
});

describe('clusters, doctor, help', () => {
  test('clusters', async () => {
    const ui = open(NARROW, { clusters: async () => [{ ...CLUSTER, encapsulation: 'vxlan', because: 'it needs nothing and starts at once' }, { ...CLUSTER, name: 'other', running: false, cni: 'flannel', encapsulation: 'none' }] });
    await ui.press('c');
    expect(await ui.see('kubeconfig')).toMatchInlineSnapshot(`
      " cka  clusters

        ▶ cka-lab  simulator, running
          on          simulator: it needs nothing and starts at once
          Kubernetes  v1.35.0, calico over VXLAN, kube-proxy in iptables mode
          nodes       cka-lab-control-plane, cka-lab-worker, cka-lab-worker2
          context     kind-cka-lab
          kubeconfig  /home/learner/.local/share/cka/clusters/cka-lab/kubeconfig

        · other  simulator, stopped
          Kubernetes  v1.35.0, flannel with host-gw, kube-proxy in iptables mode
          nodes       cka-lab-control-plane, cka-lab-worker, cka-lab-worker2
          context     kind-cka-lab
          kubeconfig  /home/learner/.local/share/cka/clusters/cka-lab/kubeconfig









       r look again  Esc back  ? help"
    `);
  });

  test('doctor', async () => {
    const ui = open(NARROW);
    await ui.press('d');
    expect(await ui.see('Ready.')).toMatchInlineSnapshot(`
      " cka  doctor

        Ready. 1 thing could be better.

        ✓ Node.js  20.20.2
        ! kubectl  not installed; the built-in one is used
            Install kubectl 1.35 to practise with the real one.
















       r look again  Esc back  ? help"
    `);
  });

  test('what only real clusters lack is no failure, and comes last', async () => {
    const ui = open(NARROW, { doctor: async () => [
      { id: 'backend-simulator', title: 'Backend simulator', status: 'ok', detail: 'can run here' },
      { id: 'engine', title: 'Container engine', status: 'failure', detail: 'none of docker, nerdctl and podman is installed', action: 'Install Docker.', for: 'kind' },
      { id: 'node', title: 'Node.js', status: 'ok', detail: '20.20.2' },
    ] });
    await ui.press('d');
    expect((await ui.see('Ready.')).split('\n').slice(0, 12).join('\n')).toMatchInlineSnapshot(`
      " cka  doctor

        Ready. Everything is in place.

        ✓ Node.js  20.20.2

        Real clusters

        ✓ Backend simulator  can run here
        ! Container engine  none of docker, nerdctl and podman is installed
            Install Docker.
      "
    `);
  });

  test('with room, the header says why the cluster is where it is', async () => {
    const ui = open(WIDE, { clusters: async () => [{ ...CLUSTER, because: 'it needs nothing and starts at once' }] });
    expect((await ui.see('on simulator')).split('\n')[0]).toMatch(/cka-lab on simulator: it needs nothing and starts at once$/);
  });

  test('an answer that fails says what to do', async () => {
    const ui = open(NARROW, { doctor: async () => Promise.reject(new UserError('The disk is full.', 'Free some space.')) });
    await ui.press('d');
    expect(await ui.see('The disk is full.')).toContain('Free some space.');
  });

  test('help has every key of the table', async () => {
    const ui = open({ columns: 150, rows: 160 });
    await ui.press('?');
    expect(ui.frame()).toMatchInlineSnapshot(`
      " cka  keys

        Everywhere
          ?             All keys.
          Ctrl-C        Leave at once (in the terminal pane Ctrl-C belongs to the program there).

        Home
          ↑ k           Previous lab.
          ↓ j           Next lab.
          PgUp          A page of labs up.
          PgDn          A page of labs down.
          → l           The next domain of the exam.
          ← h           The domain before.
          Enter         Start the lab, or go on with it.
          /             Find labs by words of their title, topic or domain, or by what they are: new, hard,
                        flannel …
          n             To the lab that is best practised next.
          e             Mock exams: begin one, go on, read reports.
          c             Clusters that this program made.
          d             What works on this machine, and what to do about the rest.
          q             Leave. Clusters and labs stay as they are.

        Home, while finding: letters are words to find
          ↑             Previous lab.
          ↓             Next lab.
          Enter         Start the lab, or go on with it.
          Esc           All labs again.

        Lab, while the panel has the keyboard
          c             Check now: each criterion says pass, fail or unknown.
          h             The next hint. Hints are counted.
          1 t           Read the task.
          2             What is checked, what was expected and what was seen.
          3             Hints taken so far.
          s 4           Read the solution (asks first).
          d 5           Why it works, and what to remember.
          →             The next page of the panel.
          ←             The page before.
          a             Check by itself every few seconds: on or off.
          r             Back to the start of the lab (asks first).
          f             Follow a packet: choose its two ends, see its way and what decided about it
                        (simulator).
          x             End the lab and remove what it made (asks first).
          Esc q         Home. The lab goes on.

        Exams
          ↑ k           Up.
          ↓ j           Down.
          Enter         Begin it, go on with it, or read its report.

        Exam, while the panel has the keyboard
          n →           Next task.
          N ←           Previous task.
          l 2           All tasks with weights, flags and minutes.
          t 1           Read the task.
          f             Flag the task to come back to, or take the flag away.
          e 3           Write a note on the task.
          P             Stop the clock, in an exam that allows it; and let it go on.
          F             End the exam and grade it (asks first).
          Esc q         Home. The clock goes on.

        Exam, in the list of tasks
          ↑ k           Previous task.
          ↓ j           Next task.
          Enter         Turn to this task.

        Exam, while writing a note
          Enter         Keep the note.
          Esc           Leave the note as it was.

        The report of an exam
          v             Look at the tasks again, each as you left it, with its solution.

        Review of an exam
          n →           Next task.
          N ←           Previous task.
          1 t           The task.
          2             What was expected and what was seen.
          s 3           The solution.
          d 4           What was to be learnt.
          r             Bring the final state of this task back, with a terminal on it.
          Esc q         Back to the report. What was brought back goes.

        Lab, from the panel to the terminal
          Tab Enter     Into the terminal.

        Lab, about the terminal, from the panel
          z             Terminal full screen, and back.
          y [           Copy mode: choose text of the terminal with the keyboard; the mouse is yours
                        meanwhile.
          p             Paste what was copied last into the terminal.
          w             Panel full screen, and back: its text can then be chosen with the mouse alone.
          v             Send the prefix key itself to the terminal.

        Lab, while the terminal has the keyboard: every key but one goes to your shell
          Ctrl-]        Out of the terminal, to the panel and its keys; again: back in.

        Reading a page
          ↑ k           Scroll up.
          ↓ j           Scroll down.
          PgUp b        A page up.
          PgDn Space    A page down.
          Home g        To the beginning.
          End G         To the end.

        Copy mode
          ← h           Left.
          → l           Right.
          ↑ k           Up, into older lines too.
          ↓ j           Down.
          PgUp Ctrl-B   A page up.
          PgDn Ctrl-F   A page down.
          Home 0        Start of the line.
          End $         End of the line.
          g             Oldest line.
          G             Newest line.
          v Space       Begin to choose, or give the choice up.
          Enter y       Copy what is chosen (or the line) to the clipboard.
          Esc q Ctrl-C  Leave copy mode.

        Following a packet: letters are words of a name
          ↑             The name above.
          ↓             The name below.
          Enter         Take the name under the pointer, or what you typed where no name fits.
          Tab           Type the name under the pointer, to change its port.
          Esc           Back.

        Clusters, doctor, a packet's way, help
          Esc q         Back.

        Clusters, doctor, a packet's way
          r             Look again.

        A question
          y             Yes.
          n Esc q       No.

        While a lab starts
          r             Try again.
          Esc q         Home. What was begun goes on.



















       Esc back"
    `);
  });
});

describe('odd surroundings', () => {
  test('a terminal that is too small is told so, and nothing is lost', async () => {
    const ui = open({ ...NARROW, lab: CROSS_NODE.id });
    await ui.see('hints 0/2');
    await ui.press('h');
    ui.stage.set({ columns: 50, rows: 12 });
    expect(await ui.see('At least')).toMatchInlineSnapshot(`
      "This terminal has 50x12 characters. At least 60x15
      are needed: make the window larger or the letters
      smaller. Ctrl-C quits."
    `);
    await ui.press('h');
    ui.stage.set(NARROW);
    await ui.see('hints 1/2');
  });

  test('a screen that cannot be drawn says so, and home still works', async () => {
    let isBroken = true;
    const ui = open(NARROW, {
      labs: () => {
        if (isBroken) throw new Error('no such thing as a lab');
        return [];
      },
    });
    await ui.see('The screen could not be drawn.');
    isBroken = false;
    await ui.press('r');
    await ui.see('There are no labs.');
  });
});
