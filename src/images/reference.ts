/**
 * Image references as Docker and containerd read them: `nginx` is `docker.io/library/nginx:latest`.
 * The grammar and its complaints are those of github.com/distribution/reference.
 */
export interface ImageReference {
  readonly domain: string;
  readonly path: string;
  readonly tag: string;
  readonly digest?: string;
  /** The whole name, as containerd prints it. */
  readonly name: string;
}

const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const DOMAIN = /^(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::\d+)?$/;

/** @returns a sentence instead of a reference when the text is none */
export function parseReference(text: string): ImageReference | { readonly invalid: string } {
  const invalid = (why = 'invalid reference format') => ({ invalid: why });
  const [beforeDigest, digest, ...more] = text.split('@');
  if (more.length > 0 || (digest !== undefined && !DIGEST.test(digest))) return invalid();
  const slash = beforeDigest!.indexOf('/');
  const first = slash < 0 ? '' : beforeDigest!.slice(0, slash);
  const hasDomain = slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first);
  const rest = hasDomain ? beforeDigest!.slice(slash + 1) : beforeDigest!;
  const domain = hasDomain && first !== 'index.docker.io' ? first : 'docker.io';
  const colon = rest.lastIndexOf(':');
  const tag = colon < 0 ? undefined : rest.slice(colon + 1);
  const bare = colon < 0 ? rest : rest.slice(0, colon);
  const path = domain === 'docker.io' && !bare.includes('/') ? `library/${bare}` : bare;
  if (!DOMAIN.test(domain) || bare === '') return invalid();
  if (path.toLowerCase() !== path) return invalid(`invalid reference format: repository name (${path}) must be lowercase`);
  if (!PATH.test(path) || (tag !== undefined && !TAG.test(tag))) return invalid();
  const effectiveTag = tag ?? 'latest';
  const suffix = digest === undefined ? `:${effectiveTag}` : `${tag === undefined ? '' : `:${tag}`}@${digest}`;
  return { domain, path, tag: effectiveTag, ...(digest ? { digest } : {}), name: `${domain}/${path}${suffix}` };
}
