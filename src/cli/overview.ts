/** `cka` without a terminal: labs, clusters and what to do next, on a page of plain text. */
import { formatTable } from '../base/table.ts';
import { type Cli, EXIT } from './command.ts';
import { listings } from './listing.ts';
import { backendOf, listPacks, loadLabs, openProgress } from './labs.ts';

export async function overview(cli: Cli): Promise<number> {
  const [labs, progress, backend, { bestOf }] = await Promise.all([loadLabs(cli, listPacks), openProgress(cli), backendOf(cli), import('../lab/progress.ts')]);
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
  else lines.push(formatTable(clusters.map((info) => [`  ${info.name}`, info.backend, info.running ? 'running' : 'stopped', info.kubernetesVersion, info.cni])));
  const next = rows.find(({ state }) => state !== 'solved') ?? rows[0];
  const name = next?.lab.id.split('/')[1];
  lines.push('', 'Next');
  if (name !== undefined) lines.push(`  cka lab start ${name}`, `  cka lab shell ${name}`, `  cka lab check ${name}`);
  lines.push('  cka --help', '');
  cli.out(lines.join('\n'));
  return EXIT.done;
}
