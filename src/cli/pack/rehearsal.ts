/**
 * Benches for proving labs. In this process: simulators whose time runs faster, and a simulated desk; the quick way.
 * Or as a learner has it: simulator processes, a real bash, and the kubectl that is installed; the true way.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterFolder } from '../../cluster/paths.ts';
import { simulatorBackend } from '../../cluster/simulator.ts';
import { runSimulator } from '../../cluster/simulator-process.ts';
import type { Bench, MakeBench } from '../../lab/prove/ground.ts';
import { writeLabKubeconfig } from '../../lab/shell/kubeconfig.ts';
import { prepareShell } from '../../lab/shell/lab-shell.ts';
import { commandLine } from '../../lab/shell/quote.ts';
import { makeDesk } from './desk.ts';

/** A cluster's wait of ten seconds is one of ours. Faster than that, and programs would time out for want of processor. */
const SPEED = 10;
const SCRIPT_MS = 120_000;

export interface Rehearsal {
  readonly make: MakeBench;
  /** Removes what it put on disk. */
  close(): void;
}

export function rehearseHere(log: (line: string) => void = () => undefined): Rehearsal {
  const home = mkdtempSync(join(tmpdir(), 'cka-prove-'));
  const paths = { data: join(home, 'data'), cache: join(home, 'cache'), run: join(home, 'run') };
  const backend = simulatorBackend(paths);
  return {
    async make(spec): Promise<Bench> {
      const { name } = spec;
      const simulator = await runSimulator({ ...spec, folder: clusterFolder(paths, name), idleHours: 0, rehearsalSpeed: SPEED, log });
      const cluster = await backend.up(spec);
      const desk = makeDesk(cluster, SPEED);
      return {
        cluster,
        async run(script, lab, limitMs = SCRIPT_MS) {
          const kubeconfig = join(home, `${name}.${lab.namespaces[0]}.kubeconfig`);
          await writeLabKubeconfig(simulator.kubeconfig, kubeconfig, lab.namespaces[0]!);
          return desk.run(script, kubeconfig, limitMs);
        },
        async close() {
          desk.close();
          await simulator.stop();
        },
      };
    },
    close: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** @param kubectl the one to use; undefined takes ours */
export function rehearseForReal(self: readonly string[], kubectl: string | undefined): Rehearsal {
  const home = mkdtempSync(join(tmpdir(), 'cka-prove-'));
  const backend = simulatorBackend({ data: join(home, 'data') }, { command: self });
  const bin = join(home, 'bin');
  mkdirSync(bin);
  if (kubectl !== undefined) symlinkSync(kubectl, join(bin, 'kubectl'));
  else writeFileSync(join(bin, 'kubectl'), `#!/bin/sh\nexec ${commandLine(self)} kubectl "$@"\n`, { mode: 0o755 });
  const env = { ...process.env, CKA_HOME: home, PATH: `${bin}:${process.env['PATH']}` };
  return {
    async make(spec): Promise<Bench> {
      const { name } = spec;
      const cluster = await backend.up(spec);
      return {
        cluster,
        async run(script, lab, limitMs = SCRIPT_MS) {
          const shell = await prepareShell(lab, cluster, { run: join(home, 'run'), data: join(home, name), cache: join(home, 'cache'), self, env });
          const file = join(home, `${name}.sh`);
          writeFileSync(file, script);
          const { execa } = await import('execa');
          const { exitCode, all } = await execa('bash', [file], { env: shell.env, extendEnv: false, cwd: shell.cwd, timeout: limitMs, all: true, reject: false });
          return { exitCode: exitCode ?? 1, output: all };
        },
        close: () => cluster.down(),
      };
    },
    close: () => rmSync(home, { recursive: true, force: true }),
  };
}
