/**
 * A lab's own kubeconfig: the cluster's, with the lab's first namespace as the current one. Kept when the learner
 * changed it (`kubectl config set-context --current --namespace=…`), renewed when the cluster's address or credentials changed.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';

interface Kubeconfig {
  readonly clusters: unknown;
  readonly users: unknown;
  readonly contexts: readonly { readonly name: string; readonly context: Readonly<Record<string, unknown>> }[];
  readonly 'current-context': string;
}

export async function writeLabKubeconfig(source: string, file: string, namespace: string): Promise<void> {
  const { parse, stringify } = await import('yaml');
  const cluster = parse(await readFile(source, 'utf8')) as Kubeconfig;
  const old = await readFile(file, 'utf8').then((text) => parse(text) as Kubeconfig, () => undefined);
  if (old && same(old.clusters, cluster.clusters) && same(old.users, cluster.users)) return;
  const contexts = cluster.contexts.map(({ name, context }) => ({ name, context: { ...context, namespace } }));
  const part = `${file}.${process.pid}.part`;
  await writeFile(part, stringify({ ...cluster, contexts }), { mode: 0o600 });
  await rename(part, file);
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
