/**
 * Gives the registry the means to sign tokens, and tells whether a token's account still exists.
 * See kubernetes/pkg/registry/core/serviceaccount/storage/token.go and pkg/serviceaccount/claims.go.
 */
import { timestamp } from '../api/time.ts';
import type { Registry } from '../kinds/registry.ts';
import { userOfToken } from './authenticate.ts';
import { signRequest } from './certificate-request.ts';
import { AUTHORITY_NAME } from './identity.ts';
import { ISSUER } from './tokens.ts';
import type { TokenClaims, Tokens } from './tokens.ts';

/** --cluster-signing-duration, and how far back a certificate begins, for clocks that lag. */
const YEAR_SECONDS = 365 * 86_400;
const BACKDATE_MS = 300_000;

/** From now on `…/serviceaccounts/x/token` answers with tokens of this cluster, and approved certificate requests are signed. */
export function useTokens(registry: Registry, tokens: Tokens): void {
  registry.tokenIssuer = (request) => {
    const bound = request.boundObject as { kind?: string; name?: string; uid?: string } | undefined;
    const isPod = bound?.kind === 'Pod' && bound.name !== undefined && bound.uid !== undefined;
    const { token, expiresUnixMs } = tokens.issue({
      namespace: request.namespace,
      serviceAccount: { name: request.serviceAccount, uid: request.uid },
      ...(isPod && { pod: { name: bound.name!, uid: bound.uid! } }),
      audiences: request.audiences,
      expirationSeconds: request.expirationSeconds,
    });
    return { token, expirationTimestamp: timestamp(expiresUnixMs) };
  };
  registry.certificateSigner = ({ request, usages, expirationSeconds = YEAR_SECONDS }) => {
    const now = registry.clock.unixMs();
    const notAfterMs = now + Math.min(expirationSeconds, YEAR_SECONDS) * 1000;
    return signRequest(request, { ...tokens.identity.authority, commonName: AUTHORITY_NAME }, { usages, notBeforeMs: now - BACKDATE_MS, notAfterMs });
  };
  registry.tokenReviewer = (token) => {
    const user = userOfToken(token, tokens, (claims) => tokenSubjectExists(registry, claims));
    return user ? { authenticated: true, user, audiences: [ISSUER] } : { user: {}, error: '[invalid bearer token]' };
  };
}

export function tokenSubjectExists(registry: Registry, claims: TokenClaims): boolean {
  const { namespace, serviceaccount, pod } = claims['kubernetes.io'];
  const uidOf = (resource: string, name: string) => registry.find(resource, name, namespace)?.metadata.uid;
  return uidOf('serviceaccounts', serviceaccount.name) === serviceaccount.uid && (pod === undefined || uidOf('pods', pod.name) === pod.uid);
}
