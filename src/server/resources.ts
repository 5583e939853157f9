/**
 * The verbs on resources: from a request to the registry and back. Streams (logs, exec …) are elsewhere.
 * See apiserver/pkg/endpoints/handlers/{get,create,update,patch,delete}.go.
 */
import type { KubeObject, Stored } from '../api/object.ts';
import { badRequest, methodNotAllowed, nameMismatch, notAcceptable, unknownResource } from '../api/status.ts';
import type { Kind, Subresource } from '../kinds/kind.ts';
import type { Registry } from '../kinds/registry.ts';
import type { Accepted } from './accept.ts';
import { negotiate } from './accept.ts';
import { readObject, readPatch, unrecognized } from './body.ts';
import type { ProtobufDecoder } from './body.ts';
import type { Exchange } from './exchange.ts';
import { sendObject } from './exchange.ts';
import { deleteOptions, number, refusePatchOptions, selectionOf, writeOptions } from './options.ts';
import { presentObject, presentPage } from './present.ts';
import type { PresentOptions } from './present.ts';
import type { RequestInfo } from './request-info.ts';
import { isTrue } from './request-info.ts';
import { isAccessReview, reviewAccess } from './access-review.ts';
import { patchScale, SCALE_TABLE, scaleOf, writeScale } from './scale.ts';
import type { Scale } from './scale.ts';
import { serveWatch } from './watch-stream.ts';

export interface ResourceContext {
  readonly registry: Registry;
  readonly protobuf: () => Promise<ProtobufDecoder>;
}

/** Subresources that show the object itself when read. */
const VIEWS: ReadonlySet<Subresource> = new Set<Subresource>(['status', 'ephemeralcontainers', 'resize', 'approval', 'finalize']);

/** Subresources that are connections, not answers. */
const STREAMS: ReadonlySet<Subresource | undefined> = new Set<Subresource | undefined>(['exec', 'attach', 'portforward']);

/** @throws ApiError */
export async function serveResource(exchange: Exchange, context: ResourceContext, info: RequestInfo, kind: Kind): Promise<void> {
  const subresource = info.subresource as Subresource | undefined;
  if (subresource !== undefined && !kind.subresources.includes(subresource)) throw unknownResource();
  if (subresource === undefined && !kind.verbs.includes(info.verb)) throw methodNotAllowed();
  if (info.namespace !== undefined && !kind.namespaced) throw unknownResource();
  const accepted = negotiate(exchange.request.headers.accept, 'objects');
  if (!accepted) throw notAcceptable(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']);
  if (kind.deprecation !== undefined) exchange.warnings.push(kind.deprecation);
  const handler = { exchange, ...context, info, kind, subresource, accepted };
  switch (info.verb) {
    case 'get':
      return get(handler);
    case 'list':
      return list(handler);
    case 'watch':
      return watch(handler);
    case 'create':
      return create(handler);
    case 'update':
      return update(handler);
    case 'patch':
      return patch(handler);
    case 'delete':
      return remove(handler);
    case 'deletecollection':
      return removeAll(handler);
  }
}

interface Handler extends ResourceContext {
  readonly exchange: Exchange;
  readonly info: RequestInfo;
  readonly kind: Kind;
  readonly subresource: Subresource | undefined;
  readonly accepted: Accepted;
}

async function get(h: Handler): Promise<void> {
  const object = h.registry.get(h.kind, h.info.name!, h.info.namespace);
  if (h.subresource === 'scale') return sendScale(h, scaleOf(object, h.kind));
  if (STREAMS.has(h.subresource)) throw badRequest('Upgrade request required');
  if (h.subresource !== undefined && !VIEWS.has(h.subresource)) throw methodNotAllowed();
  return answer(h, 200, object);
}

async function list(h: Handler): Promise<void> {
  const page = h.registry.list(h.kind, selectionOf(h.exchange));
  return sendObject(h.exchange, 200, presentPage(h.kind, page, h.accepted, presentation(h)), h.accepted);
}

async function watch(h: Handler): Promise<void> {
  const { query } = h.exchange;
  const selection = selectionOf(h.exchange);
  // A watch on one name is a list watch with a field selector.
  const fieldSelector = h.info.name === undefined ? selection.fieldSelector : `metadata.name=${h.info.name}`;
  const sendInitialEvents = query.get('sendInitialEvents');
  return serveWatch(h.exchange, h.registry, h.kind, {
    selection: { ...selection, fieldSelector, ...(sendInitialEvents !== null && { sendInitialEvents: isTrue(sendInitialEvents) }) },
    accepted: h.accepted,
    present: presentation(h),
    bookmarks: isTrue(query.get('allowWatchBookmarks')),
    timeoutSeconds: number(query.get('timeoutSeconds')),
  });
}

async function create(h: Handler): Promise<void> {
  if (STREAMS.has(h.subresource)) throw badRequest('Upgrade request required');
  const body = await readKubeObject(h);
  const options = writeOptions(h.exchange);
  if (h.subresource !== undefined) {
    if (h.info.name === undefined || h.info.namespace === undefined) throw methodNotAllowed();
    const result = h.registry.createSubresource(h.kind, h.info.name, h.info.namespace, h.subresource, body, options);
    return sendObject(h.exchange, 201, result, h.accepted);
  }
  if (h.info.name !== undefined) throw methodNotAllowed();
  const object = h.registry.create(h.kind, body, { ...options, ...(h.info.namespace !== undefined && { namespace: h.info.namespace }) });
  return answer(h, 201, isAccessReview(h.kind) ? reviewAccess(h.registry, object, h.exchange.user) : object);
}

async function update(h: Handler): Promise<void> {
  const body = await readKubeObject(h);
  const name = h.info.name;
  if (name === undefined) throw methodNotAllowed();
  const given = (body.metadata as KubeObject['metadata'] | undefined)?.name;
  if (given !== name) throw nameMismatch(given, name);
  if (h.subresource === 'scale') return answerScale(h, name, () => body as Scale);
  const object = h.registry.update(h.kind, body, { ...writeOptions(h.exchange), ...namespaceOf(h), ...subresourceOf(h) });
  return answer(h, 200, object);
}

async function patch(h: Handler): Promise<void> {
  const change = await readPatch(h.exchange.request);
  if (h.subresource === 'scale') return answerScale(h, h.info.name!, (current) => patchScale(current, h.kind, change));
  const force = isTrue(h.exchange.query.get('force'));
  refusePatchOptions(h.exchange, change.type);
  const isNew = change.type === 'apply' && h.registry.find(h.kind, h.info.name!, h.info.namespace) === undefined;
  const object = h.registry.patch(h.kind, h.info.name!, h.info.namespace, change, { ...writeOptions(h.exchange), ...subresourceOf(h), ...(force && { force }) });
  return answer(h, isNew ? 201 : 200, object);
}

function answerScale(h: Handler, name: string, change: (current: Stored<KubeObject>) => Scale): Promise<void> {
  const current = h.registry.get(h.kind, name, h.info.namespace);
  return sendScale(h, writeScale(h.registry, h.kind, current, change(current), writeOptions(h.exchange)));
}

function sendScale(h: Handler, scale: Scale): Promise<void> {
  return sendObject(h.exchange, 200, presentObject(SCALE_TABLE, scale as unknown as Stored<KubeObject>, h.accepted, presentation(h)), h.accepted);
}

async function remove(h: Handler): Promise<void> {
  const result = h.registry.delete(h.kind, h.info.name!, h.info.namespace, await deleteOptions(h.exchange, h.protobuf));
  return (result.kind as string) === 'Status' ? sendObject(h.exchange, 200, result, h.accepted) : answer(h, 200, result);
}

async function removeAll(h: Handler): Promise<void> {
  const page = h.registry.deleteCollection(h.kind, { ...selectionOf(h.exchange), ...(await deleteOptions(h.exchange, h.protobuf)) });
  return sendObject(h.exchange, 200, presentPage(h.kind, page, h.accepted, presentation(h)), h.accepted);
}

function answer(h: Handler, code: number, object: Stored<KubeObject>): Promise<void> {
  return sendObject(h.exchange, code, presentObject(h.kind, object, h.accepted, presentation(h)), h.accepted);
}

function presentation(h: Handler): PresentOptions {
  const include = h.exchange.query.get('includeObject');
  return { nowUnixMs: h.registry.clock.unixMs(), includeObject: include === 'None' || include === 'Object' ? include : 'Metadata' };
}

async function readKubeObject(h: Handler): Promise<KubeObject> {
  const body = await readObject(h.exchange.request, h.kind.kind, h.protobuf);
  if (body === undefined) throw unrecognized(h.kind.kind, "couldn't get version/kind; json parse error: unexpected end of JSON input", Buffer.alloc(0));
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    const found = Array.isArray(body) ? 'array' : body === null ? 'null' : typeof body;
    throw unrecognized(h.kind.kind, `couldn't get version/kind; json parse error: json: cannot unmarshal ${found} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`, Buffer.from(JSON.stringify(body)));
  }
  return body as KubeObject;
}

const namespaceOf = (h: Handler) => (h.info.namespace === undefined ? {} : { namespace: h.info.namespace });
const subresourceOf = (h: Handler) => (h.subresource === undefined ? {} : { subresource: h.subresource });
