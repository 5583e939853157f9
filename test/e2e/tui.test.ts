/**
 * The whole program as a learner has it, in a pseudo-terminal: choose a lab, type its solution, see full points, quit.
 * Then what must not stop anybody: a killed screen, a killed simulator, a second screen, no kubectl.
 */
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { type Eyes, noPty, SCREEN_TEST_MS } from '../support/eyes.ts';
import { Learner } from '../support/learner.ts';

const skip = await noPty();
const SLOW = { timeout: SCREEN_TEST_MS };
const PREFIX = '\x1d';

/** From the home screen to the prompt in the lab. */
async function choose(screen: Eyes): Promise<void> {
  await screen.see('Enter start');
  screen.type('/two nodes talk');
  await screen.see('find: two nodes talk');
  screen.type('\r');
  await screen.see('[cross-node-pods]');
}

/** How screens of this learner are started; they are closed after each test, and the clusters go with the last. */
function screensOf(learner: Learner): Learner['screen'] {
  const open: Eyes[] = [];
  afterEach(() => open.splice(0).forEach((screen) => screen.close()));
  afterAll(() => learner.leave(), 180_000);
  return async (words, options) => {
    const screen = await learner.screen(words, options);
    open.push(screen);
    return screen;
  };
}

describe.skipIf(skip).each([['the kubectl of this machine', true], ['no kubectl on the machine', false]] as const)('with %s', (_name, kubectl) => {
  const learner = new Learner({ kubectl });
  const start = screensOf(learner);

  test('start, choose the lab, type the solution, check, full points, quit', SLOW, async () => {
    const screen = await start();
    await choose(screen);
    for (const [name, node] of [['east', 'worker'], ['west', 'worker2']]) {
      screen.type(`k run ${name} --image=nginx:1.25 --labels=app=pair,side=${name} --overrides='{"spec":{"nodeName":"cka-lab-${node}"}}'\r`);
      await screen.see(`pod/${name} created`);
    }
    screen.type('kubectl create service clusterip pair --tcp=80:80\r');
    await screen.see('service/pair created');
    screen.type('kubectl patch service pair -p \'{"spec":{"selector":{"app":"pair","side":null}}}\'\r');
    await screen.see('service/pair patched');
    screen.type(PREFIX);
    await screen.see('Tab terminal');
    screen.type('c');
    await screen.see('10/10 points');
    screen.type('q');
    await screen.see(/✓.*Pods on two nodes talk to each other/);
    screen.type('q');
    await screen.see('terminal restored');
    expect(screen.text).toContain('before the program');
    expect(screen.text).toContain('exit code 0');
    expect(screen.isAlternate).toBe(false);
    expect(learner.ownKubeconfigIsUntouched).toBe(true);
  });

  test('what was reached is known to the next command', SLOW, async () => {
    expect(await learner.json('lab check cross-node-pods')).toMatchObject({ points: 10, of: 10, outcome: 'full' });
    expect(await learner.json('lab list')).toContainEqual(expect.objectContaining({ id: 'networking/cross-node-pods', state: 'solved', attempts: 1, best: expect.objectContaining({ points: 10, of: 10 }) as object }));
  });
});

describe.skipIf(skip)('nothing is lost', () => {
  const learner = new Learner();
  const start = screensOf(learner);

  test('a killed screen loses neither cluster nor lab', SLOW, async () => {
    const first = await start();
    await choose(first);
    first.type('kubectl create configmap kept\r');
    await first.see('configmap/kept created');
    process.kill(learner.pid, 'SIGKILL');
    await first.see('exit code 137');
    const second = await start();
    await choose(second);
    second.type('kubectl get configmap kept\r');
    await second.see(/kept +0 +\d+s/);
  });

  test('a killed simulator comes back with everything in it', SLOW, async () => {
    const screen = await start();
    await choose(screen);
    const killed = learner.simulatorPid();
    process.kill(killed, 'SIGKILL');
    screen.type(PREFIX);
    await screen.see('Tab terminal');
    screen.type('c');
    await vi.waitFor(() => expect(learner.simulatorPid()).not.toBe(killed), 30_000);
    screen.type('q');
    await choose(screen);
    screen.type('kubectl get configmap kept\r');
    await screen.see(/kept +0 +\d+/);
  });

  test('two screens at once show the same lab', SLOW, async () => {
    const [left, right] = [await start(), await start()];
    for (const screen of [left, right]) {
      await choose(screen);
    }
    left.type('kubectl create configmap from-left\r');
    await left.see('configmap/from-left created');
    right.type('kubectl get configmap from-left\r');
    await right.see(/from-left +0 +\d+s/);
  });

  test('a lab is opened at once, and another key leaves its terminal', SLOW, async () => {
    const screen = await start('--lab cross-node-pods --prefix ctrl-g');
    await screen.see('[cross-node-pods]');
    screen.type('\x07');
    await screen.see('Tab terminal');
    screen.type('\x03');
    await screen.see('terminal restored');
    const wrong = await start('--lab cross-nod-pods');
    await wrong.see('There is no lab "cross-nod-pods"');
    await wrong.see('exit code 2');
    expect(wrong.output).not.toContain('\x1b[?1049h');
  });

  test('a screen that is too small says so, and goes on when there is room', SLOW, async () => {
    const screen = await start('', { columns: 40, rows: 10 });
    await screen.see('At\nleast 60x15 are needed');
    screen.resize(100, 30);
    await screen.see('Enter start');
    screen.type('q');
    await screen.see('terminal restored');
  });
});
