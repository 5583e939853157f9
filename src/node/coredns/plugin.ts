/**
 * What a plugin of CoreDNS is to its neighbours: a handler around the rest of the chain. Knows neither which plugins there
 * are nor in which order they stand: see chain.ts.
 */
import type { Clock } from '../../base/clock.ts';
import type { Process } from '../../machine/program.ts';
import type { DnsMessage } from '../../programs/dns/message.ts';
import type { Component } from '../component.ts';
import type { CorefileError, Directive } from './corefile.ts';

export interface Query {
  readonly message: DnsMessage;
  readonly from: { readonly address: string; readonly port: number };
  readonly transport: 'udp' | 'tcp';
  readonly size: number;
  /** How many aliases led here. */
  readonly aliases?: number;
}

export type Handler = (query: Query) => Promise<DnsMessage>;

/** No upstream answered: the client gets SERVFAIL, the `errors` plugin logs the reason. */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';
}

/** Wraps the rest of the chain. */
export type Plugin = (next: Handler) => Handler;

export interface PluginContext {
  readonly process: Process;
  readonly component: Component;
  readonly clock: Clock;
  readonly zone: string;
  readonly log: (line: string) => void;
  /** For refusals: `file:line - Error during parsing: …`. */
  readonly refuse: (directive: Directive, message: string) => CorefileError;
}

export type MakePlugin = (directive: Directive, context: PluginContext) => Plugin;

/** An answer to `query` with the parts given. */
export function reply(query: DnsMessage, parts: Partial<DnsMessage>): DnsMessage {
  return {
    id: query.id,
    response: true,
    recursionDesired: query.recursionDesired ?? false,
    rcode: 'NOERROR',
    questions: query.questions,
    answers: [],
    authorities: [],
    additionals: [],
    ...(query.edns ? { edns: { udpSize: query.edns.udpSize, options: query.edns.options } } : {}),
    ...parts,
  };
}
