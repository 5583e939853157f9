/** `cka` without a terminal: labs, clusters and what to do next, on a page of plain text. */
import { formatTable } from '../base/table.ts';
import { stateWord } from '../cluster/state-word.ts';
import { asTyped } from './as-typed.ts';
import { type Cli, EXIT } from './command.ts';
import { listings } from './listing.ts';
import { backendOf, listPacks, loadLabs, openProgress } from './labs.ts';

export async function overview(cli: Cli): Promise<number> {
  const [labs, progress, backend, { bestOf }, { suggest }] = await Promise.all([loadLabs(cli, listPacks), openProgress(cli), backendOf(cli), import('../lab/progress.ts'), import('../lab/next.ts')]);
  const [attempts, clusters] = await Promise.all([progress.all(), backend.list()]);
  const rows = listings(labs, attempts, bestOf);
  const domains = [...new Set(labs.map(({ domain }) => domain))];
  const lines = [`cka-trainer ${cli.version}: hands-on labs for the CKA exam, on a simulated cluster.`, '', 'Labs'];
  for (const domain of domains) {
    lines.push(`  ${domain}`);
    const cells = rows.filter(({ lab }) => lab.domain === domain).map(({ lab, state, best }) => [`    ${lab.id}`, state, best ? `${best.points}/${best.of}` : '-', lab.title]);
    lines.push(formatTable(cells));
  }
  lines.push('', 'Clusters');
  if (clusters.length === 0) lines.push('  none');
  else lines.push(formatTable(clusters.map((info) => [`  ${info.name}`, info.backend, stateWord(info), info.kubernetesVersion, info.cni])));
  const name = (rows.find(({ state }) => state === 'running') ?? suggest(labs, attempts, Date.now())[0])?.lab.id.split('/')[1];
  const next = name === undefined ? [] : [`  cka lab start ${name}`, `  cka lab shell ${name}`, `  cka lab check ${name}`];
  lines.push('', 'Next', ...[...next, '  cka --help'].map((line) => asTyped(line, cli.env)), '');
  cli.out(lines.join('\n'));
  return EXIT.done;
}
