/**
 * Service account tokens: JSON Web Tokens signed by the cluster's key, bound to a service account and perhaps a pod.
 * Knows whether a token is ours and still valid, not whether its account still exists.
 * See kubernetes/pkg/serviceaccount/claims.go and RFC 7519.
 */
import { createHash, createPrivateKey, createPublicKey, randomUUID, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { ClusterIdentity } from './identity.ts';

export const ISSUER = 'https://kubernetes.default.svc.cluster.local';

interface Reference {
  readonly name: string;
  readonly uid: string;
}

export interface TokenClaims {
  readonly aud: readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly nbf: number;
  readonly sub: string;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly node?: Reference;
    readonly pod?: Reference;
    readonly secret?: Reference;
    readonly serviceaccount: Reference;
  };
}

export interface TokenSubject {
  readonly namespace: string;
  readonly serviceAccount: Reference;
  readonly pod?: Reference;
  readonly node?: Reference;
  readonly audiences?: readonly string[];
  readonly expirationSeconds: number;
}

export class Tokens {
  readonly #key: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #keyId: string;
  readonly #clock: Clock;

  constructor(readonly identity: ClusterIdentity, clock: Clock) {
    this.#key = createPrivateKey(identity.serviceAccount.key);
    this.#publicKey = createPublicKey(identity.serviceAccount.publicKey);
    this.#keyId = createHash('sha256').update(this.#publicKey.export({ type: 'spki', format: 'der' })).digest('base64url');
    this.#clock = clock;
  }

  issue(subject: TokenSubject): { readonly token: string; readonly expiresUnixMs: number } {
    const now = Math.floor(this.#clock.unixMs() / 1000);
    const exp = now + subject.expirationSeconds;
    const claims: TokenClaims = {
      aud: subject.audiences && subject.audiences.length > 0 ? subject.audiences : [ISSUER],
      exp,
      iat: now,
      iss: ISSUER,
      jti: randomUUID(),
      'kubernetes.io': {
        namespace: subject.namespace,
        ...(subject.node && { node: subject.node }),
        ...(subject.pod && { pod: subject.pod }),
        serviceaccount: subject.serviceAccount,
      },
      nbf: now,
      sub: `system:serviceaccount:${subject.namespace}:${subject.serviceAccount.name}`,
    };
    const signed = `${encode({ alg: 'ES256', kid: this.#keyId })}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), { key: this.#key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
    return { token: `${signed}.${signature}`, expiresUnixMs: exp * 1000 };
  }

  /** The claims of a token that we signed and that is valid now; undefined otherwise. */
  check(token: string): TokenClaims | undefined {
    const [header, payload, signature, ...rest] = token.split('.');
    if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) return undefined;
    const isOurs = verify('sha256', Buffer.from(`${header}.${payload}`), { key: this.#publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
    if (!isOurs) return undefined;
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as TokenClaims;
    const now = this.#clock.unixMs() / 1000;
    return claims.nbf <= now && now < claims.exp ? claims : undefined;
  }

  /** RFC 7517, as the API server publishes it at `/openid/v1/jwks`. */
  keySet(): unknown {
    return { keys: [{ use: 'sig', kid: this.#keyId, alg: 'ES256', ...this.#publicKey.export({ format: 'jwk' }) }] };
  }
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
