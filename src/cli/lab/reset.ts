/** `cka lab reset` and `cka lab stop`. */
import { asTyped } from '../as-typed.ts';
import { CLUSTER_OPTIONS, type CliCommand, EXIT, JSON_OPTION, LAB_ARGUMENT, printJson } from '../command.ts';
import { chosenLab, findSession } from '../labs.ts';

export const labReset: CliCommand = {
  name: 'lab reset',
  summary: 'put a running lab back to its start: a new attempt',
  arguments: [LAB_ARGUMENT],
  options: [...CLUSTER_OPTIONS, JSON_OPTION],
  examples: ['cka lab reset'],
  async run(cli, [typed], options) {
    const session = await findSession(cli, await chosenLab(cli, typed), options);
    const began = performance.now();
    await session.reset();
    const tookMs = Math.round(performance.now() - began);
    if (options['json']) printJson(cli, { lab: session.lab.id, cluster: session.cluster.info.name, startedAt: new Date(session.startedAtMs).toISOString(), tookMs });
    else cli.out(`${session.lab.id} is back at its start.\n`);
    return EXIT.done;
  },
};

export const labStop: CliCommand = {
  name: 'lab stop',
  summary: 'end a lab and remove what it made; the cluster stays',
  arguments: [LAB_ARGUMENT],
  options: [...CLUSTER_OPTIONS, JSON_OPTION],
  examples: ['cka lab stop'],
  async run(cli, [typed], options) {
    const session = await findSession(cli, await chosenLab(cli, typed), options);
    await session.stop();
    if (options['json']) printJson(cli, { lab: session.lab.id, cluster: session.cluster.info.name, stopped: true });
    else cli.out(asTyped(`${session.lab.id} has ended. Cluster ${session.cluster.info.name} still runs: \`cka cluster down\` stops it.\n`, cli.env));
    return EXIT.done;
  },
};
