/** The plain mode as a conversation: what is typed, and everything that is said. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../src/base/user-error.ts';
import type { AppServices } from '../../src/tui/services.ts';
import { converse } from '../support/converse.ts';
import { CROSS_NODE, fakeApp, FakeLab } from '../support/fake-app.ts';

/** The one place where the plain mode is started. */
function talk(answers: readonly string[], prepare: (folder: string) => void = () => {}, overrides: Partial<AppServices> = {}): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'cka-plain-'));
  prepare(folder);
  return converse(fakeApp(folder, overrides), answers);
}

test('a lab from start to end', async () => {
  const said = await talk(['1', 'hint', 'check', 'solution', 'yes', 'back', 'quit'], (folder) => writeFileSync(join(folder, 'web-a'), ''));
  expect(said).toMatchInlineSnapshot(`
    "CKA trainer 0.1.0, plain text mode.
    2 labs:
    1. Pods on two nodes talk to each other. Services and Networking. easy, 15 minutes. solved, best 10 of 10.
    2. A Service that finds no Pods. Services and Networking. medium, 10 minutes. new.
    Exams: none here.
    Number of a lab, or list, clusters, doctor, quit: 1
    Starting the simulator
    Waiting until the nodes are Ready
    Services and Networking - easy - about 15 minutes

    Pods on two nodes

    In namespace blue make two Pods from the image nginx:

    1. web-a on node cka-lab-worker
    2. web-b on node cka-lab-worker2

    From web-a the page of web-b must be readable by its Pod IP.

      kubectl -n blue exec web-a -- curl -s <ip of web-b>

    Documentation
    https://kubernetes.io/docs/concepts/services-networking/
    Work in another terminal. Paste this line there:
    npx cka lab shell networking/cross-node-pods
    check, hint, task, solution, debrief, trace, reset, stop, or back: hint
    A Pod says with \`spec.nodeName\` where it wants to be.
    check, hint, task, solution, debrief, trace, reset, stop, or back: check
    3 of 10 points.
    pass: web-a runs on cka-lab-worker. 3 of 3.
    fail: web-b runs on cka-lab-worker2. 0 of 3.
      Expected: a file web-b
      Seen: no such file
      Try: touch web-b makes one.
    fail: web-a reads the page of web-b. 0 of 4.
      Expected: a file page
      Seen: no such file
      Try: touch page makes one.
    check, hint, task, solution, debrief, trace, reset, stop, or back: solution
    Show the solution? yes or no: yes
    Two manifests with nodeName, then kubectl apply -f pods.yaml.
    check, hint, task, solution, debrief, trace, reset, stop, or back: back
    Number of a lab, or list, clusters, doctor, quit: quit
    "
  `);
});

test('clusters, doctor, a wrong answer, the end of the input', async () => {
  expect(await talk(['clusters', 'doctor', '7'])).toMatchInlineSnapshot(`
    "CKA trainer 0.1.0, plain text mode.
    2 labs:
    1. Pods on two nodes talk to each other. Services and Networking. easy, 15 minutes. solved, best 10 of 10.
    2. A Service that finds no Pods. Services and Networking. medium, 10 minutes. new.
    Exams: none here.
    Number of a lab, or list, clusters, doctor, quit: clusters
    > cka-lab  simulator, running
      Kubernetes  v1.35.0, calico, kube-proxy in iptables mode
      nodes       cka-lab-control-plane, cka-lab-worker, cka-lab-worker2
      context     kind-cka-lab
      kubeconfig  /home/learner/.local/share/cka/clusters/cka-lab/kubeconfig

    Number of a lab, or list, clusters, doctor, quit: doctor
    Ready. 1 thing could be better.

    + Node.js  20.20.2
    ! kubectl  not installed; the built-in one is used
        Install kubectl 1.35 to practise with the real one.
    Number of a lab, or list, clusters, doctor, quit: 7
    There is no lab 7.
    Number of a lab, or list, clusters, doctor, quit: "
  `);
});

test('what to practise next, what can be seen now, and the way of a packet are told in sentences', async () => {
  const said = await talk(['1', 'hint', 'trace', 'blue/web-a', 'blue/shop:80', 'back', 'quit'], undefined, {
    next: () => ({ lab: 'networking/service-patch', title: 'A Service that finds no Pods', because: 'new' }),
    openLab: async () => Object.assign(new FakeLab(CROSS_NODE, mkdtempSync(join(tmpdir(), 'cka-plain-')), 0), { observations: async () => ['Pod web-a is Pending.'] }),
  });
  expect(said).toContain('Next: A Service that finds no Pods. new.\n');
  expect(said).toContain('As it is now: Pod web-a is Pending.\nA Pod says with `spec.nodeName` where it wants to be.\n');
  expect(said).toContain('pod blue/web-a → service blue/shop (10.96.7.1, TCP port 80)\n');
  expect(said).toContain('It was dropped. Pod blue/shop-0 may not receive this');
});

test('an error is said, and the conversation goes on', async () => {
  const said = await talk(['1', 'quit'], undefined, { openLab: async () => Promise.reject(new UserError('The disk is full.', 'Free some space.')) });
  expect(said).toContain('Error: The disk is full.\nTry: Free some space.\nNumber of a lab');
});

test('nothing in it moves a cursor or colours anything', async () => {
  // oxlint-disable-next-line no-control-regex
  expect(await talk(['1', 'task', 'debrief', 'reset', 'yes', 'stop', 'yes', 'quit'])).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
});
