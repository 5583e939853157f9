/** From a command typed to something on the screen. */
import { Eyes } from '../support/eyes.ts';
import type { Learner } from '../support/learner.ts';
import { ownCommand } from '../support/self.ts';

/** Until the home screen stands, its last line too. */
export async function firstFrame(learner: Learner): Promise<number> {
  const [node = '', ...main] = ownCommand();
  const from = performance.now();
  const screen = await Eyes.open(node, main, { columns: 150, rows: 42, env: learner.env, cwd: learner.home });
  try {
    await screen.see('Enter start');
    return performance.now() - from;
  } finally {
    screen.close();
  }
}

/** A lab, opened from the home screen; the screen stays open. */
export async function readyFromScreen(learner: Learner): Promise<{ readonly screen: Eyes; readonly tookMs: number }> {
  const screen = await learner.screen();
  await screen.see('Enter start');
  screen.type('/two nodes talk');
  await screen.see('find: two nodes talk');
  const from = performance.now();
  screen.type('\r');
  await screen.see('[cross-node-pods]', 60_000);
  return { screen, tookMs: performance.now() - from };
}
