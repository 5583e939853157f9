/** Which mode kube-proxy really works in, asked of kube-proxy itself on every node; its ConfigMap only says what was wished. */
import { type Checker, Params } from '../src/lab/checker.ts';

interface ProxyModeParams {
  readonly mode: string;
  readonly nudge: string | undefined;
}

export const proxyMode: Checker<ProxyModeParams> = {
  name: 'proxy-mode',

  parse(value) {
    const params = new Params(value);
    const parsed = { mode: params.text('mode'), nudge: params.optionalText('nudge') };
    params.done();
    return parsed;
  },

  title: ({ mode }) => `kube-proxy works in ${mode} mode on every node`,

  async run(params, cluster) {
    const nodes = (await cluster.list('nodes')).map(({ metadata }) => metadata.name);
    const answers = await Promise.all(nodes.map(async (node) => {
      const { stdout, exitCode } = await cluster.exec({ node }, ['curl', '-s', '-m', '3', 'http://127.0.0.1:10249/proxyMode']);
      return { node, mode: exitCode === 0 ? stdout.trim() : 'no answer from kube-proxy' };
    }));
    const saw = answers.map(({ node, mode }) => `${node}: ${mode}`).join(', ');
    return answers.every(({ mode }) => mode === params.mode) ? { status: 'pass', saw } : { status: 'fail', expected: proxyMode.title(params), saw, ...(params.nudge === undefined ? {} : { nudge: params.nudge }) };
  },
};
