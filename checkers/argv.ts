/** What a container starts: `command` and `args` together are one argv, however they were divided. */
import { type Checker, Params } from '../src/lab/checker.ts';
import { nameOf, valuesAt } from './path.ts';

interface ArgvParams {
  readonly resource: string;
  readonly name: string;
  readonly namespace: string;
  readonly container: string | undefined;
  readonly argv: readonly string[];
  readonly nudge: string | undefined;
}

export const argv: Checker<ArgvParams> = {
  name: 'argv',

  parse(value) {
    const params = new Params(value);
    const parsed = { resource: params.text('resource'), name: params.text('name'), namespace: params.text('namespace'), container: params.optionalText('container'), argv: params.texts('argv'), nudge: params.optionalText('nudge') };
    params.done();
    return parsed;
  },

  title: ({ resource, name, container, argv: words }) => `${nameOf(resource, name)} starts \`${words.join(' ')}\`${container === undefined ? '' : ` in container ${container}`}`,

  async run(params, cluster) {
    const { resource, name, namespace, container, nudge } = params;
    const object = await cluster.get(resource, name, namespace);
    const fail = (saw: string) => ({ status: 'fail', expected: argv.title(params), saw, ...(nudge === undefined ? {} : { nudge }) }) as const;
    if (!object) return fail(`${nameOf(resource, name, namespace)} does not exist`);
    const where = resource === 'pods' ? 'spec' : 'spec.template.spec';
    const containers = valuesAt(object, `${where}.containers[*]`) as readonly { readonly name: string; readonly command?: readonly string[]; readonly args?: readonly string[] }[];
    const chosen = containers.filter((one) => container === undefined || one.name === container);
    if (chosen.length === 0) return fail(`there is no container ${container}`);
    const found = chosen.map(({ command = [], args = [] }) => [...command, ...args]);
    const saw = found.map((words) => (words.length === 0 ? 'what the image says' : `\`${words.join(' ')}\``)).join(', ');
    return found.some((words) => words.join('\0') === params.argv.join('\0')) ? { status: 'pass', saw } : fail(saw);
  },
};
