/** Clusters to prove labs on: a few simulators side by side, each lent to one test at a time; and how a script is run there. */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkers } from '../../checkers/index.ts';
import { findProgram } from '../../src/cluster/find-program.ts';
import { simulatorBackend } from '../../src/cluster/simulator.ts';
import { outcomeOf } from '../../src/lab/check.ts';
import type { CheckReport, Lab } from '../../src/lab/lab.ts';
import { Progress } from '../../src/lab/progress.ts';
import { LabSession } from '../../src/lab/session.ts';
import { commandLine } from '../../src/lab/shell/quote.ts';
import { scratch } from '../lab/lab-support.ts';
import { ownCommand } from '../support/self.ts';

const SELF = ownCommand();
/** More than processors: a script waits more than it works. */
const CLUSTERS = 4;
/** A check that is to turn green has this long: the network needs a moment, as everywhere, and a busy machine a long one. */
const PATIENCE_MS = 60_000;

export class LabClusters {
  readonly #home = scratch();
  readonly #backend = simulatorBackend({ data: join(this.#home, 'data') }, { command: SELF });
  readonly #free = Array.from({ length: CLUSTERS }, (_, index) => `prove-${index}`);
  readonly #waiting: ((name: string) => void)[] = [];
  /** kubectl's name for the title of the tests. */
  readonly kubectl = kubectlAtHand();
  readonly #path = pathWith(this.kubectl.file, this.#home);

  /** Run `prove` on a fresh start of the lab. */
  async with(lab: Lab, prove: (session: LabSession) => Promise<void>): Promise<void> {
    const name = this.#free.pop() ?? (await new Promise<string>((resolve) => this.#waiting.push(resolve)));
    const progress = new Progress({ folder: join(this.#home, name) });
    try {
      const session = await LabSession.start({
        lab, backend: this.#backend, checkers, progress,
        spec: { name, workers: 2, cni: 'calico', proxyMode: 'iptables' },
        folders: { run: join(this.#home, 'run'), data: join(this.#home, name), cache: join(this.#home, 'cache'), self: SELF, env: { ...process.env, PATH: this.#path } },
      });
      await prove(session);
      await session.settled();
    } finally {
      // The next start finds nothing running, and puts the cluster back to its start.
      await progress.end(name);
      const next = this.#waiting.shift();
      if (next) next(name);
      else this.#free.push(name);
    }
  }

  async close(): Promise<void> {
    for (const { name } of await this.#backend.list()) await (await this.#backend.find(name))?.down();
    rmSync(this.#home, { recursive: true, force: true });
  }
}

/** PATH with this kubectl first, or ours. */
function pathWith(kubectl: string | undefined, home: string): string {
  const bin = join(home, 'bin');
  const file = join(bin, 'kubectl');
  mkdirSync(bin);
  if (kubectl !== undefined) symlinkSync(kubectl, file);
  else writeFileSync(file, `#!/bin/sh\nexec ${commandLine(SELF)} kubectl "$@"\n`, { mode: 0o755 });
  return `${bin}:${process.env['PATH']}`;
}

/** `KUBECTL=own` takes ours; a path takes that one; else the one in PATH, else ours. */
function kubectlAtHand(): { readonly title: string; readonly file: string | undefined } {
  const wanted = process.env['KUBECTL'];
  const file = wanted === 'own' ? undefined : (wanted ?? findProgram('kubectl', process.env['PATH']));
  return { title: file === undefined ? 'our kubectl' : 'real kubectl', file };
}

/** Run a script of the lab as a learner's shell would. @throws Error with its output when it fails */
export async function runScript(session: LabSession, script: string): Promise<void> {
  const { env, cwd } = session.shell();
  await new Promise<void>((resolve, reject) => {
    execFile('bash', [script], { env, cwd, timeout: 90_000 }, (error, stdout, stderr) => (error ? reject(new Error(`${script}: ${error.message}\n${stdout}${stderr}`)) : resolve()));
  });
}

/** Check until it is full, or time is up. */
export async function checkUntilFull(session: LabSession): Promise<CheckReport> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const report = await session.check();
    if (outcomeOf(report) === 'full' || performance.now() > end) return report;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Check until two reports in a row say the same. */
export async function checkUntilStable(session: LabSession): Promise<CheckReport> {
  for (let last = '', round = 0; ; round++) {
    const report = await session.check();
    const said = JSON.stringify(report.criteria);
    if (said === last || round > 20) return report;
    last = said;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Ids of criteria by what was found, with what was said: for a failure that explains itself. */
export function findings(report: CheckReport): Record<string, string> {
  return Object.fromEntries(report.criteria.map(({ id, finding }) => [id, finding.status === 'pass' ? 'pass' : finding.status === 'fail' ? `fail: ${finding.saw}` : `unknown: ${finding.because}`]));
}
