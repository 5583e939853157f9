/** Clusters lent to proofs: never more than allowed, one kind makes room for another, a broken one is not lent again. */
import { expect, test } from 'vitest';
import type { Lab } from '../../src/lab/lab.ts';
import { type Bench, Ground } from '../../src/lab/prove/ground.ts';
import { FakeCluster } from '../support/fake-cluster.ts';
import { makeLab } from './lab-support.ts';

function groundOf(size: number, broken: readonly string[] = []) {
  const log: string[] = [];
  let alive = 0;
  let most = 0;
  const ground = new Ground(async ({ name, cni, proxyMode }): Promise<Bench> => {
    log.push(`made ${name} ${cni} ${proxyMode}`);
    most = Math.max(most, ++alive);
    const cluster = new FakeCluster();
    if (broken.includes(name)) cluster.reset = () => Promise.reject(new Error('it hangs'));
    return {
      cluster,
      run: () => Promise.resolve({ exitCode: 0, output: '' }),
      close: async () => {
        alive--;
        log.push(`closed ${name}`);
      },
    };
  }, size);
  return { ground, log, most: () => most };
}

const lab = (wishes: Partial<Lab> = {}): Lab => ({ ...makeLab({}), ...wishes });
const FLANNEL = lab({ needs: ['cni-flannel'] });

test('one after another they share a cluster', async () => {
  const { ground, log } = groundOf(3);
  for (const one of [lab(), lab(), lab()]) await ground.with(one, async () => undefined);
  expect(log).toEqual(['made prove-0 calico iptables']);
});

test('side by side there are as many as allowed, whatever kinds are wanted', async () => {
  const { ground, most, log } = groundOf(2);
  await Promise.all([lab(), FLANNEL, lab({ proxyMode: 'ipvs' }), lab(), FLANNEL].map((one) => ground.with(one, () => new Promise<void>((resolve) => void setImmediate(resolve)))));
  expect(most()).toBe(2);
  await ground.close();
  expect(log.filter((line) => line.startsWith('made')).length).toBe(log.filter((line) => line.startsWith('closed')).length);
});

test('one that cannot be cleaned is closed, and the next gets another', async () => {
  const { ground, log } = groundOf(1, ['prove-0']);
  const rough = lab({ touches: 'cluster' });
  await ground.with(rough, async () => undefined);
  await expect(ground.with(rough, async () => undefined)).rejects.toThrow('it hangs');
  await ground.with(rough, async () => undefined);
  expect(log).toEqual(['made prove-0 calico iptables', 'closed prove-0', 'made prove-1 calico iptables']);
});
