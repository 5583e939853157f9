/**
 * Who sends a request: the subject of a client certificate, or of a service account token, or nobody in particular.
 * Knows nothing of what they may do. See apiserver/pkg/authentication/request.
 */
import type { IncomingMessage } from 'node:http';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { unauthorized } from '../api/status.ts';
import type { UserInfo } from '../kinds/registry.ts';
import type { TokenClaims, Tokens } from './tokens.ts';
import { ISSUER } from './tokens.ts';

export const ANONYMOUS: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };
const AUTHENTICATED = 'system:authenticated';

/** Does the account (and pod) that a token is bound to still exist? */
export type TokenSubjectExists = (claims: TokenClaims) => boolean;

/** @throws ApiError Unauthorized for a certificate or token that is not ours */
export function authenticate(request: IncomingMessage, tokens: Tokens, exists: TokenSubjectExists): UserInfo {
  const socket = request.socket as TLSSocket;
  const certificate = socket.getPeerCertificate() as PeerCertificate | undefined;
  if (certificate?.subject) {
    if (!socket.authorized) throw unauthorized();
    return userOfCertificate(certificate);
  }
  const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) return request.headers.authorization === undefined ? ANONYMOUS : refuse();
  return userOfToken(token, tokens, exists) ?? refuse();
}

/** Undefined when the token is not valid here. */
export function userOfToken(token: string, tokens: Tokens, exists: TokenSubjectExists, audience: string = ISSUER): UserInfo | undefined {
  const claims = tokens.check(token);
  if (!claims || !claims.aud.includes(audience) || !exists(claims)) return undefined;
  const bound = claims['kubernetes.io'];
  return {
    username: claims.sub,
    uid: bound.serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${bound.namespace}`, AUTHENTICATED],
    extra: {
      'authentication.kubernetes.io/credential-id': [`JTI=${claims.jti}`],
      ...(bound.node && { 'authentication.kubernetes.io/node-name': [bound.node.name], 'authentication.kubernetes.io/node-uid': [bound.node.uid] }),
      ...(bound.pod && { 'authentication.kubernetes.io/pod-name': [bound.pod.name], 'authentication.kubernetes.io/pod-uid': [bound.pod.uid] }),
    },
  };
}

/** Common name is the user, organizations are the groups (apiserver/pkg/authentication/request/x509). */
function userOfCertificate(certificate: PeerCertificate): UserInfo {
  // Repeated attributes come as an array, whatever the type says.
  const { CN, O: organizations } = certificate.subject as { readonly CN?: string | string[]; readonly O?: string | string[] };
  const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  return {
    username: [CN ?? ''].flat()[0]!,
    groups: [...(organizations === undefined ? [] : [organizations].flat()), AUTHENTICATED],
    extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] },
  };
}

function refuse(): never {
  throw unauthorized();
}
