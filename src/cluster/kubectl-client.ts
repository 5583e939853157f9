/**
 * kubectl against one cluster: the one installed here, always with our own kubeconfig; else the one that every node of
 * kind carries. Never looks at the user's configuration. Knows no labs.
 */
import { findProgram } from './find-program.ts';
import type { Engine } from './engine.ts';
import type { Ran, RunOptions, Tools } from './tools.ts';

export class KubectlClient {
  readonly #tools: Tools;
  readonly #prefix: readonly [string, ...string[]];

  private constructor(tools: Tools, prefix: readonly [string, ...string[]]) {
    this.#tools = tools;
    this.#prefix = prefix;
  }

  /** @param node where to borrow one when this machine has none */
  static for(kubeconfig: string, node: { readonly engine: Engine; readonly name: string }, tools: Tools): KubectlClient {
    if (findProgram('kubectl', tools.env['PATH'])) return new KubectlClient(tools, ['kubectl', `--kubeconfig=${kubeconfig}`]);
    return new KubectlClient(tools, [node.engine.name, ...node.engine.execArgs(node.name, ['kubectl', '--kubeconfig=/etc/kubernetes/admin.conf'], { stdin: true })]);
  }

  run(args: readonly string[], options?: RunOptions): Promise<Ran> {
    const [program, ...first] = this.#prefix;
    return this.#tools.run(program, [...first, ...args], options);
  }

  /** @returns what it printed @throws UserError */
  must(args: readonly string[], options?: RunOptions & { readonly action?: string }): Promise<string> {
    const [program, ...first] = this.#prefix;
    return this.#tools.must(program, [...first, ...args], options);
  }

  async json<T>(args: readonly string[]): Promise<T> {
    return JSON.parse(await this.must([...args, '-o', 'json'])) as T;
  }
}
