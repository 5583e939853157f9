/** The home screen: labs by domain, finding them, what to practise next. Whole frames, without colours: words must do. */
import { describe, expect, test, vi } from 'vitest';
import { firstFrame } from '../../src/tui/first-frame.ts';
import type { AppServices, LabListing } from '../../src/tui/services.ts';
import { CROSS_NODE, LISTINGS, SERVICE_PATCH } from '../support/fake-app.ts';
import { NARROW, openScreen, WIDE } from '../support/screen.ts';

describe('home', () => {
  test('at 80x24', async () => {
    const ui = openScreen(NARROW);
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
    const ui = openScreen(WIDE, { firstRun: true });
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

  test('at 220x60 a title and its minutes are as near as before', () => {
    const row = openScreen({ columns: 220, rows: 60 }).frame().split('\n').find((text) => text.includes(SERVICE_PATCH.title))!;
    expect(row.replace(/ {2,}/g, (blanks) => `<${blanks.length}>`)).toMatchInlineSnapshot(`"<3>· A Service that finds no Pods<52>medium 10 min<19>solved, 2 attempts"`);
  });

  test('the first frame does not wait for the clusters', async () => {
    const ui = openScreen(NARROW, { clusters: () => new Promise(() => {}) });
    expect(ui.frame().split('\n')[0]).toMatchInlineSnapshot(`" cka  trainer 0.1.0                                           clusters: looking"`);
  });

  for (const size of [NARROW, WIDE]) {
    test(`the frame that is drawn before Ink is loaded is the same, at ${size.columns}x${size.rows}`, () => {
      const ui = openScreen(size, { clusters: () => new Promise(() => {}) });
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
    const ui = openScreen(NARROW, overrides);
    expect(ui.frame()).toMatch(row);
    // oxlint-disable-next-line no-control-regex
    expect(firstFrame(ui.ui.services, NARROW, ui.ui.theme, 'ctrl-]')!.replace(/\x1b\[[0-9;]*m/g, '')).toMatch(row);
  });

  test('without labs it says so', () => {
    const ui = openScreen(NARROW, { labs: () => [] });
    expect(ui.frame()).toContain('There are no labs.');
  });

  test('a lab that would end another one asks first', async () => {
    const opened: string[] = [];
    const ui = openScreen(NARROW, {
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
    await vi.waitFor(() => expect(opened).toEqual(['networking/service-patch']), 45_000);
  });

  test('a lab is found by words of its title', async () => {
    const opened: string[] = [];
    const ui = openScreen(NARROW, { openLab: async (id) => {
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
    await vi.waitFor(() => expect(opened).toEqual(['networking/service-patch']), 45_000);
  });

  test('by what it is: state, difficulty, network plugin', async () => {
    const hard = { ...LISTINGS[1]!, lab: { ...LISTINGS[1]!.lab, id: 'networking/flat', title: 'A flat network', difficulty: 'hard' as const, needs: ['cni-flannel' as const] } };
    const ui = openScreen(NARROW, { labs: () => [...LISTINGS, hard] });
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
    const ui = openScreen(NARROW, { labs: () => many });
    await ui.press('end', '/', ...'number~31'.split('').map((key) => (key === '~' ? 'space' : key)), 'enter');
    await ui.see('hints 0/2');
    await ui.press('escape');
    expect(await ui.see('Enter start')).toMatch(/❯ · Lab number 31/);
    expect(ui.frame()).toMatch(/ \d+ above/);
    await ui.press('down');
    expect(ui.frame()).toMatch(/❯ · Lab number 32/);
  });

  test('what to practise next is told with its reason, and n goes there; a streak is told from its second day', async () => {
    const ui = openScreen(WIDE, { next: () => ({ lab: 'networking/service-patch', title: 'A Service that finds no Pods', because: 'new, and "Storage" stands at 20 %' }), streakDays: () => 3 });
    expect(ui.frame()).toContain(' Next   A Service that finds no Pods: new, and "Storage" stands at 20 %.  3 days in a row.');
    await ui.press('n');
    expect(ui.frame()).toMatch(/❯ · A Service that finds no Pods/);
    await ui.press('left');
    expect(ui.frame()).toMatch(/❯ ✓ Pods on two nodes/);
  });

  test('q quits, and so does Ctrl-C', async () => {
    const ui = openScreen(NARROW);
    await ui.press('q');
    expect(ui.quitted()).toBe(true);
    const again = openScreen(NARROW);
    await again.press('ctrl-c');
    expect(again.quitted()).toBe(true);
  });
});
