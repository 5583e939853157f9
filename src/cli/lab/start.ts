/** `cka lab start`: cluster up, lab in it. Goes on where the learner was when it runs already. */
import { backendLine } from '../../cluster/choice.ts';
import { asTyped } from '../as-typed.ts';
import { type CliCommand, EXIT, JSON_OPTION, printJson, SPEC_OPTIONS } from '../command.ts';
import { chosenLab, startSession } from '../labs.ts';

export const labStart: CliCommand = {
  name: 'lab start',
  summary: 'bring the cluster up and put a lab into it',
  arguments: [{ name: '<lab>', description: 'id of the lab, or its last part', completes: 'lab' }],
  options: [...SPEC_OPTIONS, JSON_OPTION],
  examples: ['cka lab start cross-node-pods', 'cka lab start networking/service-patch --cni flannel --name flannel', 'cka lab start cross-node-pods --json'],
  async run(cli, [typed], options) {
    const lab = await chosenLab(cli, typed);
    const session = await startSession(cli, lab, options, options['json'] ? undefined : (step) => cli.err(`${step} …\n`));
    const { info } = session.cluster;
    const readyMs = Math.round(performance.now());
    if (options['json']) {
      printJson(cli, {
        lab: lab.id, cluster: info.name, backend: info.backend, because: info.because, kubeconfig: session.shellEnvironment()['KUBECONFIG'], context: info.context,
        nodes: info.nodes, namespaces: lab.namespaces, startedAt: new Date(session.startedAtMs).toISOString(), resumed: session.resumed, readyMs,
      });
      return EXIT.done;
    }
    const name = lab.id.split('/')[1]!;
    cli.out(`${lab.title}\n\n${lab.task}\n\n`);
    cli.out(asTyped(session.resumed ? `The lab was running already: go on. (\`cka lab reset ${name}\` begins anew.)\n` : `The lab is ready on cluster ${info.name} (${backendLine(info)}).\n`, cli.env));
    cli.out(asTyped(`\nWork on it:  cka lab shell ${name}\nGrade it:    cka lab check ${name}\n`, cli.env));
    return EXIT.done;
  },
};
