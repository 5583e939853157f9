/** A manifest behind a URL, read as kubectl reads it: no credentials, and a refusal that names the address. See cli-runtime/pkg/resource/visitor.go. */
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { KubectlError, plainError, type KubectlIo } from './io.ts';
import { unreachable } from './unreachable.ts';

/** A manifest is not a download: nobody waits longer for one. */
const LIMIT_MS = 30_000;
const MOST_REDIRECTS = 10;

/** @throws KubectlError */
export async function fetchText(io: KubectlIo, url: string, redirects = 0): Promise<string> {
  const answer = await open(io, new URL(url));
  const status = answer.statusCode ?? 0;
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  if (status >= 300 && status < 400 && answer.headers.location && redirects < MOST_REDIRECTS) return fetchText(io, new URL(answer.headers.location, url).href, redirects + 1);
  if (status !== 200) throw plainError(`unable to read URL "${url}", server reported ${status} ${answer.statusMessage}, status code=${status}`);
  return Buffer.concat(chunks).toString('utf8');
}

function open(io: KubectlIo, url: URL): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? getHttps : getHttp)(url, { signal: io.signal, timeout: LIMIT_MS }, resolve);
    request.on('timeout', () => request.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
    request.on('error', (error) => reject(io.signal.aborted ? new KubectlError('', 130) : unreachable(url, error)));
  });
}
