/**
 * The whole way of a bundle: made where there is a network, carried over, and a cluster built from it where there is none.
 * The pinned files are replaced by small ones of the same make, since nothing here leaves the machine.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { makeBundle } from '../../src/cluster/bundle.ts';
import { FakeWorld } from './fakes/world.ts';

const here = new FakeWorld();
const there = new FakeWorld();
afterAll(() => [here, there].forEach((fake) => fake.remove()));
const small = (name: string) => readFileSync(join(here.home, 'manifests', name));

vi.mock('../../src/cluster/pins.ts', async (original) => {
  const pins = await original<typeof import('../../src/cluster/pins.ts')>();
  const { sha256 } = await import('../../src/cluster/artifacts.ts');
  const file = (name: string) => ({ file: name, url: `https://example.invalid/${name}`, sha256: sha256(small(name)) });
  const plugin = (cni: string) => ({ version: 'test', images: [`registry.example/${cni}:1`], get manifests() { return [file(`${cni}.yaml`)]; } });
  return { ...pins, calicoFor: () => plugin('calico'), FLANNEL: plugin('flannel'), cniPlugins: () => file('plugins.tgz') };
});

test('what is in it, and a cluster from it without a network', async () => {
  const made = join(here.home, 'cka bundle');
  here.fail('pull nginx:nope');
  const names = await makeBundle(made, { env: here.env, cache: here.paths.cache, images: ['nginx:1.25', 'nginx:nope'], say: () => undefined, fetchBytes: (url) => Promise.resolve(small(url.split('/').at(-1)!)) });
  // Some labs are about images that do not exist.
  const images = ['busybox_1.28', 'kindest_node_v1.35.0', 'nginx_1.25', 'registry.example_calico_1', 'registry.example_flannel_1'];
  expect(names).toEqual(['calico.yaml', 'flannel.yaml', ...images.map((name) => `images/${name}.tar`), 'plugins.tgz']);
  expect(execFileSync('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: made, encoding: 'utf8' })).toBe('');

  const carried = join(there.home, 'carried');
  cpSync(made, carried, { recursive: true });
  rmSync(made, { recursive: true });
  for (const cni of ['calico', 'flannel'] as const) {
    await there.backend({ bundle: carried, given: [] }, cni).up({ name: cni, workers: 1, cni, proxyMode: 'iptables' });
  }
  expect(there.calls().filter((call) => / pull /.test(call))).toEqual([]);
});

test('with the operator, when it is asked for', async () => {
  for (const name of ['v1_crd_projectcalico_org.yaml', 'tigera-operator.yaml']) writeFileSync(join(here.home, 'manifests', name), 'kind: List\n');
  here.unset('fail');
  const made = join(here.home, 'with the operator');
  const names = await makeBundle(made, { env: here.env, cache: here.paths.cache, images: [], withOperator: true, say: () => undefined, fetchBytes: (url) => Promise.resolve(small(url.split('/').at(-1)!)) });
  expect(names.filter((name) => /tigera|v1_crd|typha/.test(name))).toEqual(['images/quay.io_calico_typha_v3.32.1.tar', 'images/quay.io_tigera_operator_v1.42.3.tar', 'tigera-operator-v3.32.1.yaml', 'v1_crd_projectcalico_org-v3.32.1.yaml']);
  there.forgetCalls();
  await there.backend({ bundle: made, given: [], installer: 'operator' }).up({ name: 'operated', workers: 1, cni: 'calico', proxyMode: 'iptables' });
  expect(there.calls().filter((call) => / pull /.test(call))).toEqual([]);
  rmSync(join(made, 'tigera-operator-v3.32.1.yaml'));
  await expect(there.backend({ bundle: made, given: [], installer: 'operator' }).up({ name: 'lacking', workers: 1, cni: 'calico', proxyMode: 'iptables' })).rejects.toMatchObject({ action: expect.stringContaining('cka cluster bundle --cni-operator') as unknown });
});
