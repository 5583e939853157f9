/**
 * `kubectl --as`: a request made in another's name, by somebody who may do that.
 * See apiserver/pkg/endpoints/filters/impersonation.go.
 */
import type { IncomingMessage } from 'node:http';
import { badRequest } from '../api/status.ts';
import type { Registry, UserInfo } from '../kinds/registry.ts';
import { allowedBy, forbid } from './authorize.ts';
import type { Attributes } from './authorize.ts';

const EXTRA_PREFIX = 'impersonate-extra-';
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** Whom the request is to be treated as coming from. @throws ApiError Forbidden, BadRequest */
export function impersonated(request: IncomingMessage, registry: Registry, user: UserInfo): UserInfo {
  const { headers, headersDistinct } = request;
  const username = headers['impersonate-user'];
  const groups = headersDistinct['impersonate-group'] ?? [];
  const extra = Object.keys(headers).filter((name) => name.startsWith(EXTRA_PREFIX));
  if (typeof username !== 'string') {
    if (groups.length === 0 && extra.length === 0 && headers['impersonate-uid'] === undefined) return user;
    throw badRequest('requested impersonation without impersonating a user');
  }
  const account = SERVICE_ACCOUNT.exec(username);
  const require = (attributes: Partial<Extract<Attributes, { type: 'resource' }>> & { readonly resource: string; readonly name: string }) => {
    const asked: Attributes = { type: 'resource', verb: 'impersonate', group: '', namespace: undefined, subresource: undefined, ...attributes };
    if (!allowedBy(registry, user, asked)) throw forbid(user, asked);
  };
  if (account) require({ resource: 'serviceaccounts', namespace: account[1]!, name: account[2]! });
  else require({ resource: 'users', name: username });
  for (const name of groups) require({ resource: 'groups', name });
  const extras = extra.map((header) => [decodeURIComponent(header.slice(EXTRA_PREFIX.length)), headersDistinct[header] ?? []] as const);
  for (const [key, values] of extras) for (const name of values) require({ group: 'authentication.k8s.io', resource: 'userextras', subresource: key, name });
  return { username, groups: groupsOf(username, groups, account?.[1]), ...(extras.length > 0 && { extra: Object.fromEntries(extras) }) };
}

/** Those asked for, a service account's own when none were, and the one that everybody with a name is in. */
function groupsOf(username: string, asked: readonly string[], namespace: string | undefined): readonly string[] {
  const everybody = username === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  const own = asked.length === 0 && namespace !== undefined ? ['system:serviceaccounts', `system:serviceaccounts:${namespace}`] : asked;
  return own.includes(everybody) ? own : [...own, everybody];
}
