/** What `cka sim --serve …` is to the real program: serves the fake simulation until it is told to stop. */
import { parseArgs } from 'node:util';
import { runSimulator } from '../../src/cluster/simulator-process.ts';
import { UserError } from '../../src/base/user-error.ts';
import { bootFake } from './fake-simulation.ts';

const { values } = parseArgs({ args: process.argv.slice(3), options: Object.fromEntries(['serve', 'name', 'cni', 'workers', 'proxy-mode'].map((name) => [name, { type: 'string' as const }])) });

try {
  const running = await runSimulator({
    name: values['name'] ?? '', cni: values['cni'] as 'calico', workers: Number(values['workers']), proxyMode: values['proxy-mode'] as 'iptables', folder: values['serve'] ?? '', boot: bootFake,
  });
  await running.stopped;
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
