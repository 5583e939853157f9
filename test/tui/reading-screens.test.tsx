/** Screens that are read: clusters, doctor, help; and surroundings in which hardly anything can be. */
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/base/user-error.ts';
import { CLUSTER, CROSS_NODE } from '../support/fake-app.ts';
import { NARROW, openScreen, WIDE } from '../support/screen.ts';

describe('clusters, doctor, help', () => {
  test('clusters', async () => {
    const ui = openScreen(NARROW, { clusters: async () => [{ ...CLUSTER, encapsulation: 'vxlan', because: 'it needs nothing and starts at once' }, { ...CLUSTER, name: 'other', running: false, cni: 'flannel', encapsulation: 'none' }] });
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
    const ui = openScreen(NARROW);
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
    const ui = openScreen(NARROW, { doctor: async () => [
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
    const ui = openScreen(WIDE, { clusters: async () => [{ ...CLUSTER, because: 'it needs nothing and starts at once' }] });
    expect((await ui.see('on simulator')).split('\n')[0]).toMatch(/cka-lab on simulator: it needs nothing and starts at once$/);
  });

  test('an answer that fails says what to do', async () => {
    const ui = openScreen(NARROW, { doctor: async () => Promise.reject(new UserError('The disk is full.', 'Free some space.')) });
    await ui.press('d');
    expect(await ui.see('The disk is full.')).toContain('Free some space.');
  });

  test('help has every key of the table', async () => {
    const ui = openScreen({ columns: 150, rows: 160 });
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
          n Esc q       No. So is every other key: what was typed for the terminal answers nothing.

        While a lab starts
          r             Try again.
          Esc q         Home. What was begun goes on.



















       Esc back"
    `);
  });
});

describe('odd surroundings', () => {
  test('a terminal that is too small is told so, and nothing is lost', async () => {
    const ui = openScreen({ ...NARROW, lab: CROSS_NODE.id });
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
    const ui = openScreen(NARROW, {
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
