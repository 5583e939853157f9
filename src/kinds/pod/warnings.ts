/**
 * What the server warns of in a pod's spec, without refusing it. See pkg/api/pod/warnings.go.
 */
import { parseQuantity } from '../../api/quantity.ts';
import type { Container, PodSpec, PodTemplate } from './types.ts';

const NANO = 1_000_000_000n;

export function podWarnings(spec: PodSpec | undefined, path: string): string[] {
  if (!spec) return [];
  const warnings: string[] = [];
  for (const list of ['initContainers', 'containers'] as const) {
    spec[list]?.forEach((container, index) => {
      const at = `${path}.${list}[${index}]`;
      warnings.push(...amountWarnings(container, at), ...duplicateWarnings(container, at));
    });
  }
  if ((spec as unknown as Record<string, unknown>)['terminationGracePeriodSeconds'] !== undefined && (spec.terminationGracePeriodSeconds ?? 0) < 0) {
    warnings.push(`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`);
  }
  return warnings;
}

export const templateWarnings = (template: PodTemplate | undefined, path: string): string[] => podWarnings(template?.spec, `${path}.spec`);

/** `100m` of memory is a tenth of a byte: somebody meant `100M`. */
function amountWarnings(container: Container, at: string): string[] {
  const warnings: string[] = [];
  for (const list of ['limits', 'requests'] as const) {
    for (const resource of ['memory', 'ephemeral-storage']) {
      const amount = container.resources?.[list]?.[resource];
      const quantity = amount === undefined ? undefined : parseQuantity(amount);
      if (quantity && quantity.nanos % NANO !== 0n) warnings.push(`${at}.resources.${list}[${resource}]: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`);
    }
  }
  return warnings;
}

function duplicateWarnings(container: Container, at: string): string[] {
  const warnings: string[] = [];
  const variables = new Map<string, number>();
  container.env?.forEach((variable, index) => {
    if (variables.has(variable.name)) warnings.push(`${at}.env[${index}]: hides previous definition of ${JSON.stringify(variable.name)}, which may be dropped when using apply`);
    variables.set(variable.name, index);
  });
  const ports = new Map<string, number>();
  container.ports?.forEach((port, index) => {
    const key = `${port.protocol ?? 'TCP'}/${port.containerPort}/${port.hostPort ?? 0}`;
    const first = ports.get(key);
    if (first !== undefined) warnings.push(`${at}.ports[${index}]: duplicate port definition with ${at}.ports[${first}]`);
    else ports.set(key, index);
  });
  return warnings;
}
