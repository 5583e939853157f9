/** The request that curl's options make: method, headers in curl's order, body. Knows no connection. */
import { encodeBase64 } from '../../base/base64.ts';
import type { Headers } from '../http/message.ts';
import { hostHeader, type Url } from '../http/url.ts';
import type { CurlOptions } from './options.ts';

export interface CurlRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Headers;
  readonly body: string;
}

/** @param redirected after a redirect a POST goes on as a GET */
export function requestOf(options: CurlOptions, url: Url, redirected: boolean): CurlRequest {
  const posting = options.data !== undefined && !options.get && !redirected;
  const body = posting ? options.data! : '';
  const own = options.headers.flatMap((line) => (line.includes(':') ? [[line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const] : []));
  const given = new Set(own.map(([name]) => name.toLowerCase()));
  const user = options.user ?? url.user;
  const defaults: Headers = [
    ['Host', hostHeader(url)],
    ...(user === undefined ? [] : [['Authorization', `Basic ${encodeBase64(user.includes(':') ? user : `${user}:`)}`] as const]),
    ['User-Agent', options.agent ?? 'curl/7.88.1'],
    ['Accept', '*/*'],
    ...(options.compressed ? [['Accept-Encoding', 'deflate, gzip, br, zstd'] as const] : []),
    ...(options.referer ? [['Referer', options.referer] as const] : []),
    ...(options.cookie ? [['Cookie', options.cookie] as const] : []),
  ];
  const payload: Headers = posting ? [['Content-Length', String(body.length)], ['Content-Type', 'application/x-www-form-urlencoded']] : [];
  // curl sends its own Host first even when it is given by -H, then the rest in its order, then what the user added.
  const host = own.find(([name]) => name.toLowerCase() === 'host');
  const headers = [
    ...(host ? [host] : []),
    ...defaults.filter(([name, value]) => !given.has(name.toLowerCase()) && value !== ''),
    ...own.filter(([name, value]) => value !== '' && name.toLowerCase() !== 'host'),
    ...payload.filter(([name]) => !given.has(name.toLowerCase())),
  ];
  const query = options.get && options.data !== undefined ? `${url.target.includes('?') ? '&' : '?'}${options.data}` : '';
  return { method: options.method ?? (options.headOnly ? 'HEAD' : posting ? 'POST' : 'GET'), target: url.target + query, headers, body };
}
