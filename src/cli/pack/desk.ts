/**
 * A learner's desk without a learner: a simulated machine with a shell, our kubectl in this very process, and ssh to the
 * nodes. Scripts of labs run on it in milliseconds, where a real shell and a real kubectl need seconds of processor time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBytes, toBytes, utf8Decode, utf8Encode } from '../../base/bytes.ts';
import { EventClock } from '../../base/clock.ts';
import { pace } from '../../base/pacer.ts';
import { seededRng } from '../../base/rng.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { wallOf } from '../../cluster/wall.ts';
import type { ScriptResult } from '../../lab/prove/ground.ts';
import { runKubectl } from '../../kubectl/main.ts';
import { Machine, programFile } from '../../machine/machine.ts';
import type { Process, Program } from '../../machine/program.ts';
import { collect, readAll } from '../../machine/streams.ts';
import { World } from '../../net/world.ts';
import { programs } from '../../programs/index.ts';
import { nodeFiles } from '../../sim/node-machine.ts';
import { copyOut } from './copy-out.ts';

/** As `timeout` of coreutils ends. */
const TIMED_OUT = 124;

export interface Desk {
  /** @param limitMs how long the script may take, in our time */
  run(script: string, kubeconfig: string, limitMs: number): Promise<ScriptResult>;
  close(): void;
}

/** @param speed how many times as fast as ours its time runs, so that `sleep 5` means the same here and there */
export function makeDesk(cluster: Cluster, speed: number): Desk {
  const clock = new EventClock(Date.now());
  const rng = seededRng(1);
  const world = new World({ clock, rng });
  const own = new Map([kubectlProgram(), sshProgram(cluster)].map((program) => [program.name, program]));
  const image = nodeFiles();
  for (const name of own.keys()) image.write(`/usr/local/bin/${name}`, programFile(name), { mode: 0o755 });
  const stop = pace(clock, wallOf(speed, (error) => {
    throw error;
  }));
  return {
    close: stop,
    async run(script, kubeconfig, limitMs) {
      const netns = world.createNamespace('desk');
      const machine = new Machine({ hostname: 'desk', files: image.clone(), netns, clock, rng, programs: { get: (name) => own.get(name) ?? programs.get(name) } });
      machine.register(['/sbin/init']);
      machine.files.write('/root/script.sh', utf8Encode(script));
      const output = collect();
      const { exited } = machine.start(['bash', '/root/script.sh'], { cwd: '/root', env: { HOME: '/root', PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', KUBECONFIG: kubeconfig }, stdout: output, stderr: output });
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<number>((resolve) => {
        timer = setTimeout(() => resolve(TIMED_OUT), limitMs);
      });
      const code = await Promise.race([exited.then((end) => end.code), late]);
      clearTimeout(timer);
      machine.stop();
      world.destroyNamespace(netns);
      return { exitCode: code, output: utf8Decode(output.text) };
    },
  };
}

function kubectlProgram(): Program {
  return {
    name: 'kubectl',
    async run(process) {
      // kubectl writes without waiting; what it wrote goes out in order before it ends.
      let written = Promise.resolve();
      const to = (output: Process['stdout']) => (text: string | Uint8Array) => {
        const bytes = typeof text === 'string' ? utf8Encode(text) : fromBytes(text);
        written = written.then(() => output.write(bytes));
      };
      // It reads files from the real disk: what lies in the script's folder is copied there, for as long as it runs.
      const cwd = mkdtempSync(join(tmpdir(), 'cka-desk-'));
      copyOut(process.files, process.cwd, cwd);
      const code = await runKubectl(process.argv.slice(1).map(utf8Decode), {
        env: Object.fromEntries([...process.env].map(([name, value]) => [name, utf8Decode(value)])),
        cwd,
        stdout: to(process.stdout),
        stderr: to(process.stderr),
        readStdin: async () => toBytes(await readAll(process.stdin)),
        onStdin(listener) {
          void readAll(process.stdin).then((bytes) => {
            if (bytes !== '') listener(toBytes(bytes));
            listener(undefined);
          }, () => listener(undefined));
          return () => undefined;
        },
        signal: process.signal,
      }).finally(() => rmSync(cwd, { recursive: true, force: true }));
      await written;
      return code;
    },
  };
}

function sshProgram(cluster: Cluster): Program {
  return {
    name: 'ssh',
    async run(process) {
      const [host = '', ...words] = process.argv.slice(1).map(utf8Decode).filter((word, index, all) => !word.startsWith('-') || all.slice(0, index).some((before) => !before.startsWith('-')));
      const node = host.replace(/^.*@/, '');
      if (![...cluster.info.nodes, ...(cluster.info.machines ?? [])].includes(node)) {
        await process.stderr.write(`ssh: only the nodes of the lab can be reached here: ${cluster.info.nodes.join(' ')}\n`);
        return 255;
      }
      const stdin = utf8Decode(await readAll(process.stdin));
      const result = await cluster.exec({ node }, words.length === 0 ? ['bash', '-s'] : ['sh', '-c', words.join(' ')], stdin === '' ? {} : { stdin });
      await process.stdout.write(utf8Encode(result.stdout));
      await process.stderr.write(utf8Encode(result.stderr));
      return result.exitCode;
    },
  };
}
