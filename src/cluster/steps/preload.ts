/** Step 5: images of the network plugin, the probe and the chosen labs come to the nodes at once instead of one by one. */
import { loadImages } from '../images.ts';
import { PROBE_IMAGES } from '../pins.ts';
import { imagesOf } from './pinned.ts';
import { nodeNames, type Step } from './step.ts';

export const preload: Step = {
  id: 'preload',
  title: 'Loading images',
  limitMs: 20 * 60_000,
  async run(build) {
    const { engine, options, say } = build;
    const missing = await loadImages(engine, nodeNames(build), [...imagesOf(build), ...Object.values(PROBE_IMAGES), ...options.images], { say, ...(options.bundle === undefined ? {} : { bundle: options.bundle }) });
    if (missing.length > 0) say(`not preloaded, the nodes will pull them: ${missing.join(', ')}`);
  },
};
