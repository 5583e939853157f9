/**
 * What a request asks for, read from its method and path alone. Knows no kinds and no objects.
 * See apiserver/pkg/endpoints/request/requestinfo.go.
 */
export interface RequestInfo {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/** Sub-resources that follow a namespace's own name; anything else there is a resource inside the namespace. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

/** Undefined when the path names no resource (`/healthz`, `/api`, `/apis/apps/v1`). */
export function requestInfo(method: string, path: string, query: URLSearchParams): RequestInfo | undefined {
  const parts = path.split('/').filter((part) => part !== '').map(decode);
  const group = parts[0] === 'apis' ? parts[1] : '';
  const isApi = parts[0] === 'api' || parts[0] === 'apis';
  const version = parts[0] === 'apis' ? parts[2] : parts[1];
  let rest = parts.slice(parts[0] === 'apis' ? 3 : 2);
  if (!isApi || group === undefined || version === undefined || rest.length === 0) return undefined;

  // The old form `/api/v1/watch/pods`, which `kubectl get --raw` users still know.
  const watchPath = rest[0] === 'watch' && rest.length > 1;
  if (watchPath) rest = rest.slice(1);

  let namespace: string | undefined;
  if (rest[0] === 'namespaces' && rest.length > 2 && !NAMESPACE_SUBRESOURCES.has(rest[2]!)) {
    namespace = rest[1];
    rest = rest.slice(2);
  }
  const [resource = '', name, ...sub] = rest;
  return { verb: verbOf(method, name !== undefined, watchPath || isTrue(query.get('watch'))), group, version, resource, namespace, name, subresource: subresourceOf(sub) };
}

/** What follows `proxy` is the path of somebody else. */
const subresourceOf = (sub: readonly string[]): string | undefined => (sub[0] === 'proxy' ? 'proxy' : sub.length > 0 ? sub.join('/') : undefined);

function verbOf(method: string, named: boolean, watch: boolean): RequestInfo['verb'] {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return named ? 'delete' : 'deletecollection';
    default:
      return watch ? 'watch' : named ? 'get' : 'list';
  }
}

/** As Go's strconv.ParseBool in query parameters: `1`, `t`, `true`; a bare `?watch` counts as true. */
export const isTrue = (value: string | null): boolean => value !== null && /^(1|t|true|)$/i.test(value);

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
