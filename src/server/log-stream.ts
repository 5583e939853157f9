/**
 * `GET …/pods/x/log`: a container's output as plain text, to the end or followed.
 * Knows no log files; the containers' port has them. See kubernetes/pkg/registry/core/pod/rest/log.go.
 */
import { ApiError, invalid, serviceUnavailable } from '../api/status.ts';
import { invalidValue } from '../api/field-error.ts';
import type { FieldError } from '../api/field-error.ts';
import type { Registry } from '../kinds/registry.ts';
import { containerOf, specOf } from './container-of.ts';
import type { ContainerStreams, LogOptions } from './containers.ts';
import type { Exchange } from './exchange.ts';
import { sendBytes } from './exchange.ts';
import type { RequestInfo } from './request-info.ts';
import { isTrue } from './request-info.ts';

export async function serveLog(exchange: Exchange, context: { readonly containers: ContainerStreams; readonly registry: Registry }, info: RequestInfo): Promise<void> {
  const { query, response } = exchange;
  const options = logOptions(query);
  const pod = context.registry.get('pods', info.name!, info.namespace);
  const container = containerOf(pod, query.get('container') ?? undefined);
  // A pod without a node has no log yet, and that is an empty log.
  if (!specOf(pod).nodeName) return sendBytes(exchange, 200, Buffer.alloc(0), 'text/plain');

  const gone = new AbortController();
  response.once('close', () => gone.abort(new Error('the client is gone')));
  const begin = () => {
    if (response.headersSent) return;
    response.setHeader('Content-Type', 'text/plain');
    response.writeHead(200);
    response.flushHeaders();
  };
  const reading = context.containers.log(
    { namespace: info.namespace!, pod: info.name!, container },
    options,
    async (bytes) => {
      begin();
      if (!response.write(Buffer.from(bytes, 'latin1'))) await drained(exchange, gone.signal);
    },
    gone.signal,
  );
  // A follower of a silent container must not wait for its first byte to learn that it is connected.
  // What the kubelet refuses, it refuses at once; after that turn of the loop the answer may begin.
  try {
    if (options.follow) {
      await Promise.race([reading, new Promise(setImmediate)]);
      begin();
    }
    await reading;
  } catch (error) {
    if (gone.signal.aborted) return;
    throw error instanceof ApiError ? error : serviceUnavailable((error as Error).message);
  }
  begin();
  response.end();
}

/** @throws ApiError Invalid, as validateLogOptions says it */
function logOptions(query: URLSearchParams): LogOptions {
  const errors: FieldError[] = [];
  const whole = (name: string, field: string, least: number) => {
    const text = query.get(name);
    if (text === null || text === '') return undefined;
    const value = Number(text);
    if (!Number.isInteger(value) || value < least) errors.push(invalidValue(field, value, least === 1 ? 'must be greater than 0' : 'must be greater than or equal to 0'));
    return value;
  };
  const tailLines = whole('tailLines', 'tailLines', 0);
  const limitBytes = whole('limitBytes', 'limitBytes', 1);
  const sinceSeconds = whole('sinceSeconds', 'sinceSeconds', 1);
  const sinceTime = query.get('sinceTime') || undefined;
  if (sinceSeconds !== undefined && sinceTime !== undefined) errors.push({ path: '', type: 'Forbidden', detail: 'at most one of `sinceTime` or `sinceSeconds` may be specified' });
  if (errors.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, '', errors);
  return {
    follow: isTrue(query.get('follow')),
    previous: isTrue(query.get('previous')),
    timestamps: isTrue(query.get('timestamps')),
    ...(tailLines !== undefined && { tailLines }),
    ...(limitBytes !== undefined && { limitBytes }),
    ...(sinceSeconds !== undefined && { sinceSeconds }),
    ...(sinceTime !== undefined && { sinceTime }),
  };
}

function drained({ response }: Exchange, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    response.once('drain', done);
    signal.addEventListener('abort', done, { once: true });
  });
}
