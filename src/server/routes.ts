/**
 * Which handler answers which path. One list, in the order of the real server's own paths.
 * Differs from Kubernetes: no /metrics, /logs and /debug: nothing in a lab reads them.
 * See apiserver/pkg/server/handler.go and server/routes.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { methodNotAllowed, unknownResource } from '../api/status.ts';
import { negotiate } from './accept.ts';
import type { Attributes } from './authorize.ts';
import type { ContainerStreams } from './containers.ts';
import type { Discovery } from './discovery.ts';
import type { Exchange } from './exchange.ts';
import { sendIndented, sendObject, sendPageNotFound } from './exchange.ts';
import { serveHealth } from './health.ts';
import type { OpenApi } from './openapi.ts';
import { serveResource } from './resources.ts';
import type { ResourceContext } from './resources.ts';
import { ISSUER } from './tokens.ts';
import type { Tokens } from './tokens.ts';

/** What `kubectl version` shows of the server. */
export interface VersionInfo {
  readonly major: string;
  readonly minor: string;
  readonly gitVersion: string;
  readonly gitCommit: string;
  readonly gitTreeState: string;
  readonly buildDate: string;
  readonly goVersion: string;
  readonly compiler: string;
  readonly platform: string;
}

export interface RouteContext extends ResourceContext {
  readonly containers: ContainerStreams;
  readonly tokens: Tokens;
  readonly discovery: Discovery;
  readonly openApi: OpenApi;
  readonly version: VersionInfo;
  readonly extra?: (request: IncomingMessage, response: ServerResponse, path: string) => boolean;
}

/** Paths of our own, beside Kubernetes'. */
export const OWN_PREFIX = '/cka/v1/';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

const PATHS = [
  '/.well-known/openid-configuration', '/api', '/api/v1', '/apis', '/healthz', '/livez', '/openapi/v2', '/openapi/v3', '/openid/v1/jwks', '/readyz', '/version',
];

export async function serveRequest(exchange: Exchange, context: RouteContext): Promise<void> {
  const { path } = exchange;
  const { discovery } = context;
  if (exchange.info) return serveInfo(exchange, context);
  if (path.startsWith(OWN_PREFIX)) return context.extra?.(exchange.request, exchange.response, path) ? undefined : sendPageNotFound(exchange);
  if (path.startsWith('/openapi/')) return context.openApi.serve(exchange, path);
  const parts = path.split('/').filter(Boolean);
  switch (parts[0]) {
    case undefined:
      return sendIndented(exchange, { paths: [...new Set([...PATHS, ...discovery.groupVersions().flatMap(({ group, version }) => (group ? [`/apis/${group}`, `/apis/${group}/${version}`] : []))])].toSorted() });
    case 'api':
    case 'apis':
      return serveDiscovery(exchange, context, parts);
    case 'version':
      return sendIndented(exchange, context.version);
    case 'healthz':
    case 'livez':
    case 'readyz':
      return serveHealth(exchange, parts[0], parts.slice(1).join('/'));
    case 'openid':
      return path === '/openid/v1/jwks' ? sendObject(exchange, 200, context.tokens.keySet(), undefined, 'application/jwk-set+json') : sendPageNotFound(exchange);
    case '.well-known':
      return path === '/.well-known/openid-configuration' ? sendObject(exchange, 200, openIdConfiguration()) : sendPageNotFound(exchange);
    default:
      return sendPageNotFound(exchange);
  }
}

/** What the authorizer is asked about a request. */
export function attributesOf({ info, path, request }: Pick<Exchange, 'info' | 'path' | 'request'>): Attributes {
  if (!info) return { type: 'path', verb: (request.method ?? 'GET').toLowerCase(), path };
  const { verb, group, resource, namespace, name, subresource } = info;
  // A namespace is asked for in itself: `cannot get resource "namespaces" … in the namespace "x"`.
  const own = resource === 'namespaces' && group === '' && name !== undefined ? name : namespace;
  return { type: 'resource', verb, group, resource, namespace: own, name, subresource };
}

async function serveInfo(exchange: Exchange, context: RouteContext): Promise<void> {
  const info = exchange.info!;
  if (!context.discovery.hasVersion(info.group, info.version)) return sendPageNotFound(exchange);
  const kind = context.registry.kindOf(info.group, info.resource, info.version);
  if (!kind) throw unknownResource();
  if (!METHODS.has(exchange.request.method ?? '')) throw methodNotAllowed();
  if (info.subresource === 'log' && kind.subresources.includes('log')) {
    const { serveLog } = await import('./log-stream.ts');
    return serveLog(exchange, context, info);
  }
  if (info.subresource === 'proxy' && (kind.plural === 'pods' || kind.plural === 'services') && kind.group === '') {
    const { serveProxy } = await import('./proxy.ts');
    return serveProxy(exchange, context, info, kind);
  }
  return serveResource(exchange, context, info, kind);
}

async function serveDiscovery(exchange: Exchange, { discovery }: RouteContext, parts: readonly string[]): Promise<void> {
  const isRoot = parts.length === 1;
  const isCore = parts[0] === 'api';
  const accepted = negotiate(exchange.request.headers.accept, isRoot ? 'discovery' : 'none');
  if (accepted?.as === 'APIGroupDiscoveryList') {
    const type = `application/json;g=apidiscovery.k8s.io;v=${accepted.version};as=APIGroupDiscoveryList`;
    exchange.response.setHeader('Vary', 'Accept');
    return sendObject(exchange, 200, discovery.aggregated(isCore ? 'core' : 'groups', accepted.version), accepted, type);
  }
  const document = isCore ? coreDocument(exchange, discovery, parts) : groupDocument(discovery, parts);
  return document === undefined ? sendPageNotFound(exchange) : sendObject(exchange, 200, document, accepted);
}

function coreDocument(exchange: Exchange, discovery: Discovery, parts: readonly string[]): unknown {
  const { localAddress, localPort } = exchange.request.socket;
  if (parts.length === 1) return discovery.versions(`${localAddress}:${localPort}`);
  return parts.length === 2 ? discovery.resourceList('', parts[1]!) : undefined;
}

function groupDocument(discovery: Discovery, parts: readonly string[]): unknown {
  if (parts.length === 1) return discovery.groupList();
  if (parts.length === 2) return discovery.group(parts[1]!);
  return parts.length === 3 ? discovery.resourceList(parts[1]!, parts[2]!) : undefined;
}

const openIdConfiguration = () => ({
  issuer: ISSUER,
  jwks_uri: `${ISSUER}/openid/v1/jwks`,
  response_types_supported: ['id_token'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['ES256'],
});

