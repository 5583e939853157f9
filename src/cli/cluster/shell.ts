/** `cka cluster shell` and `cka cluster kubeconfig`: work on a cluster without a lab. */
import { CLUSTER_OPTIONS, type CliCommand, EXIT, JSON_OPTION, printJson } from '../command.ts';
import { runningCluster, shellFolders } from '../labs.ts';
import { runHere } from '../run-here.ts';

export const clusterShell: CliCommand = {
  name: 'cluster shell',
  summary: 'your own shell, set up for a cluster and nothing else',
  options: CLUSTER_OPTIONS,
  examples: ['cka cluster shell', 'cka cluster shell --name x'],
  async run(cli, _args, options) {
    const [cluster, folders, { prepareShell }] = await Promise.all([runningCluster(cli, options), shellFolders(cli), import('../../lab/shell/lab-shell.ts')]);
    return runHere(await prepareShell({ namespaces: ['default'] }, cluster, folders));
  },
};

export const clusterKubeconfig: CliCommand = {
  name: 'cluster kubeconfig',
  summary: 'the path of a cluster\'s kubeconfig',
  options: [...CLUSTER_OPTIONS, JSON_OPTION],
  examples: ['export KUBECONFIG=$(cka cluster kubeconfig)'],
  async run(cli, _args, options) {
    const { kubeconfig, context } = (await runningCluster(cli, options)).info;
    if (options['json']) printJson(cli, { kubeconfig, context });
    else cli.out(`${kubeconfig}\n`);
    return EXIT.done;
  },
};
