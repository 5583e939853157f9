/** Which node is meant by a name that was typed. */
import { expect, test } from 'vitest';
import { nodeAliases, nodeNamed } from '../../src/cluster/node-names.ts';

const LAB = { nodes: ['cka-lab-control-plane', 'cka-lab-worker', 'cka-lab-worker2'], machines: ['node-0'] };

test.each([
  ['cka-lab-worker2', 'cka-lab-worker2'],
  ['controlplane', 'cka-lab-control-plane'],
  ['node01', 'cka-lab-worker'],
  ['node02', 'cka-lab-worker2'],
  ['node03', undefined],
  ['node-0', 'node-0'],
  ['NODE01', undefined],
])('%s is %s', (typed, meant) => {
  expect(nodeNamed(LAB, typed)).toBe(meant);
});

test('where a node is really called node02, that is the one that is meant', () => {
  const own = { nodes: ['node02', 'node01', 'a-control-plane'] };
  expect([nodeNamed(own, 'node01'), nodeNamed(own, 'node02'), [...nodeAliases(own)]]).toEqual(['node01', 'node02', [['controlplane', 'a-control-plane']]]);
});
