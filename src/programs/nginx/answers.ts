/**
 * What nginx answers to a request: `return`, files, listings, error pages, and the proxy. Knows no listening sockets.
 * Header order and the pages are those of nginx 1.2x.
 */
import { strerror } from '../../machine/files.ts';
import { httpDate, REASONS, type Headers } from '../http/message.ts';
import { wantsMore, type Response, type ServedRequest } from '../http/server.ts';
import { findFile, normalize } from '../http/static-files.ts';
import { percentDecode } from '../http/url.ts';
import { added, expand, head, hostOf, signature, type Answering } from './parts.ts';
import { proxy } from './proxy.ts';
import { chooseLocation, type Location, type Scope, type Site } from './sites.ts';

/** The request as the site answers it. */
export async function answer(site: Site, request: ServedRequest, context: Answering): Promise<Response> {
  const path = normalize(percentDecode(request.target.replace(/\?.*/, '')));
  return attempt(site, path, request, context, 0);
}

async function attempt(site: Site, path: string, request: ServedRequest, context: Answering, depth: number): Promise<Response> {
  const location = chooseLocation(site, path);
  const scope = location?.scope ?? site.scope;
  const returned = site.scope.own('return') ?? location?.scope.own('return');
  if (returned) return returnResponse(returned.args, scope, request, context);
  const passed = location?.scope.own('proxy_pass');
  if (passed) {
    const response = await proxy(passed.args[0]!, location!, request, context);
    return typeof response === 'number' ? errorResponse(response, { site, scope, request, context, depth }) : response;
  }
  if (depth > 10) return errorResponse(500, { site, scope, request, context, depth });
  const tried = location?.scope.own('try_files') ?? site.scope.own('try_files');
  if (tried) return tryFiles(tried.args, { site, scope, location, path, request, context, depth });
  return fileResponse({ site, scope, location, path, request, context, depth });
}

interface Place {
  readonly site: Site;
  readonly scope: Scope;
  readonly location?: Location | undefined;
  readonly path: string;
  readonly request: ServedRequest;
  readonly context: Answering;
  readonly depth: number;
}

async function tryFiles(args: readonly string[], place: Place): Promise<Response> {
  const { files } = place.context.process;
  for (const candidate of args.slice(0, -1)) {
    const path = candidate.replaceAll(/\$\{?uri\}?/g, place.path).replaceAll('//', '/');
    const full = `${rootOf(place.scope)}${path}`;
    if (!files.exists(full)) continue;
    if ((files.stat(full).type === 'directory') === path.endsWith('/')) return fileResponse({ ...place, path });
  }
  const last = args.at(-1) ?? '';
  if (last.startsWith('=')) return errorResponse(Number(last.slice(1)), place);
  return attempt(place.site, last.replace(/\?.*/, '').replaceAll(/\$\{?uri\}?/g, place.path), place.request, place.context, place.depth + 1);
}

async function fileResponse(place: Place): Promise<Response> {
  const { scope, location, request, context } = place;
  if (request.method !== 'GET' && request.method !== 'HEAD') return errorResponse(405, place);
  const alias = location?.scope.own('alias')?.args[0];
  const root = alias ?? rootOf(scope);
  const path = alias === undefined ? place.path : `/${place.path.slice(location!.pattern.length)}`;
  const index = scope.find('index')?.args ?? ['index.html'];
  const found = findFile(context.process.files, root, path, index);
  switch (found.kind) {
    case 'file':
      return {
        status: 200,
        headers: [
          ...head(scope, context), ['Content-Type', typeOf(found.path, scope, context.types)], ['Content-Length', String(found.content.length)],
          ['Last-Modified', httpDate(found.mtimeMs)], connection(request), ['ETag', `"${Math.floor(found.mtimeMs / 1000).toString(16)}-${found.content.length.toString(16)}"`],
          ...added(scope), ['Accept-Ranges', 'bytes'],
        ],
        body: found.content,
      };
    case 'redirect':
      return redirect(301, `http://${hostOf(request)}${place.path}/`, scope, request, context);
    case 'listing':
      if (scope.find('autoindex')?.args[0] === 'on') return listing(place, found.names);
      context.log('error', `*1 directory index of "${found.path}" is forbidden${about(request)}`);
      return errorResponse(403, place);
    case 'missing':
      context.log('error', `*1 open() "${found.path.replace(/\/$/, '')}" failed (${found.errno === 'EACCES' ? 13 : found.errno === 'ENOTDIR' ? 20 : 2}: ${strerror(found.errno)})${about(request)}`);
      return errorResponse(found.errno === 'EACCES' ? 403 : 404, place);
  }
}

/** nginx's own page for a status, or the one that `error_page` names. */
export async function errorResponse(status: number, place: Omit<Place, 'path' | 'location'>): Promise<Response> {
  const { site, scope, request, context, depth } = place;
  for (const { args } of scope.all('error_page')) {
    const target = args.at(-1)!;
    const changed = args.find((word) => word.startsWith('='));
    if (!args.slice(0, -1).includes(String(status)) || depth > 0 || !target.startsWith('/')) continue;
    const page = await attempt(site, target, { ...request, method: request.method === 'HEAD' ? 'HEAD' : 'GET' }, context, depth + 1);
    if (page.status === 200) return { ...page, status: changed && changed.length > 1 ? Number(changed.slice(1)) : status };
  }
  return pageResponse(status, scope, request, context, []);
}

function pageResponse(status: number, scope: Scope, request: ServedRequest, context: Answering, extra: Headers): Response {
  const title = `${status} ${REASONS_OF_NGINX[status] ?? REASONS[status] ?? ''}`.trim();
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>${signature(scope, context)}</center>\r\n</body>\r\n</html>\r\n`;
  return {
    status,
    reason: REASONS_OF_NGINX[status] ?? REASONS[status] ?? '',
    headers: [...head(scope, context), ['Content-Type', 'text/html'], ['Content-Length', String(body.length)], ...extra, connection(request)],
    body,
  };
}

function returnResponse(args: readonly string[], scope: Scope, request: ServedRequest, context: Answering): Response {
  const [first = '', ...rest] = args;
  const isCode = /^\d{3}$/.test(first);
  const status = isCode ? Number(first) : 302;
  const text = expand(isCode ? rest.join(' ') : first, request, context);
  if ([301, 302, 303, 307, 308].includes(status) && text !== '') return redirect(status, text.startsWith('/') ? `http://${hostOf(request)}${text}` : text, scope, request, context);
  if (text === '' && rest.length === 0 && status >= 300) return pageResponse(status, scope, request, context, []);
  const type = scope.find('default_type')?.args[0] ?? 'text/plain';
  return { status, headers: [...head(scope, context), ['Content-Type', type], ['Content-Length', String(text.length)], connection(request), ...added(scope)], body: text };
}

function redirect(status: number, to: string, scope: Scope, request: ServedRequest, context: Answering): Response {
  return pageResponse(status, scope, request, context, [['Location', to]]);
}

function listing(place: Place, names: readonly string[]): Response {
  const { scope, request, context, path } = place;
  const rows = names.map((name) => `<a href="${name}">${name}</a>\r\n`).join('');
  const body = `<html>\r\n<head><title>Index of ${path}</title></head>\r\n<body>\r\n<h1>Index of ${path}</h1><hr><pre><a href="../">../</a>\r\n${rows}</pre><hr></body>\r\n</html>\r\n`;
  return { status: 200, headers: [...head(scope, context), ['Content-Type', 'text/html'], ['Content-Length', String(body.length)], connection(request)], body };
}

const REASONS_OF_NGINX: Readonly<Record<number, string>> = { 302: 'Moved Temporarily', 405: 'Not Allowed', 503: 'Service Temporarily Unavailable', 504: 'Gateway Time-out' };
const rootOf = (scope: Scope) => scope.find('root')?.args[0] ?? '/etc/nginx/html';
const connection = (request: ServedRequest) => ['Connection', wantsMore(request) ? 'keep-alive' : 'close'] as const;
const about = (request: ServedRequest) => `, client: ${request.remote.address}, server: localhost, request: "${request.method} ${request.target} ${request.version}", host: "${hostOf(request)}"`;

function typeOf(path: string, scope: Scope, types: ReadonlyMap<string, string>): string {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  return types.get(extension) ?? scope.find('default_type')?.args[0] ?? 'text/plain';
}
