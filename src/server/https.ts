/**
 * The API server's door: TLS, who is asking, may they, and who answers. Knows no verbs, kinds or containers itself.
 * See apiserver/pkg/server/config.go (the order of its filters).
 */
import { constants, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import { ApiError, internal } from '../api/status.ts';
import type { Registry } from '../kinds/registry.ts';
import { ANONYMOUS, authenticate } from './authenticate.ts';
import { allowedBy, forbid } from './authorize.ts';
import type { ContainerStreams } from './containers.ts';
import { Discovery } from './discovery.ts';
import type { Exchange } from './exchange.ts';
import { commonHeaders, sendError } from './exchange.ts';
import { ADMIN_GROUP, type ClusterIdentity } from './identity.ts';
import { insideServer, type InsideDoor } from './inside.ts';
import { impersonated } from './impersonate.ts';
import { OpenApi } from './openapi.ts';
import type { OpenApiSource } from './openapi.ts';
import { requestInfo } from './request-info.ts';
import { attributesOf, OWN_PREFIX, serveRequest } from './routes.ts';
import type { RouteContext, VersionInfo } from './routes.ts';
import { tokenSubjectExists, useTokens } from './token-request.ts';
import { Tokens } from './tokens.ts';
import { readDataText } from './data-files.ts';
import type { ProtobufDecoder } from './body.ts';

export interface ServerOptions {
  readonly registry: Registry;
  readonly containers: ContainerStreams;
  readonly identity: ClusterIdentity;
  readonly clock: Clock;
  /** Where clients inside the simulated network come from. */
  readonly door?: InsideDoor;
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly version: VersionInfo;
  /** Answers paths of the host's own; true when it did (or will). Only administrators get here. */
  readonly extra?: (request: IncomingMessage, response: ServerResponse, path: string) => boolean;
  /** Where OpenAPI documents come from; the data files when absent. */
  readonly openApi?: OpenApiSource;
  /** Told of errors that are bugs of ours; the client sees only "Internal error occurred". */
  readonly onBug?: (error: unknown, what: string) => void;
  /** Told of every request, for a host that stops when nobody asks any more. */
  readonly onActivity?: () => void;
}

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** From now on answers come from another world (after a reset). */
  replace(world: Pick<ServerOptions, 'registry' | 'containers' | 'clock' | 'door'>): void;
  /** Ends every connection, so that no watch and no shell outlives a world that was replaced. */
  drop(): void;
  /** Is anybody connected: a watch, a shell, a forwarded port? */
  isBusy(): boolean;
  /** Ends every connection and frees the port. */
  close(): Promise<void>;
}

/** @throws Error with code EADDRINUSE when `port` is taken */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { identity } = options;
  // Of the world that is served at the moment: a reset replaces it.
  const discovery = new Discovery(() => context.registry.kinds);
  const unchanging = { discovery, openApi: new OpenApi(options.openApi ?? openApiFromData, discovery), protobuf: once(protobufFromData) };
  let context = contextOf(options, unchanging);
  const priority = { flowSchema: randomUUID(), level: randomUUID() };

  const server = createServer(
    {
      key: identity.server.key,
      cert: identity.server.certificate,
      ca: identity.authority.certificate,
      requestCert: true,
      rejectUnauthorized: false,
      // A resumed TLS session would come without the client's certificate.
      secureOptions: constants.SSL_OP_NO_TICKET,
      keepAliveTimeout: 120_000,
      requestTimeout: 0,
    },
    (request, response) => void handle(request, response),
  );

  const begin = (request: IncomingMessage, response: ServerResponse): Exchange => {
    options.onActivity?.();
    // By hand: a URL parser throws at targets that are merely odd, such as `//`.
    const [path = '/', ...rest] = (request.url ?? '/').split('?');
    const query = new URLSearchParams(rest.join('?'));
    return { request, response, path, query, user: ANONYMOUS, info: requestInfo(request.method ?? 'GET', path, query), warnings: [] };
  };

  /** @throws ApiError Unauthorized or Forbidden */
  const admit = (exchange: Exchange): Exchange => {
    const authenticated = authenticate(exchange.request, context.tokens, (claims) => tokenSubjectExists(context.registry, claims));
    const user = impersonated(exchange.request, context.registry, authenticated);
    // Our own paths are no part of Kubernetes: who has deleted an administrator's binding can still reset the cluster.
    if (exchange.path.startsWith(OWN_PREFIX) && authenticated.groups.includes(ADMIN_GROUP)) return { ...exchange, user };
    const attributes = attributesOf(exchange);
    if (!allowedBy(context.registry, user, attributes)) throw forbid(user, attributes);
    return { ...exchange, user };
  };

  let answering = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    answering++;
    response.once('close', () => answering--);
    commonHeaders(response, priority);
    const exchange = begin(request, response);
    try {
      await serveRequest(admit(exchange), context);
    } catch (error) {
      await refuse(exchange, error, options.onBug);
    }
  };

  // Connections that were upgraded are no longer the server's to close.
  const streams = new Set<Duplex>();
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    streams.add(socket);
    socket.once('close', () => streams.delete(socket));
    // An HTTP answer to a request for an upgrade: written by hand, since node makes no response object for it.
    void import('./upgrade.ts').then(({ serveUpgrade }) => serveUpgrade(request, socket, head, { context, begin, admit, priority }));
  };
  server.on('upgrade', upgrade);
  const inside = insideServer(identity.authority.certificate, (request, response) => void handle(request, response), upgrade);
  if (options.door) inside.open(options.door);
  server.on('tlsClientError', () => {
    // A port scanner, or a client that does not trust us: its own business.
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const drop = () => {
    for (const socket of streams) socket.destroy();
    inside.drop();
    server.closeAllConnections();
  };
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    replace: (world) => {
      context = contextOf({ ...options, ...world }, unchanging);
      if (world.door) inside.open(world.door);
    },
    drop,
    isBusy: () => answering > 0 || streams.size > 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        drop();
      }),
  };
}

function contextOf(options: ServerOptions, unchanging: Pick<RouteContext, 'discovery' | 'openApi' | 'protobuf'>): RouteContext {
  const tokens = new Tokens(options.identity, options.clock);
  useTokens(options.registry, tokens);
  return { ...options, ...unchanging, tokens };
}

async function refuse(exchange: Exchange, error: unknown, onBug: ServerOptions['onBug']): Promise<void> {
  const isRefusal = error instanceof ApiError;
  if (!isRefusal) onBug?.(error, `${exchange.request.method} ${exchange.path}`);
  if (exchange.response.headersSent) return void exchange.response.destroy();
  // What is left of a body that nobody read would otherwise be taken for the next request.
  exchange.request.resume();
  await sendError(exchange, isRefusal ? error : internal((error as Error).message));
}

async function openApiFromData(groupVersion: string): Promise<string | undefined> {
  try {
    return await readDataText(`openapi-v3/${groupVersion.replaceAll('/', '__')}.json`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Loads what is otherwise loaded when it is first asked for: an update of the program replaces its files while a server
 * runs, and its own must be in memory by then.
 */
export async function loadRest(): Promise<void> {
  await Promise.all([import('./upgrade.ts'), import('./log-stream.ts'), import('./protobuf.ts'), import('yaml')]);
}

async function protobufFromData(): Promise<ProtobufDecoder> {
  const { loadProtobuf } = await import('./protobuf.ts');
  return loadProtobuf();
}

/** Made at most once; a failure is not remembered. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    }));
}
