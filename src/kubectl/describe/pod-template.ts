/** Pod templates: containers, volumes, node selectors, tolerations. See DescribePodTemplate in kubectl/pkg/describe/describe.go. */
import { dig, type KubeObject } from '../object.ts';
import { writeContainers } from './containers.ts';
import { sortedEntries, writeLabels } from './fields.ts';
import { writeVolumes, type Volume } from './volumes.ts';
import type { Writer } from './writer.ts';

/** @param template metadata and spec; the line `Pod Template:` is the caller's */
export function describePodTemplate(out: Writer, template: KubeObject | undefined): void {
  if (!template) return out.line(1, '<unset>');
  const spec = (template['spec'] ?? {}) as Record<string, unknown>;
  writeLabels(out, 'Labels', template.metadata?.labels, { indent: '  ' });
  if (sortedEntries(template.metadata?.annotations).length > 0) {
    // Annotations of a template stand like labels.
    writeLabels(out, 'Annotations', Object.fromEntries(sortedEntries(template.metadata?.annotations)), { indent: '  ' });
  }
  if (spec['serviceAccountName']) out.line(1, `Service Account:\t${spec['serviceAccountName'] as string}`);
  if (((spec['initContainers'] as unknown[] | undefined) ?? []).length > 0) writeContainers(out, 'Init Containers', template, 'initContainers', undefined, '  ');
  writeContainers(out, 'Containers', template, 'containers', undefined, '  ');
  writeVolumes(out, (spec['volumes'] as Volume[] | undefined) ?? [], '  ');
  writeSpread(out, template, '  ');
  if (spec['priorityClassName']) out.line(1, `Priority Class Name:\t${spec['priorityClassName'] as string}`);
  writeLabels(out, 'Node-Selectors', spec['nodeSelector'] as Record<string, string> | undefined, { indent: '  ' });
  writeTolerations(out, (spec['tolerations'] as Toleration[] | undefined) ?? [], '  ');
}

export interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}

export function writeTolerations(out: Writer, tolerations: readonly Toleration[], indent: string): void {
  out.write(`${indent}Tolerations:\t`);
  if (tolerations.length === 0) return out.write('<none>\n');
  const sorted = [...tolerations].sort((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1));
  sorted.forEach((one, index) => {
    const text = `${one.key ?? ''}${one.value ? `=${one.value}` : ''}${one.effect ? `:${one.effect}` : ''}`;
    const operator = one.operator === 'Exists' ? `${text === '' ? '' : ' '}op=Exists` : '';
    out.write(`${index === 0 ? '' : `${indent}\t`}${text}${operator}${one.tolerationSeconds === undefined ? '' : ` for ${one.tolerationSeconds}s`}\n`);
  });
}

export function writeSpread(out: Writer, holder: KubeObject, indent: string): void {
  const constraints = (dig(holder, 'spec', 'topologySpreadConstraints') as { topologyKey: string; whenUnsatisfiable: string; maxSkew: number; labelSelector?: object }[] | undefined) ?? [];
  if (constraints.length === 0) return;
  const sorted = [...constraints].sort((a, b) => (a.topologyKey < b.topologyKey ? -1 : 1));
  out.write(`${indent}Topology Spread Constraints:\t`);
  sorted.forEach((one, index) => {
    const labels = (one.labelSelector as { matchLabels?: Record<string, string> } | undefined)?.matchLabels;
    out.write(`${index === 0 ? '' : `${indent}\t`}${one.topologyKey}:${one.whenUnsatisfiable} when max skew ${one.maxSkew} is exceeded${one.labelSelector ? ` for selector ${sortedEntries(labels).map(([key, value]) => `${key}=${value}`).join(',')}` : ''}\n`);
  });
}
