/** A bundle for machines without a network: what is in it, its checksums, and a cluster built from it without a pull. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeBundle } from '../../src/cluster/bundle.ts';
import { obtain, sha256 } from '../../src/cluster/artifacts.ts';
import { Tools } from '../../src/cluster/tools.ts';
import { FakeWorld } from './fakes/world.ts';

const fake = new FakeWorld();
afterAll(() => fake.remove());
const tools = new Tools({ env: fake.env });
const text = Buffer.from('a manifest');
const wanted = { file: 'm.yaml', url: 'https://example.invalid/m.yaml', sha256: sha256(text) };
const places = { cache: fake.paths.cache, given: [] };

test('fetched once, checked, and kept', async () => {
  let fetched = 0;
  const get = () => Promise.resolve((fetched++, text));
  const path = await obtain(wanted, places, tools, get);
  expect([await obtain(wanted, places, tools, get), fetched, readFileSync(path, 'utf8')]).toEqual([path, 1, 'a manifest']);
});

test('what has the wrong checksum is not used, and fetched anew when it lies in the cache', async () => {
  writeFileSync(join(fake.paths.cache, 'artifacts', 'm.yaml'), 'damaged');
  await expect(obtain(wanted, places, tools, () => Promise.resolve(Buffer.from('other')))).rejects.toThrow(/gave has the checksum .* It was not used\.$/);
  expect(readFileSync(await obtain(wanted, places, tools, () => Promise.resolve(text)), 'utf8')).toBe('a manifest');
});

test('with a folder of one\'s own nothing is fetched', async () => {
  const never = () => Promise.reject(new Error('must not be asked'));
  await expect(obtain({ ...wanted, file: 'n.yaml' }, { ...places, given: [join(fake.home, 'manifests')] }, tools, never)).rejects.toThrow('There is no n.yaml in');
});

test('without a pinned checksum, that of what came first counts from then on', async () => {
  const unpinned = { file: 'operator.yaml', url: 'https://example.invalid/operator.yaml' };
  const path = await obtain(unpinned, places, tools, () => Promise.resolve(text));
  expect(readFileSync(`${path}.sha256`, 'utf8')).toBe(`${sha256(text)}  operator.yaml\n`);
  writeFileSync(path, 'damaged');
  await expect(obtain(unpinned, places, tools, () => Promise.resolve(Buffer.from('replaced')))).rejects.toThrow(/operator.yaml gave has the checksum .* It was not used\.$/);
  expect(readFileSync(await obtain(unpinned, places, tools, () => Promise.resolve(text)), 'utf8')).toBe('a manifest');
  // In a folder with checksums of its own, those count.
  const folder = join(fake.home, 'given');
  mkdirSync(folder);
  writeFileSync(join(folder, unpinned.file), 'another');
  expect(await obtain(unpinned, { ...places, given: [folder] }, tools)).toBe(join(folder, unpinned.file));
  writeFileSync(join(folder, 'SHA256SUMS'), `${sha256(text)}  ${unpinned.file}\n`);
  await expect(obtain(unpinned, { ...places, given: [folder] }, tools)).rejects.toThrow('is not what SHA256SUMS says');
});

test('through a proxy curl fetches, archives too', async () => {
  const archive = Buffer.from([0x1f, 0x8b, 0xff, 0x00, 0x80]);
  const bin = join(fake.home, 'proxied');
  mkdirSync(bin);
  writeFileSync(join(bin, 'curl'), '#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done\nprintf "\\037\\213\\377\\000\\200" >"$2"\n', { mode: 0o755 });
  const proxied = new Tools({ env: { ...fake.env, PATH: `${bin}:${fake.env['PATH']}`, HTTPS_PROXY: 'http://127.0.0.1:1' } });
  const path = await obtain({ file: 'plugins.tgz', url: 'https://example.invalid/plugins.tgz', sha256: sha256(archive) }, places, proxied);
  expect(readFileSync(path)).toEqual(archive);
});

test('no network is told with a way around it', async () => {
  const error = await obtain({ ...wanted, file: 'o.yaml' }, places, tools, () => Promise.reject(new Error('fetch failed'))).catch((reason: Error & { action?: string }) => reason);
  expect([(error as Error).message, (error as { action?: string }).action]).toEqual(['https://example.invalid/m.yaml could not be fetched: fetch failed.', 'Look at the network and the proxy settings; or use --manifest-dir or --bundle with files fetched elsewhere.']);
});

test('a bundle is refused when one of its manifests is not what is pinned', async () => {
  await expect(makeBundle(join(fake.home, 'bundle'), { env: fake.env, cache: fake.paths.cache, images: [], say: () => undefined, fetchBytes: () => Promise.resolve(text) })).rejects.toThrow('It was not used.');
  expect(existsSync(join(fake.home, 'bundle', 'SHA256SUMS'))).toBe(false);
});

test('a bundle that was damaged on its way is not loaded', async () => {
  const bundle = join(fake.home, 'damaged');
  mkdirSync(join(bundle, 'images'), { recursive: true });
  writeFileSync(join(bundle, 'images', 'kindest_node_v1.35.0.tar'), 'half');
  writeFileSync(join(bundle, 'SHA256SUMS'), `${sha256(Buffer.from('whole'))}  images/kindest_node_v1.35.0.tar\n`);
  await expect(fake.backend({ bundle }).up({ name: 'other', workers: 1, cni: 'calico', proxyMode: 'iptables' })).rejects.toThrow('is not what SHA256SUMS says: it is damaged.');
});

test('a cluster is built from a bundle without a pull', async () => {
  const bundle = join(fake.home, 'whole');
  mkdirSync(join(bundle, 'images'), { recursive: true });
  for (const name of ['kindest_node_v1.35.0', 'registry.example_calico_1', 'busybox_1.28']) writeFileSync(join(bundle, 'images', `${name}.tar`), 'archive');
  execFileSync('cp', [join(fake.home, 'manifests', 'calico.yaml'), bundle]);
  await fake.backend({ bundle, given: [] }).up({ name: 'lab', workers: 1, cni: 'calico', proxyMode: 'iptables' });
  expect(fake.calls().filter((call) => / pull /.test(call))).toEqual([]);
  expect(fake.calls().filter((call) => / load /.test(call))).toEqual(['docker load -i <home>/whole/images/kindest_node_v1.35.0.tar']);
});
