/** `cka cluster down` and `cka cluster reset`. A lab on that cluster has ended with it. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import type { ClusterBackend } from '../../cluster/cluster.ts';
import { CLUSTER_OPTIONS, type CliCommand, EXIT, JSON_OPTION, printJson } from '../command.ts';
import { backendOf, clusterName, openProgress, paths, runningCluster } from '../labs.ts';

export const clusterDown: CliCommand = {
  name: 'cluster down',
  summary: 'stop a cluster and forget it; done when there is none',
  options: [...CLUSTER_OPTIONS, { flags: '--forget', description: 'existing: forget one that does not answer any more; what labs made there stays' }, JSON_OPTION],
  examples: ['cka cluster down', 'cka cluster down --name x'],
  async run(cli, _args, options) {
    const name = clusterName(cli, options);
    const backend = await backendOf(cli, options);
    const removed = options['forget'] === true ? await forget(name, backend) : await backend.remove?.(name);
    const known = removed ? undefined : (await backend.list()).find((info) => info.name === name);
    // One that was killed keeps its state on disk: bring it back, then take it down the proper way.
    const cluster = (removed ? undefined : await backend.find(name)) ?? (known ? await backend.up({ name, workers: known.nodes.length - 1, cni: known.cni === 'other' ? 'calico' : known.cni, proxyMode: known.proxyMode }) : undefined);
    await cluster?.down();
    const existed = removed === true || cluster !== undefined;
    await (await openProgress(cli)).end(name);
    await rm(join((await paths(cli)).run, 'shells', name), { recursive: true, force: true });
    if (options['json']) printJson(cli, { name, existed });
    else cli.out(existed ? `Cluster ${name} is gone.\n` : `There was no cluster ${name}.\n`);
    return EXIT.done;
  },
};

/** @throws UserError for a cluster of ours, which is not forgotten but removed */
async function forget(name: string, backend: ClusterBackend): Promise<boolean> {
  if (await backend.forget?.(name)) return true;
  if (!(await backend.list()).some((info) => info.name === name)) return false;
  throw new UserError(`--forget is for a cluster of your own, and cka made ${name}.`, `Remove it: cka cluster down --name ${name}`, 2);
}

export const clusterReset: CliCommand = {
  name: 'cluster reset',
  summary: 'put a cluster back to the state right after `up`',
  options: [...CLUSTER_OPTIONS, JSON_OPTION],
  examples: ['cka cluster reset'],
  async run(cli, _args, options) {
    const cluster = await runningCluster(cli, options);
    const began = performance.now();
    await cluster.reset(options['json'] ? undefined : (line) => cli.err(`${line} …\n`));
    const { name } = cluster.info;
    await (await openProgress(cli)).end(name);
    if (options['json']) printJson(cli, { name, tookMs: Math.round(performance.now() - began) });
    else cli.out(`Cluster ${name} is back at its start.\n`);
    return EXIT.done;
  },
};
