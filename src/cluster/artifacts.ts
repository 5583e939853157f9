/**
 * Manifests and archives at pinned versions: from a folder the user gave, from the cache, or from the network, and never
 * used before their checksum is right. Knows no cluster.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../base/user-error.ts';
import type { Tools } from './tools.ts';

export interface Wanted {
  readonly file: string;
  readonly url: string;
  /** Absent: only the address is pinned; the checksum of what came first is noted beside it, and counts from then on. */
  readonly sha256?: string;
}

export interface ArtifactPlaces {
  /** Where downloads are kept. */
  readonly cache: string;
  /** Folders that the user gave (`--manifest-dir`, `--bundle`): looked into first; with one of them nothing is fetched. */
  readonly given: readonly string[];
}

/** Gets the bytes behind an address. */
export type Fetch = (url: string, tools: Tools) => Promise<Uint8Array>;

/** @returns the path of a file whose checksum is right @throws UserError */
export async function obtain(asked: Wanted, places: ArtifactPlaces, tools: Tools, fetchBytes: Fetch = download): Promise<string> {
  if (places.given.length > 0) return fromGiven(asked, places.given);
  const folder = join(places.cache, 'artifacts');
  const path = join(folder, asked.file);
  const wanted = asked.sha256 === undefined ? await asNoted(asked, path) : asked;
  const cached = await readFile(path).catch(() => undefined);
  if (cached && isRight(cached, wanted)) return path;
  const bytes = await fetchBytes(wanted.url, tools).catch((error: Error) => {
    throw new UserError(`${wanted.url} could not be fetched: ${wordsOf(error)}.`, 'Look at the network and the proxy settings; or use --manifest-dir or --bundle with files fetched elsewhere.');
  });
  if (!isRight(bytes, wanted)) {
    throw new UserError(`What ${wanted.url} gave has the checksum ${sha256(bytes)}, and ${wanted.sha256} was expected. It was not used.`, 'Something between you and that address changes files, or the file there was replaced. Try another network, or --manifest-dir with a file you trust.');
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (wanted.sha256 === undefined) await writeFile(noteOf(path), `${sha256(bytes)}  ${wanted.file}\n`);
  await writeFile(`${path}.${process.pid}`, bytes);
  await rename(`${path}.${process.pid}`, path);
  return path;
}

/** Nothing is fetched: who gives folders has no network, or trusts none. */
async function fromGiven(wanted: Wanted, folders: readonly string[]): Promise<string> {
  for (const folder of folders) {
    const path = join(folder, wanted.file);
    const bytes = await readFile(path).catch(() => undefined);
    if (!bytes) continue;
    if (wanted.sha256 === undefined) await requireWhole(folder, wanted.file);
    if (!isRight(bytes, wanted)) throw new UserError(`${path} has the checksum ${sha256(bytes)}, and ${wanted.sha256} was expected.`, `Get it again from ${wanted.url}`);
    return path;
  }
  throw new UserError(`There is no ${wanted.file} in ${folders.join(' or ')}.`, `Put it there (it comes from ${wanted.url}), or make a bundle where there is a network: cka cluster bundle${wanted.sha256 === undefined ? ' --cni-operator' : ''}`);
}

/** As `sha256sum -c` reads it. */
const noteOf = (path: string): string => `${path}.sha256`;

/** The same file with the checksum that was noted when it first came, if it ever did. */
async function asNoted(wanted: Wanted, path: string): Promise<Wanted> {
  const [noted] = (await readFile(noteOf(path), 'utf8').catch(() => '')).split(' ');
  return noted === undefined || noted === '' ? wanted : { ...wanted, sha256: noted };
}

/** Node says only that it failed; why, is in the cause. */
const wordsOf = (error: Error): string => (error.cause instanceof Error && error.cause.message !== '' ? `${error.message} (${error.cause.message})` : error.message);

/** A file of a bundle against the bundle's own SHA256SUMS; large ones a piece at a time. @throws UserError when it is damaged */
export async function requireWhole(bundle: string, name: string): Promise<void> {
  const sums = await readFile(join(bundle, 'SHA256SUMS'), 'utf8').catch(() => '');
  const expected = sums.split('\n').find((line) => line.endsWith(`  ${name}`))?.split(' ')[0];
  if (expected === undefined || expected === (await sumOf(join(bundle, name)))) return;
  throw new UserError(`${join(bundle, name)} is not what SHA256SUMS says: it is damaged.`, 'Copy the bundle again, or make it again: cka cluster bundle');
}

/** A piece at a time: node images are large. */
export async function sumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const isRight = (bytes: Uint8Array, { sha256: expected }: Wanted): boolean => expected === undefined || sha256(bytes) === expected;

/** Node's own fetch knows no proxy variables; curl does. */
async function download(url: string, tools: Tools): Promise<Uint8Array> {
  const isProxied = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'].some((name) => tools.env[name]);
  if (isProxied) return throughProxy(url, tools);
  const answer = await fetch(url, { signal: AbortSignal.timeout(120_000) });
  if (!answer.ok) throw new Error(`the answer was ${answer.status} ${answer.statusText}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** By way of a file: what a tool prints is taken for text, and an archive is none. */
async function throughProxy(url: string, tools: Tools): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'cka-fetch-'));
  try {
    const file = join(folder, 'fetched');
    await tools.must('curl', ['-fsSL', '--retry', '2', '--max-time', '120', '-o', file, url]);
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
