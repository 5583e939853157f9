/** The cluster and doctor screens in words. Know nothing of drawing or of how the answers were found. */
import type { ClusterInfo } from '../../cluster/cluster.ts';
import { networkLine } from '../../cluster/encapsulation.ts';
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
      span(`  ${cluster.backend}, ${cluster.running ? 'running' : 'stopped'}`, 'dim'),
    ],
    ...fact('Kubernetes', `${cluster.kubernetesVersion}, ${networkLine(cluster)}, kube-proxy in ${cluster.proxyMode} mode`, width),
    ...fact('nodes', cluster.nodes.join(', '), width),
    ...fact('context', cluster.context, width),
    ...fact('kubeconfig', cluster.kubeconfig, width),
    BLANK,
  ]);
}

/** What works here, and what to do about the rest. */
export function doctorLines(rows: readonly DoctorRow[], width: number, symbols: Symbols): Line[] {
  const marks = { ok: [symbols.pass, 'pass'], warning: ['!', 'unknown'], failure: [symbols.fail, 'fail'] } as const;
  const failures = rows.filter(({ status }) => status === 'failure').length;
  const warnings = rows.filter(({ status }) => status === 'warning').length;
  const verdict =
    failures > 0 ? line(`${plural(failures, 'thing')} must be mended first.`, 'fail')
    : warnings > 0 ? line(`Ready. ${plural(warnings, 'thing')} could be better.`, 'pass')
    : line('Ready. Everything is in place.', 'pass');
  return [
    verdict,
    BLANK,
    ...rows.flatMap(({ title, status, detail, action }): Line[] => {
      const [mark, style] = marks[status];
      return [
        ...wrap([span(title, 'strong'), span(`  ${detail}`)], width, [span(`${mark} `, style)], line('  ')),
        ...(action === undefined ? [] : wrap(line(action, 'accent'), width, line('    '))),
      ];
    }),
  ];
}

const fact = (name: string, text: string, width: number): Line[] => wrap(line(text), width, [span(`  ${name.padEnd(12)}`, 'dim')], line(' '.repeat(14)));
