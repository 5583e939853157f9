/**
 * CoreDNS itself: reads its Corefile, listens on UDP and TCP in its pod, routes each query to the server block with the
 * longest matching zone, follows the Corefile when it changes. Log lines and refusals as of 1.13.
 */
import { sha512 } from '@noble/hashes/sha2.js';
import type { Disposer } from '../../base/clock.ts';
import { FileError } from '../../machine/files.ts';
import type { Process, Program } from '../../machine/program.ts';
import { NetError, strerror } from '../../net/errors.ts';
import type { Component } from '../component.ts';
import { serveText } from '../serve-text.ts';
import { untilStopped } from '../until-stopped.ts';
import { buildChain } from './chain.ts';
import { CorefileError, parseCorefile, type ServerBlock } from './corefile.ts';
import { detectLoop, type LoopProbes } from './loop.ts';
import type { Handler } from './plugin.ts';
import { listen } from './server.ts';

const VERSION = '1.13.1';
const BANNER = `CoreDNS-${VERSION}\nlinux/amd64, go1.25.2, 1db4568\n`;
/** The reload plugin looks this often, give or take the jitter. */
const RELOAD_MS = 30_000;
const RELOAD_JITTER_MS = 15_000;

export function coredns(component: Component): Program {
  return { name: 'coredns', run: (process) => run(process, component) };
}

/** A Corefile in force: what it listens on, by zone. */
interface Instance {
  readonly digest: string;
  readonly stop: Disposer;
  readonly lameduckMs: number;
  readonly reload: boolean;
}

async function run(process: Process, component: Component): Promise<number> {
  const path = corefilePath(process.argv);
  if (process.argv.includes('-version')) {
    await process.stdout.write(BANNER);
    return 0;
  }
  const log = (line: string) => void process.stdout.write(`${line}\n`).catch(() => undefined);
  let fatal: ((code: number) => void) | undefined;
  const died = new Promise<number>((resolve) => (fatal = resolve));
  const start = (text: string) => startInstance(text, path, process, component, log, (message) => {
    log(`[FATAL] ${message}`);
    fatal?.(1);
  });
  let instance: Instance;
  try {
    const text = process.files.read(path);
    const blocks = parseCorefile(text, path);
    for (const block of blocks) for (const key of block.keys) log(`${key.zone || '.'}:${key.port}`);
    instance = start(text);
  } catch (error) {
    if (error instanceof FileError) log(`loading Caddyfile via flag: open ${path}: no such file or directory`);
    else if (error instanceof CorefileError) log(error.message);
    else if (error instanceof NetError) log(`listen tcp :53: bind: ${strerror(error.code).toLowerCase()}`);
    else throw error;
    return 1;
  }
  if (instance.reload) log(`[INFO] plugin/reload: Running configuration SHA512 = ${instance.digest}`);
  log(BANNER.trimEnd());

  const stopReloading = watchFile(process, component, () => {
    if (!instance.reload || !process.files.exists(path)) return;
    const text = process.files.read(path);
    if (digestOf(text) === instance.digest) return;
    log('[INFO] Reloading');
    try {
      // Check the new one before the old one goes: a mistake must not silence DNS.
      checkOnly(text, path, process, component);
      instance.stop();
      instance = start(text);
      log(`[INFO] plugin/reload: Running configuration SHA512 = ${instance.digest}`);
      log('[INFO] Reloading complete');
    } catch (error) {
      if (!(error instanceof CorefileError)) throw error;
      log(`[ERROR] Restart failed: ${error.message}`);
      log(`[ERROR] plugin/reload: Corefile changed but reload failed: ${error.message}`);
    }
  });
  const code = await Promise.race([untilStopped(process), died]);
  stopReloading();
  if (!process.signal.aborted && code === 0) {
    log('[INFO] SIGTERM: Shutting down servers then terminating');
    if (instance.lameduckMs > 0) {
      log(`[INFO] plugin/health: Going into lameduck mode for ${instance.lameduckMs / 1000}s`);
      await component.clock.sleep(instance.lameduckMs, process.signal).catch(() => undefined);
    }
  }
  instance.stop();
  return code;
}

function corefilePath(argv: readonly string[]): string {
  const at = argv.indexOf('-conf');
  return at >= 0 && argv[at + 1] ? argv[at + 1]! : 'Corefile';
}

function digestOf(text: string): string {
  return [...sha512(new TextEncoder().encode(text))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function watchFile(process: Process, component: Component, look: () => void): Disposer {
  let cancel: Disposer;
  const arm = () => {
    cancel = component.clock.schedule(RELOAD_MS + component.rng.next() * RELOAD_JITTER_MS, () => {
      look();
      if (!process.signal.aborted) arm();
    });
  };
  arm();
  return () => cancel();
}

function checkOnly(text: string, path: string, process: Process, component: Component): void {
  for (const block of parseCorefile(text, path)) chainOf(block, path, process, component, () => undefined);
}

function chainOf(block: ServerBlock, path: string, process: Process, component: Component, log: (line: string) => void): Handler {
  return buildChain(block, {
    process,
    component,
    clock: component.clock,
    zone: block.keys[0]?.zone ?? '',
    log,
    refuse: (directive, message) => new CorefileError(`${path}:${directive.line} - Error during parsing: ${message}`),
  });
}

function startInstance(text: string, path: string, process: Process, component: Component, log: (line: string) => void, onFatal: (message: string) => void): Instance {
  const blocks = parseCorefile(text, path).map((block) => ({ block, handler: chainOf(block, path, process, component, log) }));
  const stops: Disposer[] = [];
  const probes: LoopProbes = new Map();
  const directives = blocks.flatMap(({ block }) => block.directives);
  const has = (name: string) => directives.find((directive) => directive.name === name);
  try {
    const ports = new Set(blocks.flatMap(({ block }) => block.keys.map((key) => key.port)));
    for (const port of ports) {
      const zones = blocks.flatMap(({ block, handler }) => block.keys.filter((key) => key.port === port).map((key) => ({ zone: key.zone, handler })));
      stops.push(listen(process, port, zones, probes));
    }
    if (has('health')) stops.push(serveText(process, { port: portOf(has('health')!.args[0], 8080), paths: { '/health': () => ({ status: 200, body: 'OK' }) } }));
    if (has('ready')) stops.push(serveText(process, { port: portOf(has('ready')!.args[0], 8181), paths: { '/ready': () => ({ status: 200, body: 'OK' }) } }));
    if (has('prometheus')) stops.push(serveText(process, { port: portOf(has('prometheus')!.args[0], 9153), paths: { '/metrics': () => ({ status: 200, body: `# HELP coredns_build_info A metric with a constant '1' value labeled by version, revision, and goversion from which CoreDNS was built.\n# TYPE coredns_build_info gauge\ncoredns_build_info{goversion="go1.25.2",revision="1db4568",version="${VERSION}"} 1\n` }) } }));
    for (const { block, handler } of blocks) if (block.directives.some((one) => one.name === 'loop')) stops.push(detectLoop(block, handler, component, probes, onFatal));
  } catch (error) {
    for (const stop of stops) stop();
    throw error;
  }
  const lameduck = has('health')?.block.find((words) => words[0] === 'lameduck')?.[1];
  return {
    digest: digestOf(text),
    lameduckMs: lameduck ? Number.parseFloat(lameduck) * (lameduck.endsWith('ms') ? 1 : 1000) : 0,
    reload: has('reload') !== undefined,
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}

function portOf(address: string | undefined, otherwise: number): number {
  return Number(address?.split(':').at(-1)) || otherwise;
}
