/**
 * What a server offers, kept on disk for ten minutes, so that most commands ask it one question and not three. In
 * `KUBECACHEDIR`, as the real one has it; without that nothing is kept. See client-go/discovery/cached/disk.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Resource } from './resources.ts';

const TTL_MS = 600_000;

export class DiscoveryCache {
  readonly #file: string | undefined;

  constructor(folder: string | undefined, server: URL) {
    this.#file = folder ? join(folder, 'discovery', `${server.host}${server.pathname}`.replace(/[^\w.]+/g, '_'), 'resources.json') : undefined;
  }

  /** Undefined when there is none, or none that is young and whole. */
  read(): readonly Resource[] | undefined {
    if (!this.#file) return undefined;
    try {
      if (Date.now() - statSync(this.#file).mtimeMs > TTL_MS) return undefined;
      const kept = JSON.parse(readFileSync(this.#file, 'utf8')) as unknown;
      return Array.isArray(kept) ? (kept as readonly Resource[]) : undefined;
    } catch {
      return undefined;
    }
  }

  /** A cache that cannot be written is none: the command goes on. */
  write(resources: readonly Resource[]): void {
    if (!this.#file) return;
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      // Two commands at once must not read half of each other's.
      const own = `${this.#file}.${process.pid}`;
      writeFileSync(own, JSON.stringify(resources));
      renameSync(own, this.#file);
    } catch {
      this.forget();
    }
  }

  forget(): void {
    if (this.#file) rmSync(this.#file, { force: true });
  }
}
