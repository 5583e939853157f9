/**
 * `/openapi/v3`: an index, and one document per group version, read from the data files when first asked for.
 * `/openapi/v2` is the shortest document that kubectl up to 1.28 accepts; those versions then use v3 as well.
 * See apiserver/pkg/server/routes/openapi.go and kube-openapi/pkg/handler3.
 */
import { createHash } from 'node:crypto';
import type { Discovery } from './discovery.ts';
import type { Exchange } from './exchange.ts';
import { sendBytes, sendObject, sendPageNotFound } from './exchange.ts';

/** The text of one group version's document (`api/v1`, `apis/apps/v1`); undefined when there is none. */
export type OpenApiSource = (groupVersion: string) => Promise<string | undefined>;

/**
 * Field 1 (`swagger`) = "2.0", in protobuf.
 * Differs from Kubernetes: the v2 document names no types. Clients that matter validate on the server, or read v3.
 */
const V2_STUB = Buffer.from([0x0a, 0x03, 0x32, 0x2e, 0x30]);

const V2_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** The smallest document of the API that holds the types which all share. */
const HAS_SHARED_TYPES = 'apis/coordination.k8s.io/v1';

interface Document {
  readonly text: string;
  readonly hash: string;
}

const hashed = (text: string): Document => ({ text, hash: createHash('sha512').update(text).digest('hex').toUpperCase() });

export class OpenApi {
  readonly #source: OpenApiSource;
  readonly #discovery: Discovery;
  readonly #documents = new Map<string, Promise<Document | undefined>>();

  constructor(source: OpenApiSource, discovery: Discovery) {
    this.#source = source;
    this.#discovery = discovery;
  }

  /** @param path `/openapi/v3…` or `/openapi/v2` */
  async serve(exchange: Exchange, path: string): Promise<void> {
    if (path === '/openapi/v2') return sendBytes(exchange, 200, V2_STUB, V2_TYPE);
    if (path === '/openapi/v3' || path === '/openapi/v3/') return sendObject(exchange, 200, await this.#index());
    const groupVersion = path.slice('/openapi/v3/'.length);
    const document = this.#groupVersions().includes(groupVersion) ? await this.#document(groupVersion) : undefined;
    if (!document) return sendPageNotFound(exchange);
    exchange.response.setHeader('Etag', `"${document.hash}"`);
    // The hash is part of the address, so a client may keep the document for good.
    if (exchange.query.get('hash') === document.hash) {
      exchange.response.setHeader('Cache-Control', 'public, immutable');
      exchange.response.setHeader('Expires', 'Thu, 31 Dec 2037 23:55:55 GMT');
    }
    return sendBytes(exchange, 200, Buffer.from(document.text), 'application/json');
  }

  async #index(): Promise<unknown> {
    const paths: Record<string, unknown> = {};
    for (const groupVersion of this.#groupVersions()) {
      const document = await this.#document(groupVersion);
      if (document) paths[groupVersion] = { serverRelativeURL: `/openapi/v3/${groupVersion}?hash=${document.hash}` };
    }
    return { paths };
  }

  async #document(groupVersion: string): Promise<Document | undefined> {
    const [, group = '', version = ''] = groupVersion.split('/');
    const custom = groupVersion.startsWith('apis/') ? this.#discovery.kindsIn(group, version).filter((kind) => kind.custom) : [];
    if (custom.length === 0) return this.#fromSource(groupVersion);
    // Definitions change: their documents are made when they are asked for.
    const [{ customDocument }, shared] = await Promise.all([import('./custom-openapi.ts'), this.#fromSource(HAS_SHARED_TYPES)]);
    return shared && hashed(customDocument(custom, shared.text));
  }

  #fromSource(groupVersion: string): Promise<Document | undefined> {
    const known = this.#documents.get(groupVersion);
    if (known) return known;
    const reading = this.#source(groupVersion).then((text) => (text === undefined ? undefined : hashed(text)));
    this.#documents.set(groupVersion, reading);
    return reading;
  }

  #groupVersions(): string[] {
    return this.#discovery.groupVersions().map(({ group, version }) => (group ? `apis/${group}/${version}` : `api/${version}`));
  }
}
