/**
 * The `loop` plugin: asks a question nobody else asks and sees whether it comes back. A resolv.conf that names the server
 * itself is the usual cause. See coredns plugin/loop.
 */
import type { Disposer } from '../../base/clock.ts';
import type { Component } from '../component.ts';
import { query } from '../../programs/dns/message.ts';
import { UpstreamFailure, type Handler, type Query } from './plugin.ts';
import type { ServerBlock } from './corefile.ts';

const SEEN_TOO_OFTEN = 2;

/** Probes that are out, by name; the server calls one when its question arrives over the network: a probe that came home. */
export type LoopProbes = Map<string, () => void>;

/** Sends one question into the block's chain and counts how often it comes back. */
export function detectLoop(block: ServerBlock, handler: Handler, component: Component, probes: LoopProbes, onFatal: (message: string) => void): Disposer {
  const zone = block.keys[0]?.zone ?? '';
  const name = `${component.rng.below(2 ** 31)}.${component.rng.below(2 ** 31)}${zone ? `.${zone}` : ''}`;
  let seen = 0;
  probes.set(name, () => {
    seen++;
    if (seen > SEEN_TOO_OFTEN) onFatal(`plugin/loop: Loop (127.0.0.1 -> :${block.keys[0]?.port ?? 53}) detected for zone "${zone || '.'}", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO ${name}."`);
  });
  const probe: Query = { message: query(component.rng.below(65536), name, 'HINFO'), from: { address: '127.0.0.1', port: 0 }, transport: 'udp', size: 0 };
  const cancel = component.clock.schedule(1000, () => {
    handler(probe).catch((error: unknown) => {
      if (!(error instanceof UpstreamFailure)) throw error;
    });
  });
  return () => {
    cancel();
    probes.delete(name);
  };
}
