/**
 * Content negotiation: which form of an answer the client wants most. Knows no HTTP but the Accept header.
 * See apiserver/pkg/endpoints/handlers/negotiation.
 */
export interface Accepted {
  readonly mediaType: 'json' | 'yaml';
  /** The object itself, the columns of `kubectl get`, its metadata only, or aggregated discovery. */
  readonly as: 'Object' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | 'APIGroupDiscoveryList';
  /** Version of the `as` form: `v1`, `v1beta1`, `v2`, `v2beta1`. */
  readonly version: string;
}

const PLAIN: Accepted = { mediaType: 'json', as: 'Object', version: '' };
const META_FORMS: readonly string[] = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'];

/**
 * The best form we can give; undefined when there is none (406).
 * Differs from Kubernetes: answers are never protobuf; every client that asks for it takes JSON as its second choice.
 * @param forms what this place offers besides the plain object
 */
export function negotiate(header: string | undefined, forms: 'objects' | 'discovery' | 'none' = 'none'): Accepted | undefined {
  if (header === undefined || header.trim() === '') return PLAIN;
  for (const clause of clausesOf(header)) {
    const mediaType = mediaTypeOf(clause.type);
    if (!mediaType) continue;
    const as = clause.parameters.get('as');
    if (as === undefined) return { ...PLAIN, mediaType };
    const group = clause.parameters.get('g');
    const version = clause.parameters.get('v') ?? '';
    if (forms === 'objects' && group === 'meta.k8s.io' && META_FORMS.includes(as) && (version === 'v1' || version === 'v1beta1')) {
      return { mediaType, as: as as Accepted['as'], version };
    }
    if (forms === 'discovery' && group === 'apidiscovery.k8s.io' && as === 'APIGroupDiscoveryList' && (version === 'v2' || version === 'v2beta1')) {
      return { mediaType, as, version };
    }
  }
  return undefined;
}

export const contentTypeOf = (accepted: Accepted): string => (accepted.mediaType === 'yaml' ? 'application/yaml' : 'application/json');

interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/** In order of preference: by `q`, then as written. */
function clausesOf(header: string): Clause[] {
  return header
    .split(',')
    .map((text) => {
      const [type = '', ...rest] = text.split(';').map((part) => part.trim());
      const parameters = new Map(rest.map((part) => [part.split('=')[0]!.trim(), part.split('=').slice(1).join('=').trim()]));
      return { type: type.toLowerCase(), parameters, quality: Number(parameters.get('q') ?? 1) };
    })
    .sort((a, b) => b.quality - a.quality);
}

function mediaTypeOf(type: string): 'json' | 'yaml' | undefined {
  if (type === 'application/json' || type === '*/*' || type === 'application/*') return 'json';
  return type === 'application/yaml' ? 'yaml' : undefined;
}
