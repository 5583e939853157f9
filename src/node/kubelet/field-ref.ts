/**
 * The downward API: what a pod may know of itself. See pkg/fieldpath/fieldpath.go and pkg/api/v1/resource/helpers.go.
 */
import type { Stored } from '../../api/object.ts';
import { parseQuantity } from '../../api/quantity.ts';
import type { Container, Pod } from '../../kinds/pod/types.ts';

/** What the node adds to what the pod says. */
export interface NodeFacts {
  readonly name: string;
  readonly ip: string;
  readonly capacity: Readonly<Record<string, string>>;
  /** What a container without limits may use. */
  readonly allocatable: Readonly<Record<string, string>>;
}

export function fieldValue(pod: Stored<Pod>, path: string, node: NodeFacts, podIp: string | undefined): string {
  const { metadata, spec } = pod;
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (subscript) return metadata[subscript[1] as 'labels' | 'annotations']?.[subscript[2] ?? ''] ?? '';
  switch (path) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid ?? '';
    case 'metadata.labels':
      return formatMap(metadata.labels);
    case 'metadata.annotations':
      return formatMap(metadata.annotations);
    case 'spec.nodeName':
      return node.name;
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return node.ip;
    case 'status.podIP':
    case 'status.podIPs':
      return podIp ?? '';
    default:
      throw new Error(`unsupported fieldPath: ${path}`);
  }
}

/** One `key="value"` a line, sorted, as a downward API file shows labels. */
function formatMap(map: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}

/** `limits.cpu` of a container in units of the divisor, rounded up. */
export function resourceValue(container: Stored<Container>, resource: string, divisor: string | undefined, node: NodeFacts): string {
  const [section, ...rest] = resource.split('.');
  const name = rest.join('.');
  const own = (section === 'requests' ? container.resources?.requests : container.resources?.limits)?.[name];
  const value = own ?? (section === 'limits' ? node.allocatable[name] : '0') ?? '0';
  const unit = parseQuantity(divisor && divisor !== '0' ? divisor : '1')?.nanos ?? 1_000_000_000n;
  const nanos = parseQuantity(String(value))?.nanos ?? 0n;
  return String((nanos + unit - 1n) / unit);
}
