/** The cluster and doctor screens in words. Know nothing of drawing or of how the answers were found. */
import { backendLine } from '../../cluster/choice.ts';
import type { ClusterInfo } from '../../cluster/cluster.ts';
import { networkLine } from '../../cluster/encapsulation.ts';
import { stateWord } from '../../cluster/state-word.ts';
import type { DoctorRow } from '../services.ts';
import { BLANK, line, span, wrap, type Line } from '../text/lines.ts';
import type { Symbols } from '../theme.ts';
import { plural } from './format.ts';

/** Every cluster that this program made. */
export function clusterLines(clusters: readonly ClusterInfo[], width: number, symbols: Symbols): Line[] {
  if (clusters.length === 0) return wrap(line('There is no cluster. Starting a lab makes one; so does `cka cluster up`.'), width);
  return clusters.flatMap((cluster): Line[] => [
    [
      span(cluster.running ? `${symbols.running} ` : `${symbols.open} `, cluster.running ? 'pass' : 'dim'),
      span(cluster.name, 'title'),
      span(`  ${cluster.backend}, ${stateWord(cluster)}`, 'dim'),
    ],
    ...(cluster.because === undefined ? [] : fact('on', backendLine(cluster), width)),
    ...fact('Kubernetes', `${cluster.kubernetesVersion}, ${networkLine(cluster)}, kube-proxy in ${cluster.proxyMode} mode`, width),
    ...fact('nodes', cluster.nodes.join(', '), width),
    ...fact('context', cluster.context, width),
    ...fact('kubeconfig', cluster.kubeconfig, width),
    BLANK,
  ]);
}

/** What works here, and what to do about the rest. Real clusters come last: labs run without them. */
export function doctorLines(rows: readonly DoctorRow[], width: number, symbols: Symbols): Line[] {
  const own = rows.filter(({ id, for: only }) => only === undefined && !ABOUT_BACKENDS.test(id));
  const real = rows.filter((row) => !own.includes(row));
  const count = (status: DoctorRow['status']) => own.filter((row) => row.status === status).length;
  const verdict =
    count('failure') > 0 ? line(`${plural(count('failure'), 'thing')} must be mended first.`, 'fail')
    : count('warning') > 0 ? line(`Ready. ${plural(count('warning'), 'thing')} could be better.`, 'pass')
    : line('Ready. Everything is in place.', 'pass');
  return [
    verdict,
    BLANK,
    ...own.flatMap((row) => doctorRow(row, width, symbols)),
    ...(real.length === 0 ? [] : [BLANK, line('Real clusters', 'strong'), BLANK, ...real.flatMap((row) => doctorRow(row, width, symbols))]),
  ];
}

const ABOUT_BACKENDS = /^(backend-|labs$)/;

function doctorRow({ title, status, detail, action, for: only }: DoctorRow, width: number, symbols: Symbols): Line[] {
  const [mark, style] = status === 'ok' ? [symbols.pass, 'pass' as const] : status === 'warning' || only !== undefined ? ['!', 'unknown' as const] : [symbols.fail, 'fail' as const];
  return [
    ...wrap([span(title, 'strong'), span(`  ${detail}`)], width, [span(`${mark} `, style)], line('  ')),
    ...(action === undefined ? [] : wrap(line(action, 'accent'), width, line('    '))),
  ];
}

const fact = (name: string, text: string, width: number): Line[] => wrap(line(text), width, [span(`  ${name.padEnd(12)}`, 'dim')], line(' '.repeat(14)));
