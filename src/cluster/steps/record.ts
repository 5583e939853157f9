/** Step 9: what a reset must bring back (objects, files on nodes), and the word that the cluster is ready. */
import { takeBaseline } from '../baseline.ts';
import { keepNodeFiles } from '../node-files.ts';
import { kubectlOf, nodeNames, type Step } from './step.ts';

export const record: Step = {
  id: 'record',
  title: 'Remembering how it is now',
  limitMs: 3 * 60_000,
  async run(build) {
    // A cluster that was ready before keeps its first baseline: what a learner changed since is not the start.
    if (!build.record.isReady) {
      build.files.write('baseline.json', JSON.stringify(await takeBaseline(kubectlOf(build))));
      for (const node of nodeNames(build)) await keepNodeFiles(build.engine, node);
    }
    build.remember({ isReady: true, proxyMode: build.record.proxyMode ?? build.spec.proxyMode });
  },
};
