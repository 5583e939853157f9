/**
 * A watch over HTTP: one JSON line per event, until the client leaves or its time is up.
 * Knows no selectors; the registry decides what is seen. See apiserver/pkg/endpoints/handlers/watch.go.
 */
import type { KubeObject, Stored } from '../api/object.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Registry, WatchEvent, WatchOptions } from '../kinds/registry.ts';
import type { Accepted } from './accept.ts';
import { encodeJson, writeWarnings } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { presentObject } from './present.ts';
import type { PresentOptions } from './present.ts';

export interface WatchRequest {
  readonly selection: WatchOptions;
  readonly accepted: Accepted;
  readonly present: PresentOptions;
  readonly bookmarks: boolean;
  readonly timeoutSeconds: number | undefined;
}

/** Clients that ask for bookmarks get one this often (`bookmarkFrequency` of the watch cache). */
const BOOKMARK_EVERY_MS = 60_000;

/** Nobody watches longer than this without asking again; the real server picks between 30 and 60 minutes. */
const LONGEST_WATCH_SECONDS = 45 * 60;

/** Past this much unsent data the client is too slow, and is cut off so that it starts anew. */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024;

/** @throws ApiError before anything is written: bad selector, expired resourceVersion */
export function serveWatch(exchange: Exchange, registry: Registry, kind: Kind, watch: WatchRequest): Promise<void> {
  const { response } = exchange;
  let isFirstTable = true;
  let lastRevision = '';
  const line = (event: WatchEvent) => {
    lastRevision = event.object.metadata.resourceVersion ?? lastRevision;
    const object = event.type === 'BOOKMARK' ? event.object : presentObject(kind, event.object, watch.accepted, watch.present);
    // Only the first event of a table watch names the columns.
    const shown = watch.accepted.as === 'Table' ? tableOf(event, object, watch.accepted, isFirstTable) : object;
    isFirstTable = false;
    return `${encodeJson({ type: event.type, object: shown })}\n`;
  };

  const early: string[] = [];
  let write = (text: string) => void early.push(text);
  const stop = registry.watch(kind, watch.selection, (event) => write(line(event)));

  writeWarnings(exchange);
  response.setHeader('Content-Type', contentTypeOf(watch.accepted));
  response.writeHead(200);
  response.flushHeaders();
  if (early.length > 0) response.write(early.join(''));

  return new Promise((resolve) => {
    const end = () => {
      stop();
      forget();
      clearTimeout(timer);
      clearInterval(bookmarks);
      response.end();
      resolve();
    };
    write = (text) => {
      if (response.writableLength > MAX_UNSENT_BYTES) response.destroy();
      else response.write(text);
    };
    const timer = setTimeout(end, (watch.timeoutSeconds ?? LONGEST_WATCH_SECONDS) * 1000);
    const bookmarks = setInterval(() => {
      if (!watch.bookmarks) return;
      const metadata = { resourceVersion: String(registry.store.revision), creationTimestamp: null };
      const object = { kind: kind.kind, apiVersion: kind.group ? `${kind.group}/${kind.version}` : kind.version, metadata } as unknown as Stored<KubeObject>;
      write(line({ type: 'BOOKMARK', object }));
    }, BOOKMARK_EVERY_MS);
    // Nothing more can come of a kind that its definition took away.
    const forget = registry.onKinds(() => {
      if (!registry.kindOf(kind.group, kind.plural, kind.version)) end();
    });
    timer.unref();
    bookmarks.unref();
    response.once('close', end);
  });
}

function tableOf(event: WatchEvent, object: unknown, accepted: Accepted, isFirst: boolean): unknown {
  if (event.type === 'BOOKMARK') {
    const { metadata } = event.object;
    return { kind: 'Table', apiVersion: `meta.k8s.io/${accepted.version}`, metadata: { resourceVersion: metadata.resourceVersion, ...(metadata.annotations && { annotations: metadata.annotations }) }, columnDefinitions: null, rows: [{ cells: null, object: event.object }] };
  }
  return isFirst ? object : { ...(object as object), columnDefinitions: null };
}

const contentTypeOf = (accepted: Accepted): string =>
  accepted.as === 'Object' ? 'application/json;stream=watch' : `application/json;as=${accepted.as};v=${accepted.version};g=meta.k8s.io;stream=watch`;
