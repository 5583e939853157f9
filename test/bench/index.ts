/**
 * `npm run bench`: how quick and how big the program is, as a learner meets it, each figure beside its aim. Everything is
 * measured from outside on the built program: whole processes, bytes on a pseudo-terminal, memory as the kernel counts it.
 */
import { formatTable } from '../../src/base/table.ts';
import { findProgram } from '../../src/cluster/find-program.ts';
import { noPty } from '../support/eyes.ts';
import { Learner } from '../support/learner.ts';
import { examFigures, loadingMs } from './labs.ts';
import { memoryMb } from './memory.ts';
import { packetsPerSecond, policyMatrixMs, routingLoopMs, serviceChangeMs, type ProxyMode } from './network.ts';
import { firstFrame, readyFromScreen } from './start.ts';
import { median, percentile, repeat, timed } from './statistics.ts';
import { keyToGlyph, paneOf, shellOf } from './typing.ts';

const RUNS = 7;
const KEYS = 200;

interface Figure {
  readonly what: string;
  readonly value: string;
  readonly aim?: string;
  readonly isMet?: boolean;
}

const figures: Figure[] = [];
const ms = (value: number) => `${value < 20 ? value.toFixed(1) : Math.round(value)} ms`;
const record = (what: string, value: string, aim?: string, isMet?: boolean) => {
  figures.push({ what, value, ...(aim === undefined ? {} : { aim }), ...(isMet === undefined ? {} : { isMet }) });
  console.error(`${what}: ${value}`);
};
const within = (what: string, value: number, limit: number) => record(what, ms(value), `< ${limit} ms`, value < limit);

const learner = new Learner();
try {
  const pty = (await noPty()) === undefined;
  if (pty) within(`process start to first frame, median of ${RUNS}`, median(await repeat(RUNS, () => firstFrame(learner))), 350);
  const ready = await repeat(RUNS, async () => {
    const tookMs = await timed(async () => void (await learner.json('cluster up --name bench')));
    await learner.cka('cluster down --name bench');
    return tookMs;
  });
  within(`process start to cluster Ready and process end, median of ${RUNS}`, median(ready), 1000);

  if (pty) {
    const { screen, tookMs } = await readyFromScreen(learner);
    within('Enter on the home screen to the prompt in the lab', tookMs, 2000);
    const inPane = await keyToGlyph(paneOf(screen), KEYS);
    const inShell = await shellOf(learner).then(async (shell) => {
      try {
        return await keyToGlyph(shell, KEYS);
      } finally {
        shell.close();
      }
    });
    record(`key to glyph in plain bash, median / p95 of ${KEYS}`, `${ms(median(inShell))} / ${ms(percentile(inShell, 95))}`);
    const p95 = percentile(inPane, 95);
    record(`key to glyph in the pane, median / p95 of ${KEYS}`, `${ms(median(inPane))} / ${ms(p95)}`, 'p95 < 10 ms', p95 < 10);
    record('memory of the screen with the lab open', `${memoryMb(learner.pid)} MB`);
    screen.close();
  } else {
    await learner.cka('lab start cross-node-pods');
  }

  const env = await learner.json('lab env cross-node-pods') as Readonly<Record<string, string>>;
  const kubectl = findProgram('kubectl', process.env['PATH']);
  const get = ['get', 'pods', '-n', 'kube-system'];
  const own = median(await repeat(RUNS, () => timed(async () => void (await learner.cka(`kubectl ${get.join(' ')}`, env)))));
  if (kubectl === undefined) {
    record('kubectl get pods, ours, whole process', ms(own), 'no slower than the real one (there is none here)');
  } else {
    const real = median(await repeat(RUNS, () => timed(async () => void (await learner.run([kubectl, ...get], env)))));
    record(`kubectl get pods, the real one, whole process, median of ${RUNS}`, ms(real));
    record(`kubectl get pods, ours, whole process, median of ${RUNS}`, ms(own), 'no slower than the real one', own <= real);
  }
  record('one request for the same pods, warm connection, median of 50', ms(median(await requests(learner, 50))));
  const simulatorMb = memoryMb(learner.simulatorPid());
  record('memory of the simulator with the lab running', `${simulatorMb} MB`, '< 150 MB', simulatorMb < 150);
  await labFigures();
} finally {
  await learner.leave();
}

await networkFigures();

const rows = figures.map(({ what, value, aim = '', isMet }) => [what, value, aim, isMet === undefined ? '' : isMet ? 'met' : 'missed']);
console.log(formatTable([['FIGURE', 'VALUE', 'AIM', ''], ...rows]));

/** Packs, a lab's own start and reset, an exam from drawing to report. */
async function labFigures(): Promise<void> {
  record('read and validate 200 labs', ms(await loadingMs(200)));
  within('start a lab on a cluster that runs', await timed(async () => void (await learner.cka('lab start service-patch'))), 5000);
  within('reset a lab, whole process', await timed(async () => void (await learner.cka('lab reset service-patch'))), 5000);
  const { tasks, clusters, environmentsMs, gradingMs, reportMs } = await examFigures(learner);
  record(`environments of an exam of ${tasks} tasks on ${clusters} clusters`, ms(environmentsMs));
  within(`grade an exam of ${tasks} tasks`, gradingMs, 3000);
  record('render the report of an exam', ms(reportMs));
}

/** Inside the simulator, without a process around it. */
async function networkFigures(): Promise<void> {
  for (const mode of ['iptables', 'ipvs'] satisfies ProxyMode[]) {
    record(`packets per second, pod to Service to pod, kube-proxy in ${mode} mode`, String(await packetsPerSecond(mode)));
    const [few, some, many] = [100, 1000, 5000].map((count) => serviceChangeMs(mode, count)) as [number, number, number];
    // Every sync writes the chains that all Services share: the work itself grows with their number, and no more than that.
    record(`one more Service among 100 / 1,000 / 5,000, ${mode} mode`, `${ms(few)} / ${ms(some)} / ${ms(many)}`, 'no faster than the number', many / some < 5 * 1.6);
  }
  record('50 policies over 100 pods, one node', ms(policyMatrixMs(50, 100)));
  const [once, tenfold] = [routingLoopMs(100), routingLoopMs(1000)];
  record('a loop of two routers, 100 / 1,000 packets', `${ms(once)} / ${ms(tenfold)}`, 'ends', true);
}

async function requests(of: Learner, count: number): Promise<readonly number[]> {
  const { simulatorBackend } = await import('../../src/cluster/simulator.ts');
  const cluster = (await simulatorBackend({ data: `${of.folder}/data` }).find('cka-lab'))!;
  return repeat(count, () => timed(async () => void (await cluster.request('GET', '/api/v1/namespaces/kube-system/pods'))));
}
